import { constantOf } from '#ir/constant.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import { noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import { transpose as transposeTensor } from '#tensor/kernels/transpose.js';
import { sameShape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as activation from '../ops/activation.js';
import * as elementwise from '../ops/elementwise.js';
import { Transpose } from '../ops/shape.js';
import { permutationOf } from './permutation.js';

// biome-ignore lint/suspicious/noExplicitAny: definitions with all kinds of options
type AnyDefinition = OpDefinition<any>;

const unaries: readonly AnyDefinition[] = [
  activation.Relu,
  activation.Relu6,
  activation.ReluN1To1,
  activation.Relu0To1,
  activation.LeakyRelu,
  activation.Elu,
  activation.Gelu,
  activation.HardSwish,
  activation.Logistic,
  activation.Tanh,
  elementwise.Abs,
  elementwise.Neg,
  elementwise.Sign,
  elementwise.Square,
  elementwise.Sqrt,
  elementwise.Rsqrt,
  elementwise.Exp,
  elementwise.Log,
  elementwise.Sin,
  elementwise.Cos,
  elementwise.Floor,
  elementwise.Ceil,
  elementwise.Round,
];

const binaries: readonly AnyDefinition[] = [
  elementwise.Add,
  elementwise.Sub,
  elementwise.Mul,
  elementwise.Div,
  elementwise.Maximum,
  elementwise.Minimum,
  elementwise.SquaredDifference,
  elementwise.Pow,
];

function inverse(permutation: readonly number[]): number[] {
  const result = new Array<number>(permutation.length);
  for (const [to, from] of permutation.entries()) result[from] = to;
  return result;
}

function transposed(build: RewriteBuilder, value: Value, permutation: readonly number[]): Value {
  return build.value(Transpose, [value, build.constant(Tensor.int32(permutation))], {});
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

const merge: Rewrite = {
  name: 'merge',
  anchors: [Transpose],
  rewrite(op, build) {
    const outer = permutationOf(op);
    if (!outer) return noMatch('its permutation is not constant');
    if (outer.every((axis, i) => axis === i)) return [op.operand(0)];
    const constant = constantOf(op.operand(0));
    if (constant && op.operand(0).hasOneUse) return [build.constant(transposeTensor(constant, outer))];
    const before = op.operand(0).producer;
    const inner = permutationOf(before);
    if (!before || !inner) return noMatch('its operand is not transposed');
    const both = outer.map((axis) => inner[axis] as number);
    return [transposed(build.fuse(before), before.operand(0), both)];
  },
};

const throughUnary: Rewrite = {
  name: 'through-unary',
  anchors: unaries,
  rewrite(op, build) {
    const before = op.operand(0).producer;
    const permutation = permutationOf(before);
    if (!before || !permutation) return noMatch('its operand is not transposed');
    if (!op.operand(0).hasOneUse) return noMatch('the transposed value has other users');
    return [transposed(build, build.value(op.definition, [before.operand(0)], op.attributes), permutation)];
  },
};

/** What operand `value` is before a transpose by `permutation`, if it is one, or a constant that can be permuted back. */
function untransposed(value: Value, permutation: readonly number[], build: RewriteBuilder): Value | undefined {
  const own = permutationOf(value.producer);
  if (own) return sameNumbers(own, permutation) && value.hasOneUse ? value.producer?.operand(0) : undefined;
  const constant = constantOf(value);
  if (!constant || constant.rank > permutation.length) return undefined;
  if (constant.size === 1) return value;
  const ones = new Array<number>(permutation.length - constant.rank).fill(1);
  const aligned = constant.reshape([...ones, ...constant.shape]);
  return build.constant(transposeTensor(aligned, inverse(permutation)));
}

/** Whether a transposed operand is as large as the result: a transpose of something larger would cost more. */
function keepsSize(op: Op): boolean {
  const { type } = op.result();
  return op.operands.some((operand) => {
    if (!permutationOf(operand?.producer) || operand?.type.kind !== 'tensor' || type.kind !== 'tensor') return false;
    return sameShape(operand.type.shape, type.shape);
  });
}

const throughBinary: Rewrite = {
  name: 'through-binary',
  anchors: binaries,
  rewrite(op, build) {
    const [a, b] = [op.operand(0), op.operand(1)];
    const permutation = permutationOf(a.producer) ?? permutationOf(b.producer);
    if (!permutation) return noMatch('neither operand is transposed');
    if (!keepsSize(op)) return noMatch('the result is larger than what is transposed');
    // Constants last: none is made for nothing when the other side does not fit.
    const constantFirst = constantOf(a) !== undefined;
    const fitsB = constantFirst ? untransposed(b, permutation, build) : undefined;
    const fitsA = constantFirst && !fitsB ? undefined : untransposed(a, permutation, build);
    const other = constantFirst ? fitsB : fitsA && untransposed(b, permutation, build);
    if (!fitsA || !other) return noMatch('the operands are not transposed alike');
    return [transposed(build, build.value(op.definition, [fitsA, other], op.attributes), permutation)];
  },
};

export const sinkTransposes = rewritePass({
  name: 'sink-transposes',
  summary: 'Moves transposes behind elementwise ops, until they meet others and cancel.',
  rewrites: [merge, throughUnary, throughBinary],
});
