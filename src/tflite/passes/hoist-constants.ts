import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import type { Tensor } from '#tensor/tensor.js';
import { Add, Mul, Sub } from '../ops/elementwise.js';
import { BatchMatMul } from '../ops/matmul.js';
import { Reshape, Transpose } from '../ops/shape.js';
import { openLinearOp } from './linear-op.js';

/** The constant for the dimensions into which a RESHAPE split the last one, as one for that dimension. */
function mergedConstant(constant: Tensor, split: Value, channels: number): Tensor | undefined {
  const shape = split.type.kind === 'tensor' ? split.type.shape : null;
  if (!shape || constant.size !== channels) return undefined;
  const inner: number[] = [];
  let product = 1;
  for (const dim of shape.toReversed()) {
    if (product === channels) break;
    if (dim === null) return undefined;
    product *= dim;
    inner.unshift(dim);
  }
  const own = constant.shape.slice(constant.shape.findIndex((dim) => dim !== 1));
  const spread = inner.slice(inner.findIndex((dim) => dim !== 1));
  const alike = product === channels && own.length === spread.length && own.every((dim, i) => dim === spread[i]);
  return alike && constant.rank <= shape.length ? constant.reshape([channels]) : undefined;
}

/** `reshape(linear(x)) + c` is `reshape(linear(x) + c)` where c has one number for each channel before the reshape. */
const addBeforeReshape: Rewrite = {
  name: 'add-before-reshape',
  anchors: [Add, Sub],
  rewrite(op, build) {
    const right = constantOf(op.operand(1));
    if (!right && op.isOneOf(Sub)) return noMatch('its right side is not constant');
    const constant = right ?? constantOf(op.operand(0));
    const value = op.operand(right ? 0 : 1);
    const reshape = value.producer;
    if (constant?.dtype !== 'float32') return noMatch('neither side is a float32 constant');
    if (!reshape?.isOneOf(Reshape) || !value.hasOneUse) return noMatch('the other side is not a reshape used once');
    if (op.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation is fused');
    const linear = openLinearOp(reshape.operand(0));
    if (typeof linear === 'string') return noMatch(linear);
    const merged = mergedConstant(constant, value, linear.channels);
    if (!merged) return noMatch('the constant is not one number for each channel before the reshape');
    const sum = build.value(op.definition, [reshape.operand(0), build.constant(merged)], op.attributes);
    return [build.fuse(reshape).value(Reshape, [sum, ...reshape.operands.slice(1)], reshape.attributes as never)];
  },
};

/** `(linear(x) + y) + c` is `(linear(x) + c) + y`, where the constant goes into the bias. */
const addBeforeSum: Rewrite = {
  name: 'add-before-sum',
  anchors: [Add],
  rewrite(op, build) {
    const constant = constantOf(op.operand(1));
    const sum = op.operand(0).producer;
    if (constant?.dtype !== 'float32') return noMatch('the right side is not a float32 constant');
    if (!sum?.isOneOf(Add) || !op.operand(0).hasOneUse) return noMatch('the left side is not a sum used once');
    if (sum.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation stands between');
    if (constant.shape.length > rankOf(op.operand(0))) return noMatch('the constant adds dimensions');
    for (const [i, j] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const linear = openLinearOp(sum.operand(i));
      if (typeof linear === 'string' || constantOf(sum.operand(j))) continue;
      if (constant.size !== linear.channels || constant.shape.at(-1) !== linear.channels) continue;
      const vector = build.constant(constant.reshape([linear.channels]));
      const biased = build.value(Add, [sum.operand(i), vector], { ...Add.options });
      return [build.fuse(sum).value(Add, [biased, sum.operand(j)], op.attributes as never)];
    }
    return noMatch('neither side of the sum can take it as its bias');
  },
};

/** The ops from a value back to one whose weights can take a factor, each used once, moving data or multiplying only. */
function pathToWeights(value: Value, depth = 8): readonly { readonly op: Op; readonly operand: number }[] | undefined {
  if (depth === 0) return undefined;
  if (typeof openLinearOp(value) !== 'string') return [];
  const op = value.producer;
  if (!op || !value.hasOneUse) return undefined;
  const operands = op.isOneOf(BatchMatMul) ? [0, 1] : op.isOneOf(Reshape, Transpose) ? [0] : [];
  for (const operand of operands) {
    const rest = pathToWeights(op.operand(operand), depth - 1);
    if (rest) return [{ op, operand }, ...rest];
  }
  return undefined;
}

/** A number that multiplies a matrix product, or what is only moved, multiplies the weights behind it as well. */
const scaleBeforeProduct: Rewrite = {
  name: 'scale-before-product',
  anchors: [Mul],
  rewrite(op, build) {
    const right = constantOf(op.operand(1));
    const constant = right ?? constantOf(op.operand(0));
    if (constant?.dtype !== 'float32' || constant.size !== 1) return noMatch('neither side is a single float32 number');
    if (op.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation is fused');
    const value = op.operand(right ? 0 : 1);
    const path = pathToWeights(value);
    if (!path || path.length === 0) return noMatch('no weights stand behind it');
    if (constant.rank > 0 && constant.rank > rankOf(op.operand(right ? 0 : 1))) return noMatch('it adds dimensions');
    return [rebuilt(path, constant.reshape([]), build)];
  },
};

function rankOf(value: Value): number {
  return value.type.kind === 'tensor' ? (value.type.shape?.length ?? 0) : 0;
}

/** The same ops on a scaled first value. */
function rebuilt(
  path: readonly { readonly op: Op; readonly operand: number }[],
  factor: Tensor,
  build: RewriteBuilder,
): Value {
  const { op: last, operand: at } = path.at(-1) as { op: Op; operand: number };
  let value = build.value(Mul, [last.operand(at), build.constant(factor)], { fused_activation_function: 'NONE' });
  for (const { op, operand } of path.toReversed()) {
    const operands = op.operands.map((other, i) => (i === operand ? value : other));
    const types = op.results.map((result) => result.type);
    value = build.fuse(op).value(op.definition, operands, op.attributes, types);
  }
  return value;
}

export const hoistConstants = rewritePass({
  name: 'hoist-constants',
  summary: 'Moves sums and products with constants back through reshapes, transposes and matrix products to weights.',
  rewrites: [addBeforeReshape, addBeforeSum, scaleBeforeProduct],
});
