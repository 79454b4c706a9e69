import { InferenceError } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import type { Dim, Shape } from '#tensor/shape.js';
import { dtypeOf, type HasOperands, shapeOf } from './types.js';

/**
 * The shape of operand `index`, unknown dimensions if its rank is unknown. Throws an InferenceError where it has
 * another rank; `what` names the operand in the message.
 */
export function shapeOfRank(op: HasOperands, index: number, rank: number, what: string): readonly Dim[] {
  const shape = shapeOf(op.operands[index]);
  if (shape === null) return new Array<Dim>(rank).fill(null);
  if (shape.length !== rank) throw new InferenceError(`${what} has ${shape.length} dimensions, not ${rank}`);
  return shape;
}

/** A tensor of the element type of operand `index`; unknown where that operand's type is. */
export function withShape(op: HasOperands, index: number, shape: Shape): Type {
  const dtype = dtypeOf(op.operands[index]);
  return dtype ? tensorType(dtype, shape) : unknownType;
}

/** The result is like operand 0 in element type and shape. */
export function likeFirst(op: HasOperands): readonly Type[] {
  return [withShape(op, 0, shapeOf(op.operands[0]))];
}
