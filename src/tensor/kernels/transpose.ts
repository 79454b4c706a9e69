import type { DType } from '../dtype.js';
import { elementCount, stridesOf } from '../shape.js';
import { allocate, Tensor } from '../tensor.js';
import { transposeLent } from './weight-kernels.js';

/** Of four bytes with a sign: those are small integers to V8, the others often objects. */
type Words = Uint8Array | Uint16Array | Int32Array | BigUint64Array;

/** Both sides of a block of words of 4 bytes stay in the first-level cache: 16 KB each. */
const BLOCK = 64;

/**
 * The tensor with its axes in another order, as numpy.transpose: axis `i` of the result is axis `perm[i]` of `tensor`.
 * Any dtype and rank. Elements are moved as words of their size; where nothing moves, the same bytes are shared.
 * Throws a RangeError where `perm` is not a permutation of the axes.
 */
export function transpose(tensor: Tensor, perm: readonly number[]): Tensor {
  const { shape, dtype } = tensor;
  if (
    perm.length !== shape.length ||
    new Set(perm).size !== perm.length ||
    perm.some((axis) => shape[axis] === undefined)
  ) {
    throw new RangeError(`[${perm.join(', ')}] is not a permutation of ${shape.length} axes`);
  }
  const outShape = perm.map((axis) => shape[axis] as number);
  const merged = mergeAxes(shape, perm);
  if (merged.perm.every((axis, i) => axis === i) || tensor.size === 0) return tensor.reshape(outShape);
  if (dtype === 'string') {
    const result = new Array<Uint8Array>(tensor.size);
    moveStrided(tensor.strings, result, merged.shape, merged.perm);
    return Tensor.fromStrings(outShape, result);
  }
  if (dtype === 'int4') return transposeNibbles(tensor, outShape, merged);
  const move = (bytes: Uint8Array): Uint8Array => {
    const [rows = 0, columns = 0] = merged.shape;
    const isMatrix = wordWidth(dtype) === 4 && merged.shape.length === 2;
    const lent = isMatrix ? transposeLent(bytes, rows, columns) : undefined;
    if (lent) return lent;
    const result = bytesOf(allocate(dtype, tensor.size));
    const width = wordWidth(dtype);
    moveWords(wordsOf(bytes, width), wordsOf(result, width), merged.shape, merged.perm);
    return result;
  };
  return tensor.derive(outShape, `[${shape}] transposed by [${perm}]`, move);
}

function wordWidth(dtype: DType): 1 | 2 | 4 | 8 | 16 {
  switch (dtype) {
    case 'bool':
    case 'int8':
    case 'uint8':
      return 1;
    case 'float16':
    case 'bfloat16':
    case 'int16':
    case 'uint16':
      return 2;
    case 'float32':
    case 'int32':
    case 'uint32':
      return 4;
    case 'complex128':
      return 16;
    default:
      return 8;
  }
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The bytes as words of this width, copied only where they are not aligned. A complex128 is left as bytes in pairs. */
function wordsOf(bytes: Uint8Array, width: 1 | 2 | 4 | 8 | 16): { words: Words; each: number } {
  const unit = width === 16 ? 8 : width;
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % unit === 0 ? bytes : bytes.slice();
  const length = byteLength / unit;
  if (unit === 1) return { words: new Uint8Array(buffer, byteOffset, length), each: 1 };
  if (unit === 2) return { words: new Uint16Array(buffer, byteOffset, length), each: 1 };
  if (unit === 4) return { words: new Int32Array(buffer, byteOffset, length), each: 1 };
  return { words: new BigUint64Array(buffer, byteOffset, length), each: width / 8 };
}

interface Merged {
  readonly shape: readonly number[];
  readonly perm: readonly number[];
}

/** Drops axes of size 1, and joins axes that stay neighbours. What is left moves. */
function mergeAxes(shape: readonly number[], perm: readonly number[]): Merged {
  const groups: number[][] = [];
  for (const axis of perm) {
    if (shape[axis] === 1) continue;
    const group = groups.at(-1);
    if (group && follows(shape, group.at(-1) as number, axis)) group.push(axis);
    else groups.push([axis]);
  }
  const inOrder = [...groups].sort((a, b) => (a[0] as number) - (b[0] as number));
  const sizes = inOrder.map((group) => elementCount(group.map((axis) => shape[axis] as number)));
  return { shape: sizes, perm: groups.map((group) => inOrder.indexOf(group)) };
}

/** Whether `axis` comes right after `before`, but for axes of size 1. */
function follows(shape: readonly number[], before: number, axis: number): boolean {
  if (axis <= before) return false;
  for (let between = before + 1; between < axis; between++) if (shape[between] !== 1) return false;
  return true;
}

function moveWords(
  from: { words: Words; each: number },
  to: { words: Words; each: number },
  shape: readonly number[],
  perm: readonly number[],
): void {
  const { each } = from;
  const rank = shape.length;
  // An element of several words is one more axis, that stays last.
  const sizes = each === 1 ? shape : [...shape, each];
  const order = each === 1 ? perm : [...perm, rank];
  const last = order.length - 1;
  if (order.length === 2) {
    transposeMatrix(from.words, 0, to.words, 0, sizes[0] as number, sizes[1] as number);
  } else if (order.length === 3 && order[0] === 0 && order[1] === 2) {
    const [batches, rows, columns] = sizes as [number, number, number];
    for (let batch = 0; batch < batches; batch++) {
      const offset = batch * rows * columns;
      transposeMatrix(from.words, offset, to.words, offset, rows, columns);
    }
  } else if (order[last] === last && (sizes[last] as number) >= 8) {
    moveRows(from.words, to.words, sizes, order);
  } else {
    moveStrided<number | bigint>(from.words, to.words as { [index: number]: number | bigint }, sizes, order);
  }
}

/**
 * `to[c][r] = from[r][c]`, block by block so that neither side jumps through memory for long, and four rows at a time
 * so that each visit to a line of the target writes four neighbours.
 */
function transposeMatrix(from: Words, fromAt: number, to: Words, toAt: number, rows: number, columns: number): void {
  // Elements are only passed on, so numbers stand for bigints too.
  const source = from as Int32Array;
  const target = to as Int32Array;
  for (let row0 = 0; row0 < rows; row0 += BLOCK) {
    const row1 = Math.min(row0 + BLOCK, rows);
    for (let column0 = 0; column0 < columns; column0 += BLOCK) {
      const column1 = Math.min(column0 + BLOCK, columns);
      let row = row0;
      for (; row + 4 <= row1; row += 4) {
        const a = fromAt + row * columns;
        const b = a + columns;
        const c = b + columns;
        const d = c + columns;
        let write = toAt + column0 * rows + row;
        for (let column = column0; column < column1; column++) {
          target[write] = source[a + column] as number;
          target[write + 1] = source[b + column] as number;
          target[write + 2] = source[c + column] as number;
          target[write + 3] = source[d + column] as number;
          write += rows;
        }
      }
      for (; row < row1; row++) {
        const read = fromAt + row * columns;
        let write = toAt + column0 * rows + row;
        for (let column = column0; column < column1; column++) {
          target[write] = source[read + column] as number;
          write += rows;
        }
      }
    }
  }
}

/** Where the last axis stays last, whole rows are copied. */
function moveRows(from: Words, to: Words, shape: readonly number[], perm: readonly number[]): void {
  const width = shape.at(-1) as number;
  forEachOffset(shape, perm, perm.length - 1, (read, write) => {
    (to as Uint8Array).set((from as Uint8Array).subarray(read, read + width), write);
  });
}

function moveStrided<T>(
  from: ArrayLike<T>,
  to: { [index: number]: T },
  shape: readonly number[],
  perm: readonly number[],
): void {
  const last = perm.at(-1) as number;
  const count = shape[last] as number;
  const step = stridesOf(shape)[last] as number;
  forEachOffset(shape, perm, perm.length - 1, (read, write) => {
    for (let i = 0, at = read; i < count; i++, at += step) to[write + i] = from[at] as T;
  });
}

/** Calls `visit` with the read and write offsets of every position of the first `axes` axes of the result. */
function forEachOffset(
  shape: readonly number[],
  perm: readonly number[],
  axes: number,
  visit: (read: number, write: number) => void,
): void {
  const strides = stridesOf(shape);
  const sizes = perm.map((axis) => shape[axis] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  const rest = elementCount(sizes.slice(axes));
  const positions = elementCount(sizes.slice(0, axes));
  const index = new Array<number>(axes).fill(0);
  let read = 0;
  for (let position = 0; position < positions; position++) {
    visit(read, position * rest);
    for (let axis = axes - 1; axis >= 0; axis--) {
      read += steps[axis] as number;
      if (++(index[axis] as number) < (sizes[axis] as number)) break;
      read -= (steps[axis] as number) * (sizes[axis] as number);
      index[axis] = 0;
    }
  }
}

function transposeNibbles(tensor: Tensor, outShape: readonly number[], merged: Merged): Tensor {
  const nibbles = Uint8Array.from({ length: tensor.size }, (_, i) => {
    const byte = tensor.bytes[i >> 1] as number;
    return i % 2 === 0 ? byte & 0xf : byte >> 4;
  });
  const moved = new Uint8Array(tensor.size);
  moveStrided(nibbles, moved, merged.shape, merged.perm);
  const packed = new Uint8Array(tensor.bytes.length);
  moved.forEach((nibble, i) => {
    packed[i >> 1] = (packed[i >> 1] as number) | (nibble << (i % 2 === 0 ? 0 : 4));
  });
  return Tensor.fromBytes('int4', outShape, packed);
}
