import { elementCount } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { Elements } from './elements.js';
import { take } from './join.js';
import { larger, smaller } from './numbers.js';

/** The elements of an integer tensor as numbers. */
export function indicesOf(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/**
 * TensorFlow's GatherV2: params [B…, O…, A, I…] and indices [B…, J…] give [B…, O…, J…, I…], where A is dimension
 * `axis` and B are the first `batchDims`. Undefined where an index is out of range.
 */
export function gather(params: Tensor, indices: Tensor, axis: number, batchDims: number): Tensor | undefined {
  const dim = params.shape[axis] as number;
  const at = indicesOf(indices);
  if (at.some((index) => index < 0 || index >= dim)) return undefined;
  const shape = [...params.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...params.shape.slice(axis + 1)];
  if (batchDims === 0) return take(params, at, axis).reshape(shape);

  const source = Elements.of(params);
  const result = Elements.zeros(params.dtype, elementCount(shape));
  const batches = elementCount(params.shape.slice(0, batchDims));
  const outer = elementCount(params.shape.slice(batchDims, axis));
  const run = elementCount(params.shape.slice(axis + 1));
  const each = at.length / Math.max(batches, 1);
  let to = 0;
  for (let b = 0; b < batches; b++) {
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < each; j++) {
        const from = ((b * outer + o) * dim + (at[b * each + j] as number)) * run;
        result.copy(to, source, from, run);
        to += run;
      }
    }
  }
  return result.toTensor(shape);
}

/** Where each row of `indices` [… , K] points in a tensor of `shape`, in slices of `run` elements. */
function offsets(shape: readonly number[], indices: Tensor): { at: number[]; run: number } | undefined {
  const depth = indices.shape.at(-1) as number;
  const run = elementCount(shape.slice(depth));
  const rows = elementCount(indices.shape.slice(0, -1));
  const flat = indicesOf(indices);
  const at: number[] = [];
  for (let r = 0; r < rows; r++) {
    let offset = 0;
    for (let k = 0; k < depth; k++) {
      const index = flat[r * depth + k] as number;
      const dim = shape[k] as number;
      if (index < 0 || index >= dim) return undefined;
      offset = offset * dim + index;
    }
    at.push(offset * run);
  }
  return { at, run };
}

/** TensorFlow's GatherNd: rows of `indices` [… , K] name slices of `params`. Undefined where one is out of range. */
export function gatherNd(params: Tensor, indices: Tensor): Tensor | undefined {
  const found = offsets(params.shape, indices);
  if (!found) return undefined;
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1) as number)];
  const source = Elements.of(params);
  const result = Elements.zeros(params.dtype, elementCount(shape));
  for (const [i, from] of found.at.entries()) result.copy(i * found.run, source, from, found.run);
  return result.toTensor(shape);
}

/** What happens to an element that an update meets. */
export type Combine = 'update' | 'add' | 'sub' | 'min' | 'max';

/** TensorFlow's TensorScatter…: `tensor` with the slices that `indices` name combined with `updates`, in order. */
export function scatter(tensor: Tensor, indices: Tensor, updates: Tensor, combine: Combine): Tensor | undefined {
  if (combine !== 'update' && (tensor.dtype === 'string' || tensor.dtype.endsWith('16'))) {
    if (tensor.dtype !== 'int16' && tensor.dtype !== 'uint16') return undefined;
  }
  const found = offsets(tensor.shape, indices);
  if (!found) return undefined;
  const result = Elements.zeros(tensor.dtype, tensor.size);
  result.copy(0, Elements.of(tensor), 0, tensor.size);
  const source = Elements.of(updates);
  const { lanes } = result;
  const to = result.array as unknown as number[];
  const from = source.array as unknown as number[];
  found.at.forEach((at, i) => {
    if (combine === 'update') {
      result.copy(at, source, i * found.run, found.run);
      return;
    }
    for (let k = 0; k < found.run * lanes; k++) {
      const old = to[at * lanes + k] as number;
      const update = from[i * found.run * lanes + k] as number;
      to[at * lanes + k] = combined(combine, old, update);
    }
  });
  return result.toTensor(tensor.shape);
}

// Numbers stand for bigints too: the operators are the same.
function combined(combine: Exclude<Combine, 'update'>, old: number, update: number): number {
  switch (combine) {
    case 'add':
      return old + update;
    case 'sub':
      return old - update;
    case 'min':
      return smaller(update, old);
    case 'max':
      return larger(update, old);
  }
}
