import { elementCount } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { indicesOf } from './gather.js';
import { bigintsOf, fromWorkArray, isBig, isReal, larger, numbersOf, smaller, workArray } from './numbers.js';

/** How the elements of one segment are joined, and what an empty segment holds. */
export type SegmentKind = 'sum' | 'prod' | 'max' | 'min';

/**
 * TensorFlow's UnsortedSegment…: joins the slices of `data` whose id in `ids` (the leading dimensions of `data`) is the
 * same; negative ids are dropped. Real numbers of at most 32 bits, and int64 for sums. Undefined where an id is too
 * large or the dtype is not taken.
 */
export function unsortedSegment(kind: SegmentKind, data: Tensor, ids: Tensor, segments: number): Tensor | undefined {
  const { dtype } = data;
  if (dtype === 'string' || !isReal(dtype) || (isBig(dtype) && kind !== 'sum')) return undefined;
  const at = indicesOf(ids);
  if (at.some((id) => id >= segments)) return undefined;
  const run = elementCount(data.shape.slice(ids.rank));
  const shape = [segments, ...data.shape.slice(ids.rank)];
  const result = workArray(dtype, elementCount(shape)) as Float32Array;
  const start = isBig(dtype) ? undefined : startOf(kind, result);
  if (start !== undefined) result.fill(start);
  const values = (isBig(dtype) ? bigintsOf(data) : numbersOf(data)) as ArrayLike<number>;
  const join = joiners[kind];
  at.forEach((id, i) => {
    if (id < 0) return;
    for (let k = 0; k < run; k++) {
      result[id * run + k] = join(result[id * run + k] as number, values[i * run + k] as number);
    }
  });
  return fromWorkArray(dtype, shape, result);
}

const joiners: Readonly<Record<SegmentKind, (x: number, y: number) => number>> = {
  sum: (x, y) => x + y,
  prod: (x, y) => x * y,
  max: larger,
  min: smaller,
};

/** What an empty segment holds: the lowest value of the dtype for max, the highest for min. */
function startOf(kind: SegmentKind, array: { readonly BYTES_PER_ELEMENT: number }): number {
  if (kind === 'sum') return 0;
  if (kind === 'prod') return 1;
  const sign = kind === 'max' ? -1 : 1;
  if (array instanceof Float32Array) return sign * 3.4028234663852886e38;
  if (array instanceof Float64Array) return sign * Number.MAX_VALUE;
  const bits = 8 * array.BYTES_PER_ELEMENT;
  const signed = array instanceof Int8Array || array instanceof Int16Array || array instanceof Int32Array;
  if (!signed) return kind === 'max' ? 0 : 2 ** bits - 1;
  return kind === 'max' ? -(2 ** (bits - 1)) : 2 ** (bits - 1) - 1;
}
