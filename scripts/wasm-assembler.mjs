// The little of WebAssembly's binary format that the generators beside this file need.

/** An unsigned number as LEB128, and a signed one. */
export function u(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...u(value >>> 7)];
}

export function s(value) {
  const done = (value >> 6 === 0 && value >= 0) || (value >> 6 === -1 && value < 0);
  return done ? [value & 127] : [(value & 127) | 128, ...s(value >> 7)];
}

export const I32 = 0x7f;
export const V128 = 0x7b;
export const get = (local) => [0x20, local];
export const set = (local) => [0x21, local];
export const constant = (value) => [0x41, ...s(value)];
export const [LESS_UNSIGNED, ADD, SUBTRACT, MULTIPLY, AND, XOR, SHIFT_LEFT, SHIFT_RIGHT] = [
  0x49, 0x6a, 0x6b, 0x6c, 0x71, 0x73, 0x74, 0x76,
];
export const load32 = (offset) => [0x28, 2, ...u(offset)];
export const load8 = (offset) => [0x2d, 0, ...u(offset)];
export const store32 = (offset) => [0x36, 2, ...u(offset)];
/** Sixteen bytes, at any address. */
export const loadBlock = (offset) => [0xfd, 0, 0, ...u(offset)];
export const storeBlock = (offset) => [0xfd, 0x0b, 0, ...u(offset)];
export const XOR_BLOCKS = [0xfd, 0x51];
export const [ADD_FLOATS, SUBTRACT_FLOATS, MULTIPLY_FLOATS, DIVIDE_FLOATS] = [0xe4, 0xe5, 0xe6, 0xe7].map((code) => [
  0xfd,
  code,
  0x01,
]);
export const ZERO_BLOCK = [0xfd, 0x0c, ...new Array(16).fill(0)];
/** The float at an address, four times over, and the double, twice. */
export const loadSplat32 = (offset) => [0xfd, 0x09, 2, ...u(offset)];
export const loadSplat64 = (offset) => [0xfd, 0x0a, 3, ...u(offset)];
/** The first two floats of a block as doubles. */
export const PROMOTE_LOW = [0xfd, 0x5f];
export const FLOOR_DOUBLES = [0xfd, 0x75];
export const ADD_DOUBLES = [0xfd, 0xf0, 0x01];
export const MULTIPLY_DOUBLES = [0xfd, 0xf2, 0x01];
export const DIVIDE_DOUBLES = [0xfd, 0xf3, 0x01];
/** Of doubles that are numbers, the lesser and the greater of each two. */
export const LESSER_DOUBLES = [0xfd, 0xf6, 0x01];
export const GREATER_DOUBLES = [0xfd, 0xf7, 0x01];
/** Picks bytes of two blocks, the second one's numbered from 16. */
export const shuffle = (lanes) => [0xfd, 0x0d, ...lanes];
export const when = (condition, body) => [...condition, 0x04, 0x40, ...body, 0x0b];
/** Repeats the body while the condition holds, which is first asked after it. */
export const repeat = (body, condition) => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];
export const advance = (local, by) => [...get(local), ...constant(by), ADD, ...set(local)];
export const less = (local, other) => [...get(local), ...get(other), LESS_UNSIGNED];

const vector = (items) => [...u(items.length), ...items.flat()];
const section = (id, content) => [id, ...u(content.length), ...content];
const name = (text) => vector([...Buffer.from(text)]);

/**
 * A module that exports its memory, of `pages` pages at first and up to `maxPages`, and functions of i32 parameters:
 * `{ name, parameters, results, locals: [[count, type]], body }`, where `results` is 0 or 1.
 */
export function moduleOf({ pages, maxPages }, functions) {
  const types = functions.map(({ parameters, results }) => [
    0x60,
    ...vector(new Array(parameters).fill([I32])),
    ...vector(new Array(results).fill([I32])),
  ]);
  const codes = functions.map(({ locals, body }) => {
    const code = [...vector(locals), ...body, 0x0b];
    return [...u(code.length), ...code];
  });
  const limits = maxPages === undefined ? [0, ...u(pages)] : [1, ...u(pages), ...u(maxPages)];
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, i) => u(i)))),
    ...section(5, vector([limits])),
    ...section(7, vector([[...name('memory'), 2, 0], ...functions.map((each, i) => [...name(each.name), 0, ...u(i)])])),
    ...section(10, vector(codes)),
  ]);
}
