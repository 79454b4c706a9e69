import { elementCount, stridesOf } from '../shape.js';
import { Tensor } from '../tensor.js';
import { Elements } from './elements.js';
import { bigintsOf, isBig, isReal, numbersOf } from './numbers.js';

/** The positions of the elements that are not zero (or empty), in row-major order: int64 [count, rank]. */
export function where(condition: Tensor): Tensor | undefined {
  if (!isReal(condition.dtype)) return undefined;
  const values = (isBig(condition.dtype) ? bigintsOf(condition) : numbersOf(condition)) as ArrayLike<number>;
  const { shape } = condition;
  const strides = stridesOf(shape);
  const found: number[] = [];
  // biome-ignore lint/suspicious/noDoubleEquals: 0n and 0 are both zero
  for (let i = 0; i < values.length; i++) if (values[i] != 0) found.push(i);
  const result = new BigInt64Array(found.length * shape.length);
  found.forEach((at, i) => {
    shape.forEach((dim, k) => {
      result[i * shape.length + k] = BigInt(Math.floor(at / (strides[k] as number)) % dim);
    });
  });
  return Tensor.from('int64', [found.length, shape.length], result);
}

/** The `k` largest elements along the last dimension, descending, equal ones in order, with int32 indices. */
export function topK(tensor: Tensor, k: number): { values: Tensor; indices: Tensor } | undefined {
  const along = tensor.shape.at(-1);
  if (!isReal(tensor.dtype) || along === undefined || k > along) return undefined;
  const numbers = (isBig(tensor.dtype) ? bigintsOf(tensor) : numbersOf(tensor)) as ArrayLike<number>;
  const rows = elementCount(tensor.shape.slice(0, -1));
  const shape = [...tensor.shape.slice(0, -1), k];
  const source = Elements.of(tensor);
  const values = Elements.zeros(tensor.dtype, rows * k);
  const indices = new Int32Array(rows * k);
  const order = Array.from({ length: along }, (_, i) => i);
  for (let row = 0; row < rows; row++) {
    const start = row * along;
    const sorted = order.toSorted((a, b) => {
      const x = numbers[start + a] as number;
      const y = numbers[start + b] as number;
      return x > y ? -1 : x < y ? 1 : a - b;
    });
    for (let i = 0; i < k; i++) {
      const at = sorted[i] as number;
      indices[row * k + i] = at;
      values.copy(row * k + i, source, start + at, 1);
    }
  }
  return { values: values.toTensor(shape), indices: Tensor.from('int32', shape, indices) };
}

/** The different elements of a vector in order of appearance, and for each element its place among them. */
export function unique(vector: Tensor): { values: Tensor; indices: number[]; counts: number[] } | undefined {
  if (vector.dtype === 'int4' || vector.dtype.startsWith('complex')) return undefined;
  const source = Elements.of(vector);
  const places = new Map<unknown, number>();
  const first: number[] = [];
  const counts: number[] = [];
  const indices = Array.from({ length: vector.size }, (_, i) => {
    const element: unknown = source.array[i];
    const key = element instanceof Uint8Array ? Buffer.from(element).toString('latin1') : element;
    let place = places.get(key);
    if (place === undefined) {
      place = first.length;
      places.set(key, place);
      first.push(i);
      counts.push(0);
    }
    counts[place] = (counts[place] as number) + 1;
    return place;
  });
  const values = Elements.zeros(vector.dtype, first.length);
  for (const [to, from] of first.entries()) values.copy(to, source, from, 1);
  return { values: values.toTensor([first.length]), indices, counts };
}
