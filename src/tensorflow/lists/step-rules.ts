import type { Op, Value } from '#ir/graph.js';
import type { GraphBuilder } from '../graph-builder.js';
import { tensorTypeOf } from '../lowering-builder.js';
import { BatchMatMulV2 } from '../ops/matmul.js';
import { constantInteger, constantIntegers, normalAxis, rankOf } from '../ops/support/types.js';

/** How an op on one step is done on all steps at once, which stand along a new first dimension. */
export interface StepRule {
  /** It costs more than fetching its result does. */
  readonly heavy?: boolean;
  /** Whether it can be, where `steps` tells which operands are steps; the others are the same for all. */
  fits(op: Op, steps: readonly boolean[]): boolean;
  make(op: Op, operands: readonly Value[], build: GraphBuilder): Value;
}

function again(op: Op, operands: readonly Value[], build: GraphBuilder, attributes = op.attributes): Value {
  return build.editor.create(build.at, op.definition, operands, attributes, build.location).result();
}

/** Element by element, shapes aligned at the last dimension: those of steps must be the longest. */
const elementwise: StepRule = {
  fits(op, steps) {
    const ranks = op.operands.map(rankOf);
    const rank = rankOf(op.result());
    return ranks.every((each, i) => each !== undefined && (!steps[i] || each === rank));
  },
  make: again,
};

const matMul: StepRule = {
  heavy: true,
  fits: (op, [a, b]) =>
    a === true && b !== true && op.attributes['transpose_a'] !== true && rankOf(op.operand(0)) === 2,
  make(op, operands, build) {
    const attributes = {
      T: tensorTypeOf(op.operand(0)).dtype,
      adj_x: false,
      adj_y: op.attributes['transpose_b'] === true,
    };
    return build.editor.create(build.at, BatchMatMulV2, operands, attributes, build.location).result();
  },
};

const batchMatMul: StepRule = {
  heavy: true,
  fits: (op, [a, b]) => a === true && b !== true && (rankOf(op.operand(1)) ?? 9) <= (rankOf(op.operand(0)) ?? 0),
  make: again,
};

const expandDims: StepRule = {
  fits: (op) => constantInteger(op.operand(1)) !== undefined && rankOf(op.operand(0)) !== undefined,
  make(op, [value], build) {
    const axis = normalAxis(constantInteger(op.operand(1)) as number, (rankOf(op.operand(0)) as number) + 1);
    return again(op, [value as Value, build.int(axis + 1)], build, { ...op.attributes, Tdim: 'int32' });
  },
};

const tile: StepRule = {
  fits: (op) => constantIntegers(op.operand(1)) !== undefined,
  make(op, [value], build) {
    const multiples = constantIntegers(op.operand(1)) as number[];
    return again(op, [value as Value, build.ints([1, ...multiples])], build, { ...op.attributes, Tmultiples: 'int32' });
  },
};

const transpose: StepRule = {
  fits: (op) => constantIntegers(op.operand(1)) !== undefined,
  make(op, [value], build) {
    const permutation = constantIntegers(op.operand(1)) as number[];
    const all = build.ints([0, ...permutation.map((axis) => axis + 1)]);
    return again(op, [value as Value, all], build, { ...op.attributes, Tperm: 'int32' });
  },
};

const elementwiseOps =
  'Abs Neg Sign Square Sqrt Rsqrt Exp Log Sin Cos Expm1 Log1p Reciprocal Floor Ceil Round Rint Relu Relu6 LeakyRelu Elu Selu Softplus Softsign Sigmoid Tanh Cast LogicalNot Add AddV2 Sub Mul Maximum Minimum SquaredDifference Pow Div RealDiv Equal NotEqual Less LessEqual Greater GreaterEqual LogicalAnd LogicalOr BiasAdd SelectV2';

/** By the op's name in the IR. */
export const stepRules: ReadonlyMap<string, StepRule> = new Map<string, StepRule>([
  ...elementwiseOps.split(' ').map((name) => [`tf.${name}`, elementwise] as const),
  ['tf.MatMul', matMul],
  ['tf.BatchMatMulV2', batchMatMul],
  ['tf.ExpandDims', expandDims],
  ['tf.Tile', tile],
  ['tf.Transpose', transpose],
]);

/** Whether the op can be done on all steps at once. */
export function fitsAllSteps(op: Op, steps: readonly boolean[]): boolean {
  if (op.results.length !== 1 || op.attributes['data_format'] === 'NCHW') return false;
  return stepRules.get(op.name)?.fits(op, steps) === true;
}
