import type { DType } from '../dtype.js';
import { elementCount } from '../shape.js';
import { Tensor } from '../tensor.js';
import { Elements } from './elements.js';
import { bigintsOf, fromWorkArray, isBig, numbersOf, workArray } from './numbers.js';

/** A tensor of `shape` whose elements all are the one of `value`. */
export function full(shape: readonly number[], value: Tensor): Tensor {
  const count = elementCount(shape);
  const result = Elements.zeros(value.dtype, count);
  result.fill(0, Elements.of(value), 0, count);
  return result.toTensor(shape);
}

/** Zeros; empty strings. */
export function zeros(dtype: DType, shape: readonly number[]): Tensor {
  return Elements.zeros(dtype, elementCount(shape)).toTensor(shape);
}

/** A tensor of whole numbers of an integer or float dtype. */
export function integers(dtype: DType, values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  const result = workArray(dtype, values.length);
  values.forEach((value, i) => {
    result[i] = isBig(dtype) ? BigInt(value) : value;
  });
  return fromWorkArray(dtype as Exclude<DType, 'string'>, shape, result);
}

/** How many elements `range` gives; 0 where the step leads away. Undefined for a step of 0. */
export function rangeLength(start: number, limit: number, delta: number): number | undefined {
  if (delta === 0) return undefined;
  return Math.max(0, Math.ceil((limit - start) / delta));
}

/** TensorFlow's Range: start, start + delta, … before limit; scalars of one dtype. Undefined for a step of 0. */
export function range(start: Tensor, limit: Tensor, delta: Tensor): Tensor | undefined {
  const { dtype } = start;
  if (dtype === 'string') return undefined;
  if (isBig(dtype)) {
    const [from, to, step] = [start, limit, delta].map((scalar) => bigintsOf(scalar)[0] as bigint) as [
      bigint,
      bigint,
      bigint,
    ];
    const count = rangeLength(Number(from), Number(to), Number(step));
    if (count === undefined) return undefined;
    const result = workArray(dtype, count);
    for (let i = 0; i < count; i++) result[i] = from + BigInt(i) * step;
    return Tensor.from(dtype, [count], result);
  }
  const [from, to, step] = [start, limit, delta].map((scalar) => numbersOf(scalar)[0] as number) as [
    number,
    number,
    number,
  ];
  const count = rangeLength(from, to, step);
  if (count === undefined) return undefined;
  const result = workArray(dtype, count);
  // The product is rounded to the dtype before the sum, as TensorFlow does.
  for (let i = 0; i < count; i++) {
    result[i] = i * step;
    result[i] = from + (result[i] as number);
  }
  return fromWorkArray(dtype, [count], result);
}

/** TensorFlow's LinSpace: `count` numbers from start to stop, both included. */
export function linSpace(start: Tensor, stop: Tensor, count: number): Tensor {
  const { dtype } = start;
  if (dtype === 'string') throw new TypeError('strings are not numbers');
  const from = numbersOf(start)[0] as number;
  const to = numbersOf(stop)[0] as number;
  const result = workArray(dtype, count);
  const round = dtype === 'float64' ? (x: number) => x : Math.fround;
  const step = count > 1 ? round(round(to - from) / (count - 1)) : 0;
  for (let i = 0; i < count; i++) result[i] = from + round(step * i);
  if (count > 1) result[count - 1] = to;
  return fromWorkArray(dtype, [count], result);
}

/** TensorFlow's OneHot: `on` where the index is the position along the new `axis`, else `off`; both scalars. */
export function oneHot(indices: Tensor, depth: number, on: Tensor, off: Tensor, axis: number): Tensor {
  const shape = indices.shape.toSpliced(axis, 0, depth);
  const result = Elements.zeros(on.dtype, elementCount(shape));
  result.fill(0, Elements.of(off), 0, elementCount(shape));
  const mark = Elements.of(on);
  const inner = elementCount(indices.shape.slice(axis));
  const values = indices.data as ArrayLike<number | bigint>;
  for (let i = 0; i < values.length; i++) {
    const index = Number(values[i]);
    if (index < 0 || index >= depth) continue;
    const outer = Math.floor(i / inner);
    result.copy((outer * depth + index) * inner + (i % inner), mark, 0, 1);
  }
  return result.toTensor(shape);
}
