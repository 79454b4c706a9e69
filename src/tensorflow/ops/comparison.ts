import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { binaryKernels, unaryKernels } from '#tensor/kernels/arithmetic.js';
import { type BinaryKernel, equalStrings, mapBinary, mapUnary } from '#tensor/kernels/map.js';
import { where } from '#tensor/kernels/order.js';
import { select } from '#tensor/kernels/select.js';
import { sameShape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp } from '../define-op.js';
import { tensorTypeOf } from '../lowering-builder.js';
import { binary, by, unary } from './support/elementwise-rows.js';
import { allKnown } from './support/folding.js';
import { composed, composedPair } from './support/formula.js';
import { broadcast, cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { broadcastOf, rankOf, shapeOf, typeOf } from './support/types.js';

// The kernels for 8-bit and 16-bit integers compare quantized numbers: plain ones are compared as int32.
const ORDERED: readonly DType[] = ['float32', 'int32', 'int64'];

function comparison(name: string, summary: string, kernel: BinaryKernel, definition: TflOpDefinition) {
  return binary(name, { summary, kernel, result: 'bool', lower: by(definition, ...ORDERED, 4) });
}

export const Greater = comparison('Greater', 'x > y', binaryKernels.Greater, tfl.Greater);
export const GreaterEqual = comparison('GreaterEqual', 'x ≥ y', binaryKernels.GreaterEqual, tfl.GreaterEqual);
export const Less = comparison('Less', 'x < y', binaryKernels.Less, tfl.Less);
export const LessEqual = comparison('LessEqual', 'x ≤ y', binaryKernels.LessEqual, tfl.LessEqual);

function equality(name: 'Equal' | 'NotEqual', summary: string, definition: TflOpDefinition) {
  const lower = by(definition, ...ORDERED, 'bool', 'string', 4);
  return defineTfOp({
    name,
    summary,
    operands: ['x', 'y'],
    results: ['z'],
    attributes: { T: attr.dtype(), incompatible_shape_error: attr.bool(true) },
    infer: (op) => [tensorType('bool', broadcastOf(op.operand(0), op.operand(1)))],
    fold: (_, operands) => {
      if (!allKnown(operands)) return undefined;
      const [x, y] = operands as [Tensor, Tensor];
      if (x.dtype === 'string') return [equalStrings(x, y, name === 'Equal')];
      const result = mapBinary(binaryKernels[name], x, y, 'bool');
      return result && [result];
    },
    lower: (op, build) => lower(op, build),
  });
}

export const Equal = equality('Equal', 'x = y', tfl.Equal);
export const NotEqual = equality('NotEqual', 'x ≠ y', tfl.NotEqual);

export const ApproximateEqual = defineTfOp({
  name: 'ApproximateEqual',
  summary: '|x − y| < tolerance',
  operands: ['x', 'y'],
  results: ['z'],
  attributes: { T: attr.dtype(), tolerance: attr.float(1e-5) },
  infer: (op) => [tensorType('bool', broadcastOf(op.operand(0), op.operand(1)))],
  fold: (op, operands) => {
    if (!allKnown(operands)) return undefined;
    const difference = mapBinary(binaryKernels.Sub, operands[0] as Tensor, operands[1] as Tensor);
    const near = { number: (x: number) => (Math.abs(x) < op.attributes.tolerance ? 1 : 0) };
    const result = difference && mapUnary(near, difference, 'bool');
    return result && [result];
  },
  lower: (op, build) => {
    const near = composedPair((x, y, f) =>
      f.apply(tfl.Less, f.apply(tfl.Abs, f.sub(x, y)), f.number(op.attributes.tolerance)),
    );
    return near(op, build);
  },
});

export const IsNan = unary('IsNan', {
  summary: 'Whether it is not a number',
  kernel: unaryKernels.IsNan,
  result: 'bool',
  lower: composed((x, f) => f.apply(tfl.NotEqual, x, x)),
});

export const IsInf = unary('IsInf', {
  summary: 'Whether it is infinite',
  kernel: unaryKernels.IsInf,
  result: 'bool',
  lower: composed((x, f) => f.apply(tfl.Equal, f.apply(tfl.Abs, x), f.number(Infinity))),
});

export const IsFinite = unary('IsFinite', {
  summary: 'Whether it is neither infinite nor not a number',
  kernel: unaryKernels.IsFinite,
  result: 'bool',
  // What is not finite does not become 0 when it is taken from itself.
  lower: composed((x, f) => f.apply(tfl.Equal, f.sub(x, x), f.number(0))),
});

function logical(name: 'LogicalAnd' | 'LogicalOr', summary: string, definition: TflOpDefinition) {
  const lower = by(definition, 'bool', 4);
  return defineTfOp({
    name,
    summary,
    operands: ['x', 'y'],
    results: ['z'],
    infer: (op) => [tensorType('bool', broadcastOf(op.operand(0), op.operand(1)))],
    fold: (_, operands) => {
      if (!allKnown(operands)) return undefined;
      const result = mapBinary(binaryKernels[name], operands[0] as Tensor, operands[1] as Tensor);
      return result && [result];
    },
    lower: (op, build) => lower(op, build),
  });
}

export const LogicalAnd = logical('LogicalAnd', 'x and y', tfl.LogicalAnd);
export const LogicalOr = logical('LogicalOr', 'x or y', tfl.LogicalOr);

export const LogicalNot = defineTfOp({
  name: 'LogicalNot',
  summary: 'not x',
  operands: ['x'],
  results: ['y'],
  infer: (op) => [tensorType('bool', shapeOf(op.operand(0)))],
  fold: (_, [x]) => {
    const result = x && mapUnary(unaryKernels.LogicalNot, x);
    return result && [result];
  },
  lower: (op, build) => build.value(tfl.LogicalNot, [op.operand(0)]),
});

export const SelectV2 = defineTfOp({
  name: 'SelectV2',
  summary: 't where the condition holds, e elsewhere; all three broadcast',
  operands: ['condition', 't', 'e'],
  attributes: { T: attr.dtype() },
  infer: (op) => [typeOf(op.attributes.T, broadcastOf(op.operand(0), op.operand(1), op.operand(2)))],
  fold: (_, operands) => {
    if (!allKnown(operands)) return undefined;
    return [select(operands[0] as Tensor, operands[1] as Tensor, operands[2] as Tensor)];
  },
  lower: (op, build) => {
    const [condition, yes, no] = op.operands as [Value, Value, Value];
    const { dtype } = tensorTypeOf(yes);
    const carried = computeType(dtype, tfl.SelectV2.kernels);
    if (carried === undefined) return unsupportedType(dtype, tfl.SelectV2.kernels);
    const operands = [condition, cast(build, yes, carried), cast(build, no, carried)];
    const ready = broadcast(build, operands, 5, shapeOf(op.result()));
    return cast(build, build.value(tfl.SelectV2, ready), dtype);
  },
});

export const Select = defineTfOp({
  name: 'Select',
  summary: 't where the condition holds, e elsewhere; the condition has their shape, or is a vector for whole rows',
  operands: ['condition', 't', 'e'],
  attributes: { T: attr.dtype() },
  infer: (op) => {
    const [condition, yes, no] = op.operands as [Value, Value, Value];
    const shape = shapeOf(yes) ?? shapeOf(no) ?? ((rankOf(condition) ?? 0) > 1 ? shapeOf(condition) : null);
    return [typeOf(op.attributes.T, shape)];
  },
  fold: (_, operands) => {
    if (!allKnown(operands)) return undefined;
    const [condition, yes, no] = operands as [Tensor, Tensor, Tensor];
    const rows = condition.rank === 1 && yes.rank > 1;
    const column = rows
      ? condition.reshape([...condition.shape, ...new Array<number>(yes.rank - 1).fill(1)])
      : condition;
    return [select(column, yes, no)];
  },
  lower: (op, build) => {
    const [condition, yes, no] = op.operands as [Value, Value, Value];
    const { dtype } = tensorTypeOf(yes);
    const carried = computeType(dtype, tfl.Select.kernels);
    if (carried === undefined) return unsupportedType(dtype, tfl.Select.kernels);
    // SELECT_V2 is the newer and faster of the two, but takes a vector for a row, not for rows.
    const rows = rankOf(condition) !== 0 && !sameShape(shapeOf(condition), shapeOf(yes));
    const operands = [condition, cast(build, yes, carried), cast(build, no, carried)];
    return cast(build, build.value(rows ? tfl.Select : tfl.SelectV2, operands), dtype);
  },
});

export const Where = defineTfOp({
  name: 'Where',
  summary: 'The indices of the elements that are not zero, a row each',
  operands: ['input'],
  results: ['index'],
  attributes: { T: attr.dtype('bool') },
  infer: (op) => [tensorType('int64', [null, rankOf(op.operand(0)) ?? null])],
  fold: (_, [input]) => {
    const result = input && where(input);
    return result && [result];
  },
  lower: (op, build) => {
    const input = op.operand(0);
    const { dtype } = tensorTypeOf(input);
    const carried = computeType(dtype, tfl.Where.kernels);
    if (carried === undefined) return unsupportedType(dtype, tfl.Where.kernels);
    return build.value(tfl.Where, [cast(build, input, carried)]);
  },
});
