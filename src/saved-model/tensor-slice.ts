import type { TensorSlice } from './records.js';

/** A length of a slice's dimension in a checkpoint's keys: all of it. */
const FULL = -1;

/** The slice that is all of a tensor. */
export function wholeOf(shape: readonly number[]): TensorSlice {
  return { fullShape: shape, start: shape.map(() => 0), length: shape };
}

export function isWhole({ fullShape, length }: TensorSlice): boolean {
  return fullShape.every((size, i) => size === length[i]);
}

/**
 * Parses an element of RestoreV2's `shape_and_slices`: empty for all of the tensor, else the full shape and for each
 * dimension `start,length` or `-`, as in `10 4 0,5:-`. Undefined where the text is neither, null where it is empty.
 */
export function parseShapeAndSlice(text: string): TensorSlice | null | undefined {
  if (text === '') return null;
  const words = text.split(' ');
  const extents = (words.pop() as string).split(':');
  const fullShape = words.map(Number);
  if (fullShape.length === 0 || extents.length !== fullShape.length) return undefined;
  const start: number[] = [];
  const length: number[] = [];
  for (const [i, size] of fullShape.entries()) {
    const [from, count] = extents[i] === '-' ? [0, size] : (extents[i] as string).split(',').map(Number);
    if (!isSize(size) || !isSize(from) || !isSize(count) || from + count > size) return undefined;
    start.push(from);
    length.push(count);
  }
  return { fullShape, start, length };
}

function isSize(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Copies the elements that two slices of one tensor have in common. `elementBytes` is the size of an element. Returns
 * how many elements they are.
 */
export function copyOverlap(
  source: Uint8Array,
  from: TensorSlice,
  target: Uint8Array,
  to: TensorSlice,
  elementBytes: number,
): number {
  const rank = from.fullShape.length;
  const start = from.start.map((at, i) => Math.max(at, to.start[i] as number));
  const count = from.start.map(
    (at, i) =>
      Math.min(at + (from.length[i] as number), (to.start[i] as number) + (to.length[i] as number)) -
      (start[i] as number),
  );
  if (count.some((size) => size <= 0)) return 0;
  // The innermost dimension is copied as one run.
  const run = rank === 0 ? 1 : (count[rank - 1] as number);
  const index = start.slice();
  let copied = 0;
  for (;;) {
    const at = offsetIn(from, index) * elementBytes;
    target.set(source.subarray(at, at + run * elementBytes), offsetIn(to, index) * elementBytes);
    copied += run;
    let dim = rank - 2;
    while (dim >= 0 && (index[dim] as number) + 1 === (start[dim] as number) + (count[dim] as number)) {
      index[dim] = start[dim] as number;
      dim--;
    }
    if (dim < 0) return copied;
    index[dim] = (index[dim] as number) + 1;
  }
}

function offsetIn(slice: TensorSlice, index: readonly number[]): number {
  let offset = 0;
  for (const [i, at] of index.entries())
    offset = offset * (slice.length[i] as number) + at - (slice.start[i] as number);
  return offset;
}

/**
 * The key (latin1) under which a checkpoint keeps a slice: its tensor's name and extents in an encoding that sorts
 * (`EncodeTensorNameSlice` in TensorFlow's `saved_tensor_slice_util.cc`, `OrderedCode`). A dimension of which the slice
 * has all has no length.
 */
export function sliceKey(
  latin1Name: string,
  extents: readonly { start: number; length: number | undefined }[],
): string {
  const name = latin1Name.replaceAll(/[\x00\xff]/g, (byte) => (byte === '\x00' ? '\x00\xff' : '\xff\x00'));
  const rank = extents.length === 0 ? '\x00' : `\x01${String.fromCharCode(extents.length)}`;
  const ranges = extents.flatMap(({ start, length }) => [orderedNumber(start), orderedNumber(length ?? FULL)]);
  return `\x00${name}\x00\x01${rank}${ranges.join('')}`;
}

/** A signed number in as few bytes as hold it: n bytes begin with n ones and a zero, inverted for negative numbers. */
function orderedNumber(value: number): string {
  const magnitude = value < 0 ? -value - 1 : value;
  let bytes = 1;
  while (magnitude >= 2 ** (7 * bytes - 1)) bytes++;
  const twos = BigInt.asUintN(8 * bytes, BigInt(value));
  const header = ((1n << BigInt(bytes)) - 1n) << BigInt(7 * bytes);
  let rest = twos ^ header;
  let text = '';
  for (let i = 0; i < bytes; i++, rest >>= 8n) text = String.fromCharCode(Number(rest & 255n)) + text;
  return text;
}
