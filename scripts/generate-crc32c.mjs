// Writes src/saved-model/crc32c-wasm.generated.ts: the inner loop of src/saved-model/crc32c.ts as a WebAssembly module,
// which runs at full speed from its first call on, unlike JavaScript, and 16 bytes at a time.
//
//   node scripts/generate-crc32c.mjs            writes
//   node scripts/generate-crc32c.mjs --check    exits 1 where the file is not up to date
//
// The method is described in crc32c.ts. The module exports `memory` and `update(crc, length)`, which continues an
// unfinished CRC by the `length` bytes at INPUT, overwriting them. Below INPUT the memory holds eight tables of 256
// words (slicing by 8) from address 0, which the caller fills in, and DEGREE blocks of zeros.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** x^210 ≡ x^185 + x^66 + x^41 + x^12 + 1 modulo the polynomial of CRC-32C. */
const DEGREE = 210;
const LOWER_EXPONENTS = [185, 66, 41, 12, 0];
const BLOCK = 16;
const TABLE_BYTES = 8 * 256 * 4;
const INPUT = TABLE_BYTES + DEGREE * BLOCK;
const PAGES = 3;
const PAGE_BYTES = 65536;
const CAPACITY = PAGES * PAGE_BYTES - INPUT;

/** An unsigned number as LEB128, and a signed one. */
function u(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...u(value >>> 7)];
}

function s(value) {
  const done = (value >> 6 === 0 && value >= 0) || (value >> 6 === -1 && value < 0);
  return done ? [value & 127] : [(value & 127) | 128, ...s(value >> 7)];
}

const I32 = 0x7f;
const get = (local) => [0x20, local];
const set = (local) => [0x21, local];
const constant = (value) => [0x41, ...s(value)];
const [LESS_UNSIGNED, ADD, SUBTRACT, AND, XOR, SHIFT_LEFT, SHIFT_RIGHT] = [0x49, 0x6a, 0x6b, 0x71, 0x73, 0x74, 0x76];
const load32 = (offset) => [0x28, 2, ...u(offset)];
const load8 = (offset) => [0x2d, 0, ...u(offset)];
const store32 = (offset) => [0x36, 2, ...u(offset)];
const loadBlock = (offset) => [0xfd, 0, 4, ...u(offset)];
const storeBlock = (offset) => [0xfd, 0x0b, 4, ...u(offset)];
const XOR_BLOCKS = [0xfd, 0x51];
const when = (condition, body) => [...condition, 0x04, 0x40, ...body, 0x0b];
/** Repeats the body while the condition holds, which is first asked after it. */
const repeat = (body, condition) => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];
const advance = (local, by) => [...get(local), ...constant(by), ADD, ...set(local)];
const less = (local, other) => [...get(local), ...get(other), LESS_UNSIGNED];

// Parameters, then locals: addresses, all of them.
const [CRC, LENGTH, AT, END, REST] = [0, 1, 2, 3, 4];

/** Block AT + DEGREE takes in what the blocks before it, down to AT, add to it. `at` is an offset in bytes. */
function takeIn(at) {
  const sum = LOWER_EXPONENTS.flatMap((exponent) => [...get(AT), ...loadBlock(at + exponent * BLOCK), ...XOR_BLOCKS]);
  return [...get(AT), ...get(AT), ...loadBlock(at + DEGREE * BLOCK), ...sum, ...storeBlock(at + DEGREE * BLOCK)];
}

/** What removed blocks add to the last ones, for one term: REST … REST + lag take in what stands `lag` before them. */
function carryOver(exponent) {
  const lag = (DEGREE - exponent) * BLOCK;
  return [
    ...[...get(REST), ...constant(lag), SUBTRACT, ...set(AT)],
    ...repeat(
      [
        ...[...get(AT), ...get(AT), ...loadBlock(lag), ...get(AT), ...loadBlock(0), ...XOR_BLOCKS, ...storeBlock(lag)],
        ...advance(AT, BLOCK),
      ],
      less(AT, REST),
    ),
  ];
}

/** All but the last DEGREE blocks are removed; the CRC so far joins in at the front. */
const shorten = [
  ...[
    ...constant(INPUT),
    ...constant(INPUT),
    ...load32(0),
    ...get(CRC),
    XOR,
    ...store32(0),
    ...constant(0),
    ...set(CRC),
  ],
  ...[...get(LENGTH), ...constant(-BLOCK), AND, ...constant(INPUT - DEGREE * BLOCK), ADD, ...set(REST)],
  // AT runs DEGREE blocks behind the block in work, and ends so behind REST, minus an odd block.
  ...[...constant(INPUT - DEGREE * BLOCK), ...set(AT)],
  ...[...get(REST), ...constant(DEGREE * BLOCK + BLOCK), SUBTRACT, ...set(END)],
  ...repeat([...takeIn(0), ...takeIn(BLOCK), ...advance(AT, 2 * BLOCK)], less(AT, END)),
  ...[...get(REST), ...constant(DEGREE * BLOCK), SUBTRACT, ...set(END)],
  ...when(less(AT, END), takeIn(0)),
  ...LOWER_EXPONENTS.flatMap(carryOver),
];

const byteOf = (shift) => [...get(CRC), ...constant(shift), SHIFT_RIGHT, ...constant(255), AND];
const lookUp = (table, index) => [...index, ...constant(2), SHIFT_LEFT, ...load32(table * 1024)];

const body = [
  ...[...constant(INPUT), ...set(REST)],
  ...when([...constant(2 * DEGREE * BLOCK), ...get(LENGTH), LESS_UNSIGNED], shorten),
  // From REST on, eight bytes at a time.
  ...[...get(LENGTH), ...constant(INPUT), ADD, ...set(END)],
  ...[...get(REST), ...set(AT)],
  ...[...get(END), ...constant(7), SUBTRACT, ...set(REST)],
  ...when(
    less(AT, REST),
    repeat(
      [
        ...[...get(AT), ...load32(0), ...get(CRC), XOR, ...set(CRC)],
        ...[0, 1, 2, 3].flatMap((i) => [...lookUp(7 - i, byteOf(8 * i)), ...(i > 0 ? [XOR] : [])]),
        ...[4, 5, 6, 7].flatMap((i) => [...lookUp(7 - i, [...get(AT), ...load8(i)]), XOR]),
        ...set(CRC),
        ...advance(AT, 8),
      ],
      less(AT, REST),
    ),
  ),
  ...when(
    less(AT, END),
    repeat(
      [
        ...lookUp(0, [...get(AT), ...load8(0), ...get(CRC), XOR, ...constant(255), AND]),
        ...[...get(CRC), ...constant(8), SHIFT_RIGHT, XOR, ...set(CRC)],
        ...advance(AT, 1),
      ],
      less(AT, END),
    ),
  ),
  ...get(CRC),
];

const vector = (items) => [...u(items.length), ...items.flat()];
const section = (id, content) => [id, ...u(content.length), ...content];
const name = (text) => vector([...Buffer.from(text)]);
const code = [...vector([[3, I32]]), ...body, 0x0b];
const bytes = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, vector([[0x60, ...vector([I32, I32]), ...vector([I32])]])),
  ...section(3, vector([[0]])),
  ...section(5, vector([[0, PAGES]])),
  ...section(
    7,
    vector([
      [...name('memory'), 2, 0],
      [...name('update'), 0, 0],
    ]),
  ),
  ...section(10, vector([[...u(code.length), ...code]])),
];

const text = `// Generated by scripts/generate-crc32c.mjs: do not edit.

/** A WebAssembly module, in base64, that exports \`memory\` and \`update(crc, length)\`. */
export const MODULE = '${Buffer.from(bytes).toString('base64')}';

/** Where in its memory \`update\` finds the bytes, and how many of them at most. */
export const INPUT = ${INPUT};
export const CAPACITY = ${CAPACITY};
`;

const target = join(dirname(fileURLToPath(import.meta.url)), '../src/saved-model/crc32c-wasm.generated.ts');
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error(`${target} is not up to date: run node scripts/generate-crc32c.mjs`);
  process.exitCode = 1;
}
