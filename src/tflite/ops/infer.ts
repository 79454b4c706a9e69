import { InferenceError, type Value } from '#ir/graph.js';
import { type TensorType, type Type, tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { broadcastShapes, type Dim, formatShape, type Shape } from '#tensor/shape.js';

/** What inference needs of an op. */
export interface HasOperands {
  readonly operands: readonly (Value | undefined)[];
}

/** The tensor type of operand `index`. Throws an InferenceError where it is absent or no tensor. */
export function tensorAt(op: HasOperands, index: number): TensorType {
  const value = op.operands[index];
  if (!value) throw new InferenceError(`operand ${index} is missing`);
  if (value.type.kind !== 'tensor') throw new InferenceError(`operand ${index} is ${value.type.kind}, not a tensor`);
  return value.type;
}

export function dtypeAt(op: HasOperands, index: number): DType | undefined {
  const type = op.operands[index]?.type;
  return type?.kind === 'tensor' ? type.dtype : undefined;
}

/** The shape of operand `index`, which has to have `rank` dimensions if its rank is known. */
export function shapeOfRank(op: HasOperands, index: number, rank: number): readonly Dim[] {
  const { shape } = tensorAt(op, index);
  if (shape === null) return new Array<Dim>(rank).fill(null);
  if (shape.length !== rank) {
    throw new InferenceError(`operand ${index} has ${shape.length} dimensions (${formatShape(shape)}), not ${rank}`);
  }
  return shape;
}

/** The result is like operand `index` in element type and shape. */
export function likeOperand(index = 0): (op: HasOperands) => readonly Type[] {
  return (op) => {
    const { dtype, shape } = tensorAt(op, index);
    return [tensorType(dtype, shape)];
  };
}

/** The type of elements that were only moved: per-tensor quantization stays with them. */
export function moved(type: TensorType, shape: Shape): TensorType {
  const { dtype, quantization } = type;
  return tensorType(dtype, shape, quantization?.axis === undefined ? quantization : undefined);
}

/** NumPy broadcasting of operands; throws where their shapes do not fit. */
export function broadcastOperands(op: HasOperands, ...indices: readonly number[]): Shape {
  let result: Shape = [];
  for (const index of indices) {
    const { shape } = tensorAt(op, index);
    const joined = broadcastShapes(result, shape);
    if (joined === undefined)
      throw new InferenceError(`${formatShape(result)} and ${formatShape(shape)} do not broadcast`);
    result = joined;
  }
  return result;
}

/** A possibly negative axis as an index below `rank`; throws where it is out of range. */
export function normalizeAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    throw new InferenceError(`axis ${axis} is out of range for ${rank} dimensions`);
  }
  return normal;
}

/** Size along one dimension after sliding a window over it, as the kernels' padding helpers compute it. */
export function windowed(size: Dim, window: Dim, stride: number, dilation: number, padding: string): Dim {
  if (size === null) return null;
  if (padding === 'SAME') return Math.ceil(size / stride);
  if (window === null) return null;
  const span = (window - 1) * dilation + 1;
  if (span > size) throw new InferenceError(`a window of ${span} does not fit into ${size}`);
  return Math.ceil((size - span + 1) / stride);
}

/** Product of dimensions; null where one is unknown. */
export function product(dims: readonly Dim[]): Dim {
  let result = 1;
  for (const dim of dims) {
    if (dim === null) return null;
    result *= dim;
  }
  return result;
}
