import type { DType } from '../dtype.js';
import { elementCount } from '../shape.js';
import { allocate, Tensor } from '../tensor.js';
import { transpose } from './transpose.js';

export type Reduction = 'sum' | 'mean' | 'prod' | 'max' | 'min' | 'all' | 'any';

/** Lowest and highest value of each dtype whose elements are plain numbers; the others are not reduced. */
const ranges: Partial<Readonly<Record<DType, readonly [number | bigint, number | bigint]>>> = {
  float32: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  float64: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  int8: [-0x80, 0x7f],
  uint8: [0, 0xff],
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x80000000, 0x7fffffff],
  uint32: [0, 0xffffffff],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  bool: [0, 1],
};

/** Whether these kernels take elements of this dtype: plain numbers, float16 and complex are not. */
export function isReducible(dtype: DType): boolean {
  return ranges[dtype] !== undefined;
}

/**
 * TensorFlow's Sum, Mean, Prod, Max, Min, All and Any over `axes` (each from 0 to rank − 1, none twice). Integers wrap
 * and their mean is truncated, float32 sums are made in float64 and rounded once. Undefined for dtypes that are not
 * plain numbers, and for the mean of no integers.
 */
export function reduce(
  tensor: Tensor,
  axes: readonly number[],
  keepDims: boolean,
  reduction: Reduction,
): Tensor | undefined {
  const { dtype, shape } = tensor;
  if (!isReducible(dtype) || dtype === 'string') return undefined;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = transpose(tensor, [...kept, ...axes]);
  const outShape = keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : kept.map((axis) => shape[axis] as number);
  const count = elementCount(axes.map((axis) => shape[axis] as number));
  const result = allocate(dtype, elementCount(outShape));
  const { data } = order;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    if (reduction === 'mean' && count === 0) return undefined;
    reduceBigInts(data, result as BigInt64Array, count, reduction, dtype);
  } else {
    if (reduction === 'mean' && count === 0 && dtype !== 'float32' && dtype !== 'float64') return undefined;
    reduceNumbers(data as Float64Array, result as Float64Array, count, reduction, dtype);
  }
  return Tensor.from(dtype, outShape, result);
}

function reduceNumbers(
  data: Float64Array,
  result: Float64Array,
  count: number,
  reduction: Reduction,
  dtype: DType,
): void {
  const [lowest, highest] = ranges[dtype] as readonly [number, number];
  const isInteger = dtype !== 'float32' && dtype !== 'float64';
  for (let out = 0, at = 0; out < result.length; out++) {
    const end = at + count;
    let value: number;
    switch (reduction) {
      case 'sum':
      case 'mean':
        value = 0;
        for (; at < end; at++) value += data[at] as number;
        if (reduction === 'mean') value = isInteger ? Math.trunc(value / count) : value / count;
        break;
      case 'prod':
        value = 1;
        if (isInteger) for (; at < end; at++) value = Math.imul(value, data[at] as number);
        else for (; at < end; at++) value *= data[at] as number;
        break;
      case 'max':
      case 'any':
        value = reduction === 'max' ? lowest : 0;
        for (; at < end; at++) value = larger(value, data[at] as number);
        break;
      default:
        value = highest;
        for (; at < end; at++) value = smaller(value, data[at] as number);
    }
    result[out] = value;
  }
}

// Not Math.max: it is slower, and both keep a NaN.
function larger(a: number, b: number): number {
  return b > a || Number.isNaN(b) ? b : a;
}

function smaller(a: number, b: number): number {
  return b < a || Number.isNaN(b) ? b : a;
}

function reduceBigInts(
  data: BigInt64Array | BigUint64Array,
  result: BigInt64Array,
  count: number,
  reduction: Reduction,
  dtype: DType,
): void {
  const [lowest, highest] = ranges[dtype] as readonly [bigint, bigint];
  const starts: Record<Reduction, bigint> = {
    sum: 0n,
    mean: 0n,
    prod: 1n,
    max: lowest,
    any: 0n,
    min: highest,
    all: 1n,
  };
  for (let out = 0, at = 0; out < result.length; out++) {
    let value = starts[reduction];
    for (const end = at + count; at < end; at++) {
      const element = data[at] as bigint;
      if (reduction === 'sum' || reduction === 'mean') value += element;
      else if (reduction === 'prod') value *= element;
      else if (reduction === 'max' || reduction === 'any') value = element > value ? element : value;
      else value = element < value ? element : value;
    }
    result[out] = reduction === 'mean' ? value / BigInt(count) : value;
  }
}

/**
 * TensorFlow's ArgMax and ArgMin: the first index along `axis` of the largest or smallest element, as `indexType`.
 * Undefined for dtypes that are not plain numbers, and where the axis has no elements.
 */
export function argExtreme(
  tensor: Tensor,
  axis: number,
  extreme: 'max' | 'min',
  indexType: 'int32' | 'int64' | 'int16' | 'uint16',
): Tensor | undefined {
  const count = tensor.shape[axis] as number;
  if (!isReducible(tensor.dtype) || count === 0) return undefined;
  const kept = tensor.shape.map((_, i) => i).filter((i) => i !== axis);
  const { data } = transpose(tensor, [...kept, axis]);
  const outShape = kept.map((i) => tensor.shape[i] as number);
  const result = allocate(indexType, elementCount(outShape));
  for (let out = 0; out < result.length; out++) {
    const start = out * count;
    let best = start;
    for (let at = start + 1; at < start + count; at++) {
      const [element, champion] = [data[at] as number, data[best] as number];
      if (extreme === 'max' ? element > champion : element < champion) best = at;
    }
    const index = best - start;
    result[out] = indexType === 'int64' ? BigInt(index) : index;
  }
  return Tensor.from(indexType, outShape, result);
}

/**
 * TensorFlow's Cumsum and Cumprod along `axis`. `exclusive` leaves an element itself out of its result, `reverse` runs
 * from the end. Undefined for dtypes that are not plain numbers.
 */
export function cumulate(
  tensor: Tensor,
  axis: number,
  operation: 'sum' | 'prod',
  exclusive: boolean,
  reverse: boolean,
): Tensor | undefined {
  const { dtype, shape } = tensor;
  if (!isReducible(dtype) || dtype === 'string') return undefined;
  const count = shape[axis] as number;
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const result = allocate(dtype, tensor.size);
  const { data } = tensor;
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const isFloat = dtype === 'float32' || dtype === 'float64';
  // Elements of one call are all numbers or all bigints, for which the operators are the same.
  const start = (isBig ? (operation === 'sum' ? 0n : 1n) : operation === 'sum' ? 0 : 1) as number;
  const multiply = isBig || isFloat ? (a: number, b: number) => a * b : Math.imul;
  const join = operation === 'sum' ? (a: number, b: number) => a + b : multiply;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let value = start;
      for (let step = 0; step < count; step++) {
        const at = (o * count + (reverse ? count - 1 - step : step)) * inner + i;
        const next = join(value, data[at] as number);
        result[at] = exclusive ? value : next;
        value = next;
      }
    }
  }
  return Tensor.from(dtype, shape, result);
}
