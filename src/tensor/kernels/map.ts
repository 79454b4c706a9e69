import { type DType, isInteger } from '../dtype.js';
import { broadcastShapes, elementCount, sameShape, stridesOf } from '../shape.js';
import { Tensor, type TypedArray } from '../tensor.js';
import { bigintsOf, fromWorkArray, isBig, isReal, numbersOf, workArray } from './numbers.js';
import { broadcastStrides } from './strided.js';
import { combineFloats, type FloatOperator } from './weight-kernels.js';

/** A function of one element. Results are rounded to the result's dtype; integers wrap. */
export interface UnaryKernel {
  readonly number: (x: number) => number;
  /** In place of `number` for integers of up to 32 bits. */
  readonly integer?: (x: number) => number;
  /** For 64-bit integers, where it is defined for them. */
  readonly bigint?: (x: bigint) => bigint | number;
}

/** A function of two elements; bool is 0 or 1. */
export interface BinaryKernel {
  readonly number: (x: number, y: number) => number;
  /** In place of `number` for float64 and integers, where `number` rounds steps in between to float32. */
  readonly exact?: (x: number, y: number) => number;
  /** In place of both for integers of up to 32 bits. */
  readonly integer?: (x: number, y: number) => number;
  /** For 64-bit integers; a number is a bool. */
  readonly bigint?: (x: bigint, y: bigint) => bigint | number;
  /** The same as `number`, for many float32 at once: constants and weights go through it. */
  readonly operator?: FloatOperator;
}

/** Applies a kernel to each element. Undefined where it is not defined for the dtype. */
export function mapUnary(kernel: UnaryKernel, x: Tensor, dtype: DType = x.dtype): Tensor | undefined {
  if (!isReal(x.dtype) || dtype === 'string') return undefined;
  const result = workArray(dtype, x.size);
  if (isBig(x.dtype)) {
    if (!kernel.bigint) return undefined;
    const values = bigintsOf(x);
    for (let i = 0; i < values.length; i++) result[i] = kernel.bigint(values[i] as bigint);
  } else {
    const values = numbersOf(x);
    const apply = isInteger(x.dtype) ? (kernel.integer ?? kernel.number) : kernel.number;
    for (let i = 0; i < values.length; i++) result[i] = apply(values[i] as number);
  }
  return fromWorkArray(dtype, x.shape, result);
}

/**
 * Applies a kernel to pairs of elements of tensors of one dtype, broadcast as NumPy does. `dtype` is that of the
 * result. Undefined where the kernel is not defined for the dtype; throws where the shapes do not broadcast.
 */
export function mapBinary(kernel: BinaryKernel, x: Tensor, y: Tensor, dtype: DType = x.dtype): Tensor | undefined {
  if (!isReal(x.dtype) || dtype === 'string') return undefined;
  const shape = broadcastShapes(x.shape, y.shape) as readonly number[] | undefined;
  if (!shape) throw new RangeError(`[${x.shape.join(', ')}] and [${y.shape.join(', ')}] do not broadcast`);
  const result = workArray(dtype, elementCount(shape));
  if (isBig(x.dtype)) {
    const { bigint } = kernel;
    if (!bigint) return undefined;
    forPairs(x.shape, y.shape, shape, bigintRow(bigintsOf(x), bigintsOf(y), result, bigint));
  } else {
    forPairs(x.shape, y.shape, shape, numberRow(kernel, x, y, result));
  }
  return fromWorkArray(dtype, shape, result);
}

/** One row: `count` pairs from a and b on, with steps 0 or 1, into the result from `to` on. */
type Row = (to: number, a: number, aStep: number, b: number, bStep: number, count: number) => void;

function bigintRow(
  x: BigInt64Array | BigUint64Array,
  y: BigInt64Array | BigUint64Array,
  result: TypedArray,
  bigint: (x: bigint, y: bigint) => bigint | number,
): Row {
  return (to, a, aStep, b, bStep, count) => {
    for (let i = 0; i < count; i++) result[to + i] = bigint(x[a + i * aStep] as bigint, y[b + i * bStep] as bigint);
  };
}

/** Pairs from which on it pays to have them combined elsewhere. */
const MANY = 64;

function numberRow(kernel: BinaryKernel, x: Tensor, y: Tensor, result: TypedArray): Row {
  const xs = numbersOf(x);
  const ys = numbersOf(y);
  const { number, exact = number, integer = exact, operator } = kernel;
  const apply = xs instanceof Float32Array ? number : xs instanceof Float64Array ? exact : integer;
  const one: Row = (to, a, aStep, b, bStep, count) => {
    for (let i = 0; i < count; i++) result[to + i] = apply(xs[a + i * aStep] as number, ys[b + i * bStep] as number);
  };
  const areFloats = xs instanceof Float32Array && ys instanceof Float32Array && result instanceof Float32Array;
  if (!operator || !areFloats) return one;
  return (to, a, aStep, b, bStep, count) => {
    if (count < MANY) return one(to, a, aStep, b, bStep, count);
    const [left, right] = [xs.subarray(a, a + (count - 1) * aStep + 1), ys.subarray(b, b + (count - 1) * bStep + 1)];
    combineFloats(operator, left, right, result.subarray(to, to + count));
  };
}

/** Walks two broadcast shapes row by row; each row steps by 0 or 1 in either. */
function forPairs(x: readonly number[], y: readonly number[], shape: readonly number[], row: Row): void {
  const count = elementCount(shape);
  if (count === 0) return;
  const [xStep, yStep] = [elementCount(x) === 1 ? 0 : 1, elementCount(y) === 1 ? 0 : 1];
  if (sameShape(x, y) || xStep === 0 || yStep === 0) {
    row(0, 0, xStep, 0, yStep, count);
    return;
  }
  const axes = mergedAxes(x, y, shape);
  const inner = axes.pop() as PairAxis;
  const index = new Array<number>(axes.length).fill(0);
  let a = 0;
  let b = 0;
  for (let to = 0; to < count; to += inner.size) {
    row(to, a, inner.a, b, inner.b, inner.size);
    for (let k = axes.length - 1; k >= 0; k--) {
      const axis = axes[k] as PairAxis;
      a += axis.a;
      b += axis.b;
      index[k] = (index[k] as number) + 1;
      if (index[k] !== axis.size) break;
      a -= axis.a * axis.size;
      b -= axis.b * axis.size;
      index[k] = 0;
    }
  }
}

interface PairAxis {
  size: number;
  a: number;
  b: number;
}

/** The dimensions of a broadcast, neighbours joined where both operands walk on or both stand still. */
function mergedAxes(x: readonly number[], y: readonly number[], shape: readonly number[]): PairAxis[] {
  const xs = broadcastStrides(x, shape);
  const ys = broadcastStrides(y, shape);
  const axes: PairAxis[] = [];
  shape.forEach((size, k) => {
    if (size === 1) return;
    const axis = { size, a: xs[k] as number, b: ys[k] as number };
    const outer = axes.at(-1);
    if (outer && outer.a === axis.a * size && outer.b === axis.b * size) {
      outer.size *= size;
      outer.a = axis.a;
      outer.b = axis.b;
    } else {
      axes.push(axis);
    }
  });
  return axes;
}

/** Compares two string tensors for equality, broadcast; the result is bool. */
export function equalStrings(x: Tensor, y: Tensor, equal: boolean): Tensor {
  const shape = broadcastShapes(x.shape, y.shape) as readonly number[] | undefined;
  if (!shape) throw new RangeError(`[${x.shape.join(', ')}] and [${y.shape.join(', ')}] do not broadcast`);
  const xs = broadcastStrides(x.shape, shape);
  const ys = broadcastStrides(y.shape, shape);
  const strides = stridesOf(shape);
  const result = new Uint8Array(elementCount(shape));
  for (let i = 0; i < result.length; i++) {
    let a = 0;
    let b = 0;
    shape.forEach((dim, k) => {
      const at = Math.floor(i / (strides[k] as number)) % dim;
      a += at * (xs[k] as number);
      b += at * (ys[k] as number);
    });
    const same = Buffer.compare(x.strings[a] as Uint8Array, y.strings[b] as Uint8Array) === 0;
    result[i] = same === equal ? 1 : 0;
  }
  return Tensor.from('bool', shape, result);
}
