import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { integers } from '#tensor/kernels/sequence.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { reshapeTo } from './support/lower-shape.js';
import { constantInteger, type OpView, rankOf, shapeOf, typeOf } from './support/types.js';

export const Bucketize = defineTfOp({
  name: 'Bucketize',
  summary: 'For each element the number of boundaries that are not above it',
  operands: ['input'],
  attributes: { T: attr.dtype(), boundaries: attr.floats() },
  infer: (op) => [tensorType('int32', shapeOf(op.operand(0)))],
  lower: (op, build) => {
    const input: Value = op.operand(0);
    const { dtype } = tensorTypeOf(input);
    const carried = computeType(dtype, tfl.Bucketize.kernels);
    if (carried === undefined) return unsupportedType(dtype, tfl.Bucketize.kernels);
    return build.value(tfl.Bucketize, [cast(build, input, carried)], { boundaries: op.attributes.boundaries });
  },
});

/** How often each number occurs, or its weights add up to; numbers beyond are left out. */
function counts(op: OpView, build: LoweringBuilder, dims: number, binary: boolean): Lowered {
  const [numbers, size, weights] = op.operands as [Value, Value, Value];
  const { dtype } = tensorTypeOf(op.result());
  const carried = dtype === 'int64' || dtype === 'int32' ? 'int32' : 'float32';
  if (dtype === 'float64') return unsupportedType(dtype, ['float32', 'int32']);
  const weighted = !binary && shapeOf(weights)?.includes(0) !== true;
  if (weighted && shapeOf(weights) === null) {
    return unsupported(
      'it is not known whether it is given weights',
      'Leave `weights` out, or give them a fixed shape.',
    );
  }
  const one = build.constant(integers(carried, [1], []));
  const zero = build.constant(integers(carried, [0], []));
  const hot = build.value(tfl.OneHot, [int32(build, numbers), int32(build, size), one, zero], { axis: -1 });
  const spread = (): Value => {
    const wide = cast(build, weights, carried);
    const axes = Array.from({ length: dims }, (_, axis) => ({ of: wide, axis }));
    return build.value(tfl.Mul, [hot, reshapeTo(build, wide, [...axes, 1])]);
  };
  const axis = build.ints([dims - 1]);
  if (binary) return cast(build, build.value(tfl.ReduceMax, [hot, axis], { keep_dims: false }), dtype);
  return cast(build, build.value(tfl.Sum, [weighted ? spread() : hot, axis], { keep_dims: false }), dtype);
}

export const Bincount = defineTfOp({
  name: 'Bincount',
  summary: 'How often each number occurs',
  operands: ['arr', 'size', 'weights'],
  results: ['bins'],
  attributes: { T: attr.dtype() },
  infer: (op) => [typeOf(op.attributes.T, [constantInteger(op.operand(1)) ?? null])],
  lower: (op, build) => {
    if (rankOf(op.operand(0)) !== 1) return unsupported('it counts in vectors only', 'Flatten the numbers first.');
    return counts(op, build, 1, false);
  },
});

export const DenseBincount = defineTfOp({
  name: 'DenseBincount',
  summary: 'How often each number occurs in each row, or whether it does',
  operands: ['input', 'size', 'weights'],
  attributes: { Tidx: attr.dtype(), T: attr.dtype(), binary_output: attr.bool(false) },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    return [typeOf(op.attributes.T, shape && [...shape.slice(0, -1), constantInteger(op.operand(1)) ?? null])];
  },
  lower: (op, build) => {
    const rank = rankOf(op.operand(0));
    if (rank === undefined) return unsupported('the rank of its operand is not known', 'Give it a known rank.');
    return counts(op, build, rank, op.attributes.binary_output);
  },
});

/** For each value the number of elements of its sorted row that come before it. */
function bound(name: string, summary: string, comparison: typeof tfl.Less | typeof tfl.LessEqual) {
  return defineTfOp({
    name,
    summary,
    operands: ['sorted_inputs', 'values'],
    attributes: { T: attr.dtype(), out_type: attr.dtype('int32') },
    infer: (op) => [typeOf(op.attributes.out_type, shapeOf(op.operand(1)))],
    lower: (op, build) => {
      const [sorted, values] = op.operands as [Value, Value];
      const { dtype } = tensorTypeOf(sorted);
      const carried = computeType(dtype, ['float32', 'int32', 'int64']);
      if (carried === undefined) return unsupportedType(dtype, ['float32', 'int32', 'int64']);
      const [rows, wanted] = [cast(build, sorted, carried), cast(build, values, carried)];
      const left = reshapeTo(build, rows, [{ of: rows, axis: 0 }, 1, { of: rows, axis: 1 }]);
      const right = reshapeTo(build, wanted, [{ of: wanted, axis: 0 }, { of: wanted, axis: 1 }, 1]);
      const before = cast(build, build.value(comparison, [left, right]), 'int32');
      const count = build.value(tfl.Sum, [before, build.ints([2])], { keep_dims: false });
      return cast(build, count, tensorTypeOf(op.result()).dtype);
    },
  });
}

export const LowerBound = bound('LowerBound', 'For each value the number of elements of its row below it', tfl.Less);
export const UpperBound = bound(
  'UpperBound',
  'For each value the number of elements of its row up to it',
  tfl.LessEqual,
);

function inTop(name: string, operands: readonly string[]) {
  return defineTfOp({
    name,
    summary: 'Whether each target is among the k classes of its row with the best predictions',
    operands,
    results: ['precision'],
    attributes: name === 'InTopK' ? { k: attr.int(), T: attr.dtype('int32') } : { T: attr.dtype('int32') },
    infer: (op) => [tensorType('bool', shapeOf(op.operand(1)))],
    lower: (op, build) => {
      const [predictions, targets] = op.operands as [Value, Value];
      const count = op.operands[2] ? int32(build, op.operand(2)) : build.int(Number(op.attributes['k']));
      const index = int32(build, targets);
      const column = reshapeTo(build, index, [{ of: index, axis: 0 }, 1]);
      const own = build.value(tfl.Gather, [predictions, column], { axis: 1, batch_dims: 1 });
      // Only what is truly better counts: all classes of equal predictions are among the best together.
      const better = cast(build, build.value(tfl.Greater, [predictions, own]), 'int32');
      const place = build.value(tfl.Sum, [better, build.ints([1])], { keep_dims: false });
      return build.value(tfl.Less, [place, count]);
    },
  });
}

export const InTopK = inTop('InTopK', ['predictions', 'targets']);
export const InTopKV2 = inTop('InTopKV2', ['predictions', 'targets', 'k']);
