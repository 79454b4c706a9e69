import { compatibleShapes, elementCount, isStatic, type Shape } from '#tensor/shape.js';
import { ValueMismatch } from './value-mismatch.js';

/**
 * The shape that `count` elements in one list have for an input: one free dimension follows from their number, and a
 * free first dimension is the batch, 1, unless they are more than one row has. Throws a ValueMismatch.
 */
export function shapeOfList(shape: Shape, count: number): readonly number[] {
  if (shape === null) return [count];
  const candidates = shape[0] === null ? [[1, ...shape.slice(1)], shape] : [shape];
  for (const candidate of candidates) {
    const open = candidate.indexOf(null);
    const known = elementCount(candidate.map((dim) => dim ?? 1));
    const dims = candidate.map((dim, axis) => (axis === open ? count / known : dim));
    if (isStatic(dims) && elementCount(dims) === count && dims.every(Number.isInteger)) return dims;
  }
  const wanted = elementCount(shape.map((dim) => dim ?? 1));
  throw new ValueMismatch(`it has ${count} elements${isStatic(shape) ? `, not ${wanted}` : ''}`);
}

/**
 * The shape that a nested list of these dimensions has for an input: its own, with or without the 1 of the batch in
 * front; a plain list may have the elements of any shape, one after the other. Throws a ValueMismatch.
 */
export function shapeOfNested(shape: Shape, dims: readonly number[]): readonly number[] {
  const inBatch = [1, ...dims];
  if (shape === null || compatibleShapes(inBatch, shape)) return inBatch;
  if (dims.length > 0 && compatibleShapes(dims, shape)) return dims;
  if (dims.length <= 1) return shapeOfList(shape, dims[0] ?? 1);
  throw new ValueMismatch(`it is a list of [${dims.join('x')}]`);
}
