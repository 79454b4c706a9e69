import { attr } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import { isFloat } from '#tensor/dtype.js';
import { numbersOf } from '#tensor/kernels/numbers.js';
import { linSpace, range, rangeLength } from '#tensor/kernels/sequence.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { allKnown } from './support/folding.js';
import { Formula } from './support/formula.js';
import { lowerElementwise, unsupportedType } from './support/lower-elementwise.js';
import { constantInteger, type OpView, typeOf } from './support/types.js';

/** The only element of a constant number. */
function numberIn(tensor: Tensor | undefined): number | undefined {
  if (tensor?.size !== 1 || tensor.dtype === 'string') return undefined;
  return tensor.dtype.endsWith('int64') ? Number(tensor.data[0]) : numbersOf(tensor)[0];
}

export const Range = defineTfOp({
  name: 'Range',
  summary: 'Numbers from `start` up to `limit`, by steps of `delta`',
  operands: ['start', 'limit', 'delta'],
  attributes: { Tidx: attr.dtype('int32') },
  infer: (op) => {
    const [start, limit, delta] = op.operands.map((value) => numberIn(constantOf(value)));
    const known = start !== undefined && limit !== undefined && delta !== undefined;
    return [typeOf(op.attributes.Tidx, [known ? (rangeLength(start, limit, delta) ?? null) : null])];
  },
  fold: (_, operands) => {
    if (!allKnown(operands)) return undefined;
    const result = range(operands[0] as Tensor, operands[1] as Tensor, operands[2] as Tensor);
    return result && [result];
  },
  lower: (op, build) => lowerElementwise(op, build, tfl.Range, { dtypes: ['float32', 'int32', 'int64'] }),
});

export const LinSpace = defineTfOp({
  name: 'LinSpace',
  summary: '`num` numbers from `start` to `stop`, both included',
  operands: ['start', 'stop', 'num'],
  attributes: { T: attr.dtype(), Tidx: attr.dtype('int32') },
  infer: (op) => [typeOf(op.attributes.T, [constantInteger(op.operand(2)) ?? null])],
  fold: (op, [start, stop]) => {
    const count = constantInteger(op.operand(2));
    if (!start || !stop || count === undefined || !isFloat(start.dtype)) return undefined;
    return [linSpace(start, stop, count)];
  },
  lower: (op, build): Lowered => {
    const count = constantInteger(op.operand(2));
    if (count === undefined)
      return unsupported('its number of points is not constant', 'Pass a Python number as `num`.');
    return lowerLinSpace(op, build, count);
  },
});

function lowerLinSpace(op: OpView, build: LoweringBuilder, count: number): Lowered {
  const [start, stop] = op.operands as [Value, Value];
  const { dtype } = tensorTypeOf(start);
  if (dtype !== 'float32') return unsupportedType(dtype, ['float32']);
  const formula = new Formula(build);
  const positions = build.constant(Tensor.float32(Array.from({ length: count }, (_, i) => i)));
  const step = formula.div(formula.sub(stop, start), formula.number(Math.max(count - 1, 1)));
  return formula.add(start, formula.mul(step, positions));
}
