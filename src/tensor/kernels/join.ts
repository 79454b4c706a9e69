import { elementCount, stridesOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { Elements } from './elements.js';
import { copyStrided, slice } from './strided.js';

/** Joins tensors along `axis`; their other dimensions are equal. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError('nothing to concatenate');
  const along = tensors.reduce((sum, tensor) => sum + (tensor.shape[axis] as number), 0);
  const shape = first.shape.with(axis, along);
  const result = Elements.zeros(first.dtype, elementCount(shape));
  const outer = elementCount(first.shape.slice(0, axis));
  const row = elementCount(shape.slice(axis));
  let at = 0;
  for (const tensor of tensors) {
    const source = Elements.of(tensor);
    const run = elementCount(tensor.shape.slice(axis));
    for (let i = 0; i < outer; i++) result.copy(i * row + at, source, i * run, run);
    at += run;
  }
  return result.toTensor(shape);
}

/** Stacks tensors of one shape along a new `axis`, 0 … rank. */
export function pack(tensors: readonly Tensor[], axis: number): Tensor {
  return concat(
    tensors.map((tensor) => tensor.reshape(tensor.shape.toSpliced(axis, 0, 1))),
    axis,
  );
}

/** Cuts along `axis` into pieces of the given sizes. */
export function split(tensor: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  let at = 0;
  return sizes.map((size) => {
    const begin = tensor.shape.map((_, k) => (k === axis ? at : 0));
    at += size;
    return slice(tensor, begin, tensor.shape.with(axis, size));
  });
}

/** Surrounds with `value`, a tensor of one element. `paddings` has [before, after] for each dimension. */
export function pad(tensor: Tensor, paddings: readonly (readonly [number, number])[], value?: Tensor): Tensor {
  const shape = tensor.shape.map((dim, k) => dim + pair(paddings, k)[0] + pair(paddings, k)[1]);
  const result = Elements.zeros(tensor.dtype, elementCount(shape));
  if (value) result.fill(0, Elements.of(value), 0, elementCount(shape));
  const strides = stridesOf(shape);
  const offset = strides.reduce((sum, stride, k) => sum + stride * pair(paddings, k)[0], 0);
  copyStrided(Elements.of(tensor), 0, stridesOf(tensor.shape), result, offset, strides, tensor.shape);
  return result.toTensor(shape);
}

/** Surrounds with mirror images: of the border too where `symmetric`. */
export function mirrorPad(
  tensor: Tensor,
  paddings: readonly (readonly [number, number])[],
  symmetric: boolean,
): Tensor {
  let result = tensor;
  tensor.shape.forEach((dim, axis) => {
    const [before, after] = pair(paddings, axis);
    if (before === 0 && after === 0) return;
    const edge = symmetric ? 1 : 0;
    const indices = Array.from({ length: before + dim + after }, (_, i) => {
      const at = i - before;
      if (at < 0) return -at - edge;
      return at < dim ? at : 2 * dim - 2 + edge - at;
    });
    result = take(result, indices, axis);
  });
  return result;
}

/** The slices at `indices` along `axis`, in that order; indices lie within the tensor. */
export function take(tensor: Tensor, indices: ArrayLike<number>, axis: number): Tensor {
  const dim = tensor.shape[axis] as number;
  const shape = tensor.shape.with(axis, indices.length);
  const source = Elements.of(tensor);
  const result = Elements.zeros(tensor.dtype, elementCount(shape));
  const outer = elementCount(tensor.shape.slice(0, axis));
  const run = elementCount(tensor.shape.slice(axis + 1));
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < indices.length; i++) {
      result.copy(at, source, (o * dim + (indices[i] as number)) * run, run);
      at += run;
    }
  }
  return result.toTensor(shape);
}

function pair(paddings: readonly (readonly [number, number])[], k: number): readonly [number, number] {
  return paddings[k] ?? [0, 0];
}
