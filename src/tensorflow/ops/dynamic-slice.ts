import { attr } from '#ir/attribute.js';
import { sameShape } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp } from '../define-op.js';
import { index, lowerMovedValue } from './support/lower-moved.js';
import { shapeOf, staticShapeOf, typeOf } from './support/types.js';

export const XlaDynamicUpdateSlice = defineTfOp({
  name: 'XlaDynamicUpdateSlice',
  summary: 'The input with a part of it, from the given place on, replaced',
  operands: ['input', 'update', 'indices'],
  attributes: { T: attr.dtype(), Tindices: attr.dtype() },
  infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
  fold: (op) => {
    const [input, update] = op.operands;
    const shape = staticShapeOf(input);
    return shape && update && sameShape(shape, shapeOf(update)) ? [update] : undefined;
  },
  lower: (op, build) =>
    lowerMovedValue(op, build, {
      definition: tfl.DynamicUpdateSlice,
      operands: [op.operand(0), op.operand(1), index(build, op.operand(2))],
      data: [0, 1],
    }),
});
