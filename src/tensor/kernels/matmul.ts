import { broadcastShapes, elementCount, isStatic } from '../shape.js';
import { allocate, Tensor, type TypedArray } from '../tensor.js';
import { broadcastStrides } from './strided.js';
import { transpose } from './transpose.js';

/**
 * Products of the matrices in the last two dimensions of `a` and `b` (ranks from 2), each transposed first where
 * said; the dimensions before broadcast. float32 is accumulated in float64 and rounded once, integers wrap. Undefined
 * for dtypes that are not plain numbers. Throws a RangeError where the shapes do not fit.
 */
export function matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor | undefined {
  const { dtype } = a;
  if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'int32' && dtype !== 'int64') return undefined;
  // Rows of both sides lie side by side then, so that the inner loop runs through neighbours.
  const left = transposeA ? swapLast(a) : a;
  const right = transposeB ? b : swapLast(b);
  const [rows, inner] = left.shape.slice(-2) as [number, number];
  const [columns, innerB] = right.shape.slice(-2) as [number, number];
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (inner !== innerB || batch === undefined || !isStatic(batch)) {
    throw new RangeError(`[${a.shape.join(', ')}] and [${b.shape.join(', ')}] cannot be multiplied`);
  }
  const batches = elementCount(batch);
  const result = allocate(dtype, batches * rows * columns);
  const leftAt = batchOffsets(left.shape, batch, rows * inner);
  const rightAt = batchOffsets(right.shape, batch, columns * inner);
  for (let i = 0; i < batches; i++) {
    const at = { left: leftAt[i] as number, right: rightAt[i] as number, result: i * rows * columns };
    multiply(left.data, right.data, result, at, rows, inner, columns);
  }
  return Tensor.from(dtype, [...batch, rows, columns], result);
}

function swapLast(tensor: Tensor): Tensor {
  const axes = tensor.shape.map((_, axis) => axis);
  return transpose(tensor, [...axes.slice(0, -2), tensor.rank - 1, tensor.rank - 2]);
}

/** Where the matrix for each position of `batch` begins. */
function batchOffsets(shape: readonly number[], batch: readonly number[], matrix: number): number[] {
  const strides = broadcastStrides(shape.slice(0, -2), batch);
  let offsets = [0];
  batch.forEach((dim, axis) => {
    const stride = (strides[axis] as number) * matrix;
    offsets = offsets.flatMap((offset) => Array.from({ length: dim }, (_, i) => offset + i * stride));
  });
  return offsets;
}

function multiply(
  left: TypedArray,
  right: TypedArray,
  result: TypedArray,
  at: { left: number; right: number; result: number },
  rows: number,
  inner: number,
  columns: number,
): void {
  const isBig = result instanceof BigInt64Array;
  // Elements of one call are all numbers or all bigints, for which the operators are the same.
  const zero = (isBig ? 0n : 0) as number;
  const product = result instanceof Int32Array ? Math.imul : (x: number, y: number) => x * y;
  let write = at.result;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = zero;
      let i = at.left + row * inner;
      let j = at.right + column * inner;
      for (let k = 0; k < inner; k++) sum += product(left[i++] as number, right[j++] as number);
      result[write++] = sum;
    }
  }
}
