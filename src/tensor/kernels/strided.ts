import { elementCount, stridesOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { Elements } from './elements.js';

interface Axis {
  size: number;
  /** Step between neighbours in the source, and in the target. */
  from: number;
  to: number;
}

/**
 * Materializes a strided view: element `i` of the result is element `offset + Σ i[k] * strides[k]` of `tensor`.
 * Strides may be 0 (broadcast) or negative (reversal). Linear in the result.
 */
export function strided(tensor: Tensor, shape: readonly number[], strides: readonly number[], offset = 0): Tensor {
  const result = Elements.zeros(tensor.dtype, elementCount(shape));
  copyStrided(Elements.of(tensor), offset, strides, result, 0, stridesOf(shape), shape);
  return result.toTensor(shape);
}

/** Copies a block of `shape` between two arrays, each with strides and an offset of its own. */
export function copyStrided(
  source: Elements,
  fromOffset: number,
  fromStrides: readonly number[],
  target: Elements,
  toOffset: number,
  toStrides: readonly number[],
  shape: readonly number[],
): void {
  if (shape.includes(0)) return;
  const axes = mergeAxes(shape, fromStrides, toStrides);
  const inner = axes.pop() ?? { size: 1, from: 1, to: 1 };
  const copyRow = rowCopier(source, target, inner);
  const index = new Array<number>(axes.length).fill(0);
  let from = fromOffset;
  let to = toOffset;
  for (;;) {
    copyRow(from, to);
    let k = axes.length - 1;
    for (; k >= 0; k--) {
      const axis = axes[k] as Axis;
      from += axis.from;
      to += axis.to;
      index[k] = (index[k] as number) + 1;
      if (index[k] !== axis.size) break;
      from -= axis.from * axis.size;
      to -= axis.to * axis.size;
      index[k] = 0;
    }
    if (k < 0) return;
  }
}

/** Drops axes of one element and joins neighbours that are walked in one sweep. */
function mergeAxes(shape: readonly number[], fromStrides: readonly number[], toStrides: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, k) => {
    if (size === 1) return;
    const axis: Axis = { size, from: fromStrides[k] as number, to: toStrides[k] as number };
    const outer = axes.at(-1);
    if (outer && outer.from === axis.from * size && outer.to === axis.to * size) {
      outer.size *= size;
      outer.from = axis.from;
      outer.to = axis.to;
    } else {
      axes.push(axis);
    }
  });
  return axes;
}

function rowCopier(source: Elements, target: Elements, { size, from, to }: Axis): (from: number, to: number) => void {
  if (to === 1 && from === 1) return (a, b) => target.copy(b, source, a, size);
  if (to === 1 && from === 0) return (a, b) => target.fill(b, source, a, size);
  if (source.lanes === 1) {
    const read = source.array as unknown as number[];
    const write = target.array as unknown as number[];
    return (a, b) => {
      for (let i = 0; i < size; i++) write[b + i * to] = read[a + i * from] as number;
    };
  }
  return (a, b) => {
    for (let i = 0; i < size; i++) target.copy(b + i * to, source, a + i * from, 1);
  };
}

/** Strides with which `shape` is read as `target`, to which it broadcasts: 0 along repeated dimensions. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, k) => (k < lead || shape[k - lead] === 1 ? 0 : (strides[k - lead] as number)));
}

/** NumPy's broadcast_to. `shape` must be one that the tensor broadcasts to. */
export function broadcastTo(tensor: Tensor, shape: readonly number[]): Tensor {
  return strided(tensor, shape, broadcastStrides(tensor.shape, shape));
}

/** The elements from `begin` on, `size` along each dimension, which must lie within the tensor. */
export function slice(tensor: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  const strides = stridesOf(tensor.shape);
  const offset = begin.reduce((sum, at, k) => sum + at * (strides[k] as number), 0);
  return strided(tensor, size, strides, offset);
}

/** The elements at `begin + i * step` along each dimension, `size` of them; steps may be negative. */
export function stridedSlice(
  tensor: Tensor,
  begin: readonly number[],
  step: readonly number[],
  size: readonly number[],
): Tensor {
  const strides = stridesOf(tensor.shape);
  const offset = begin.reduce((sum, at, k) => sum + at * (strides[k] as number), 0);
  const steps = strides.map((stride, k) => stride * (step[k] as number));
  return strided(tensor, size, steps, offset);
}

/** The elements in opposite order along the given axes. */
export function reverse(tensor: Tensor, axes: readonly number[]): Tensor {
  const begin = tensor.shape.map((dim, k) => (axes.includes(k) ? dim - 1 : 0));
  const step = tensor.shape.map((_, k) => (axes.includes(k) ? -1 : 1));
  return stridedSlice(tensor, begin, step, tensor.shape);
}

/** The tensor repeated `multiples[k]` times along dimension k. */
export function tile(tensor: Tensor, multiples: readonly number[]): Tensor {
  const strides = stridesOf(tensor.shape);
  const shape = tensor.shape.flatMap((dim, k) => [multiples[k] as number, dim]);
  const result = strided(
    tensor,
    shape,
    strides.flatMap((stride) => [0, stride]),
  );
  return result.reshape(tensor.shape.map((dim, k) => dim * (multiples[k] as number)));
}
