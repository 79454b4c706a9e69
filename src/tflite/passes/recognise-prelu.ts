import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import { sameType } from '#ir/type.js';
import { noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Prelu, Relu } from '../ops/activation.js';
import { Add, Mul, Neg, Sub } from '../ops/elementwise.js';

/** x where the value is relu(x). */
function reluOf(value: Value): Value | undefined {
  const op = value.producer;
  return op?.isOneOf(Relu) ? op.operand(0) : undefined;
}

/** x where the value is relu(−x). */
function reluOfNegative(value: Value): Value | undefined {
  const negative = reluOf(value)?.producer;
  return negative?.isOneOf(Neg) ? negative.operand(0) : undefined;
}

interface Slope {
  readonly x: Value;
  readonly alpha: Tensor;
}

/** The parts of c · relu(−x) or, with a negation inside, of c · −relu(−x); `alpha` is what −relu(−x) is multiplied by. */
function slopeOf(value: Value, sign: number): Slope | undefined {
  const product = value.producer;
  if (!product?.isOneOf(Mul) || product.attributes['fused_activation_function'] !== 'NONE') return undefined;
  const right = constantOf(product.operand(1));
  const constant = right ?? constantOf(product.operand(0));
  const other = product.operand(right ? 0 : 1);
  if (constant?.dtype !== 'float32') return undefined;
  const inner = other.producer;
  const negated = inner?.isOneOf(Neg) ? inner.operand(0) : undefined;
  const x = reluOfNegative(negated ?? other);
  if (!x) return undefined;
  const factor = negated ? sign : -sign;
  const alpha = Tensor.from(
    'float32',
    constant.shape,
    (constant.data as Float32Array).map((c) => factor * c),
  );
  return { x, alpha };
}

/** Dimensions that the kernel takes. */
const MAX_RANK = 4;

/** The kernel's alpha has one dimension less than x: it has none for the batch. */
function withoutBatch(alpha: Tensor, x: Value): Tensor | undefined {
  const rank = x.type.kind === 'tensor' ? x.type.shape?.length : undefined;
  if (rank === undefined || rank < 2 || rank > MAX_RANK) return undefined;
  if (alpha.rank === rank && alpha.shape[0] === 1) return alpha.reshape(alpha.shape.slice(1));
  if (alpha.rank >= rank) return undefined;
  return alpha.reshape([...new Array<number>(rank - 1 - alpha.rank).fill(1), ...alpha.shape]);
}

function prelu(result: Value, positive: Value, slope: Slope | undefined, build: RewriteBuilder): Value | undefined {
  if (!slope || reluOf(positive) !== slope.x || !sameType(slope.x.type, result.type)) return undefined;
  const alpha = withoutBatch(slope.alpha, slope.x);
  return alpha && build.value(Prelu, [slope.x, build.constant(alpha)], {});
}

const leakyParts: Rewrite = {
  name: 'positive-and-negative-part',
  anchors: [Add, Sub],
  rewrite(op, build) {
    if (op.attributes['fused_activation_function'] !== 'NONE') return noMatch('an activation is fused');
    const [a, b] = [op.operand(0), op.operand(1)];
    const value = op.isOneOf(Sub)
      ? prelu(op.result(), a, slopeOf(b, -1), build)
      : (prelu(op.result(), a, slopeOf(b, 1), build) ?? prelu(op.result(), b, slopeOf(a, 1), build));
    return value ? [value] : noMatch('it is not relu(x) − α relu(−x) with a constant α');
  },
};

export const recognisePrelu = rewritePass({
  name: 'recognise-prelu',
  summary: 'Makes one PRELU of the sum of the positive and the scaled negative part of x.',
  rewrites: [leakyParts],
});
