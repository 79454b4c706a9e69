import { MODULE } from './weight-kernels-wasm.generated.js';

interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  transpose(from: number, to: number, rows: number, columns: number, fromStride: number, toStride: number): void;
  scale(at: number, rows: number, bytes: number, factors: number): void;
  scaleColumns(at: number, rows: number, bytes: number, factors: number): void;
  readonly add: Combine;
  readonly subtract: Combine;
  readonly multiply: Combine;
  readonly divide: Combine;
}

type Combine = (to: number, end: number, a: number, aStep: number, b: number, bStep: number) => void;

const PAGE = 65536;
/** Larger tensors pass through memory of their own: three of these and the factors fit below 4 GB. */
const MAX_LENT = 1 << 30;
/** Room for the factors of a scaling, or two operands of float32, in front of the places. */
const FACTORS = 1 << 20;
const OPERAND = FACTORS / 2;
const PLACES = 3;

let kernels: Kernels | undefined;
let capacity = 0;
let lastPlace = 0;
const held = new Set<number>();

function load(): Kernels {
  if (!kernels) {
    const module = new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    kernels = new WebAssembly.Instance(module).exports as Kernels;
  }
  return kernels;
}

/**
 * Memory that large tensors pass through, one after the other, without any being allocated anew. There are places, lent
 * in turn: what is lent holds until `lend` is called the second time after it, or a larger size is asked for. So a
 * tensor may be read into one place and moved to another, but must be written, copied or held before the next is read.
 */
export function lend(byteLength: number): Uint8Array {
  // What is held must stay where it is.
  const mustGrow = byteLength > capacity && held.size > 0;
  if (byteLength > MAX_LENT || mustGrow || held.size === PLACES) return new Uint8Array(byteLength);
  const { memory } = reserve(byteLength);
  do lastPlace = (lastPlace + 1) % PLACES;
  while (held.has(lastPlace));
  return new Uint8Array(memory.buffer, FACTORS + lastPlace * capacity, byteLength);
}

function reserve(byteLength: number): Kernels {
  const loaded = load();
  if (byteLength > capacity) {
    capacity = Math.ceil(byteLength / PAGE) * PAGE;
    const missing = FACTORS + PLACES * capacity - loaded.memory.buffer.byteLength;
    if (missing > 0) loaded.memory.grow(Math.ceil(missing / PAGE));
  }
  return loaded;
}

/** Makes the places large enough for all that will be lent while something is held. */
export function prepareToLend(byteLength: number): void {
  if (held.size === 0) reserve(Math.min(byteLength, MAX_LENT));
}

/**
 * Keeps lent bytes as they are, while something reads them in the background, until the function that it gives is called.
 * Larger ones are not lent meanwhile. Bytes that are not lent stay as they are anyway.
 */
export function holdLent(bytes: Uint8Array): () => void {
  if (!isLent(bytes)) return () => undefined;
  const place = Math.floor((bytes.byteOffset - FACTORS) / capacity);
  held.add(place);
  return () => held.delete(place);
}

/** Whether the bytes are lent ones, which may be worked on in place. */
export function isLent(bytes: Uint8Array): boolean {
  return kernels !== undefined && bytes.buffer === kernels.memory.buffer;
}

/**
 * The matrix of 4-byte words in lent bytes, transposed into the other place: rows × columns becomes columns × rows.
 * Undefined where the bytes are not lent, or the matrix is too small for it to pay.
 */
export function transposeLent(bytes: Uint8Array, rows: number, columns: number): Uint8Array | undefined {
  if (!isLent(bytes) || rows < 4 || columns < 16) return undefined;
  const result = lend(bytes.byteLength);
  const [fullRows, fullColumns] = [rows - (rows % 4), columns - (columns % 16)];
  load().transpose(bytes.byteOffset, result.byteOffset, fullRows, fullColumns, 4 * columns, 4 * rows);
  const source = new Int32Array(bytes.buffer, bytes.byteOffset, rows * columns);
  const target = new Int32Array(result.buffer, result.byteOffset, rows * columns);
  const move = (row: number, column: number): void => {
    target[column * rows + row] = source[row * columns + column] as number;
  };
  for (let row = 0; row < fullRows; row++) for (let column = fullColumns; column < columns; column++) move(row, column);
  for (let row = fullRows; row < rows; row++) for (let column = 0; column < columns; column++) move(row, column);
  return result;
}

/**
 * Multiplies rows of float32, each by its factor, in lent bytes. Says whether it did: not where the bytes are not lent,
 * or a row is not whole blocks of four.
 */
export function scaleLent(bytes: Uint8Array, rows: number, factors: ArrayLike<number>): boolean {
  const rowBytes = bytes.byteLength / rows;
  if (!isLent(bytes) || rowBytes % 16 !== 0 || rows * 4 > FACTORS) return false;
  const { memory, scale } = load();
  new Float32Array(memory.buffer, 0, rows).set(factors);
  scale(bytes.byteOffset, rows, rowBytes, 0);
  return true;
}

/**
 * Multiplies columns of float32, each by its factor, in place, whether or not the bytes are lent. Says whether it did: not
 * where a row is not whole blocks of four.
 */
export function scaleColumns(bytes: Uint8Array, factors: ArrayLike<number>): boolean {
  const rowBytes = 4 * factors.length;
  if (rowBytes % 16 !== 0 || rowBytes > FACTORS || bytes.byteLength > MAX_LENT) return false;
  const place = isLent(bytes) ? bytes : lend(bytes.byteLength);
  // All places are held.
  if (!isLent(place)) return false;
  if (place !== bytes) place.set(bytes);
  const kernels = load();
  new Float32Array(kernels.memory.buffer, 0, factors.length).set(factors);
  kernels.scaleColumns(place.byteOffset, bytes.byteLength / rowBytes, rowBytes, 0);
  if (place !== bytes) bytes.set(place);
  return true;
}

const combinations = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide' } as const;

export type FloatOperator = keyof typeof combinations;

/** `result[i] = x[i] ∘ y[i]`, as float32 arithmetic gives it. Either operand may be a single number that stands for all. */
export function combineFloats(operator: FloatOperator, x: Float32Array, y: Float32Array, result: Float32Array): void {
  const { memory, [combinations[operator]]: combine } = reserve(PAGE);
  const most = OPERAND / 4;
  const left = new Float32Array(memory.buffer, 0, most);
  const right = new Float32Array(memory.buffer, OPERAND, most);
  const [xStep, yStep] = [x.length === 1 ? 0 : 16, y.length === 1 ? 0 : 16];
  if (xStep === 0) left.fill(x[0] as number, 0, 4);
  if (yStep === 0) right.fill(y[0] as number, 0, 4);
  // The result takes the place of an operand, of one that changes from block to block.
  const [to, target] = xStep === 0 ? [OPERAND, right] : [0, left];
  for (let start = 0; start < result.length; start += most) {
    const end = Math.min(start + most, result.length);
    if (xStep > 0) left.set(x.subarray(start, end));
    if (yStep > 0) right.set(y.subarray(start, end));
    combine(to, to + 4 * (end - start), 0, xStep, OPERAND, yStep);
    result.set(target.subarray(0, end - start), start);
  }
}
