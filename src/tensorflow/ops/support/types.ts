import type { TfDType } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import { InferenceError, type Op, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { broadcastShapes, type Dim, formatShape, isStatic, type Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';

/** What inference needs of an op. */
export interface HasOperands {
  readonly operands: readonly (Value | undefined)[];
  operand(index: number): Value;
}

/** An op of whatever attributes, to be read. */
export type OpView = Pick<Op, 'operand' | 'operands' | 'result' | 'results' | 'attributes'>;

/** The type of a result whose dtype is an attribute. */
export function typeOf(dtype: TfDType, shape: Shape): Type {
  if (dtype === 'resource') return { kind: 'resource' };
  if (dtype === 'variant') return { kind: 'variant' };
  return tensorType(dtype, shape);
}

/** What is known of the shape of a value; null for one without a type, too. */
export function shapeOf(value: Value | undefined): Shape {
  return value?.type.kind === 'tensor' ? value.type.shape : null;
}

/** The dtype of a value, where it is a tensor of known type. */
export function dtypeOf(value: Value | undefined): DType | undefined {
  return value?.type.kind === 'tensor' ? value.type.dtype : undefined;
}

export function rankOf(value: Value | undefined): number | undefined {
  return shapeOf(value)?.length;
}

/** The fully known shape of a value, or undefined. */
export function staticShapeOf(value: Value | undefined): readonly number[] | undefined {
  const shape = shapeOf(value);
  return isStatic(shape) ? shape : undefined;
}

/** The elements of an integer tensor as numbers. */
export function numbersIn(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** The elements of a constant integer operand, or undefined where it is no constant. */
export function constantIntegers(value: Value | undefined): number[] | undefined {
  const tensor = constantOf(value);
  return tensor && numbersIn(tensor);
}

/** The only element of a constant integer operand, or undefined. */
export function constantInteger(value: Value | undefined): number | undefined {
  const values = constantIntegers(value);
  return values?.length === 1 ? values[0] : undefined;
}

/** A possibly negative axis as an index below `rank`; throws an InferenceError where it is out of range. */
export function normalAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (normal < 0 || normal >= rank) throw new InferenceError(`axis ${axis} is out of range for ${rank} dimensions`);
  return normal;
}

/** NumPy broadcasting of the shapes of values; throws an InferenceError where they do not fit. */
export function broadcastOf(...values: readonly (Value | undefined)[]): Shape {
  let result: Shape = [];
  for (const value of values) {
    const shape = shapeOf(value);
    const joined = broadcastShapes(result, shape);
    if (joined === undefined) {
      throw new InferenceError(`shapes ${formatShape(result)} and ${formatShape(shape)} do not broadcast`);
    }
    result = joined;
  }
  return result;
}

/** Product of dimensions; null where one is unknown (unless another is 0). */
export function productOf(dims: readonly Dim[]): Dim {
  if (dims.includes(0)) return 0;
  let result = 1;
  for (const dim of dims) {
    if (dim === null) return null;
    result *= dim;
  }
  return result;
}

/** A shape of `rank` unknown dimensions, or of unknown rank. */
export function unknownDims(rank: number | null | undefined): Shape {
  return rank === null || rank === undefined ? null : new Array<null>(rank).fill(null);
}

/** The number of elements of a vector value, where it is known. */
export function vectorLength(value: Value | undefined): number | undefined {
  const shape = shapeOf(value);
  if (shape === null) return undefined;
  if (shape.length !== 1) throw new InferenceError(`a vector is expected, not ${formatShape(shape) || 'a scalar'}`);
  return shape[0] ?? undefined;
}

/** The types of an op's results where all of them are known: what its last TFLite op is to give. */
export function knownTypes(results: readonly Value[]): readonly Type[] | undefined {
  return results.every(({ type }) => type.kind !== unknownType.kind) ? results.map(({ type }) => type) : undefined;
}
