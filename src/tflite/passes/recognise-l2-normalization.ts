import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { sameType } from '#ir/type.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { Add, Div, Maximum, Minimum, Mul, Rsqrt, Sqrt, Square } from '../ops/elementwise.js';
import { L2Normalization } from '../ops/normalization.js';
import { Sum } from '../ops/reduction.js';

/** The kernel divides by at least this norm. */
const KERNEL_EPSILON = 1e-6;
/** So a guard of the squared norm may be this: a larger one would matter where the kernel's does not. */
const SQUARED_EPSILON = KERNEL_EPSILON ** 2 * (1 + 1e-6);

function scalarOf(value: Value): number | undefined {
  const tensor = constantOf(value);
  return tensor?.dtype === 'float32' && tensor.size === 1 ? Number(tensor.data[0]) : undefined;
}

function isActivated(op: Op): boolean {
  return op.attributes['fused_activation_function'] !== 'NONE';
}

/** The value without a small guard against a norm of zero: max(s, ε) or s + ε. */
function unguarded(value: Value): Value {
  const op = value.producer;
  if (!op?.isOneOf(Maximum, Add) || (op.isOneOf(Add) && isActivated(op))) return value;
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const epsilon = scalarOf(op.operand(j));
    if (epsilon !== undefined && epsilon >= 0 && epsilon <= SQUARED_EPSILON) return op.operand(i);
  }
  return value;
}

/** The value without an upper limit that guards a reciprocal norm: min(r, 1 / ε). */
function unlimited(value: Value): Value {
  const op = value.producer;
  if (!op?.isOneOf(Minimum)) return value;
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const limit = scalarOf(op.operand(j));
    if (limit !== undefined && limit * KERNEL_EPSILON >= 1 - 1e-6 && op.operand(i).producer?.isOneOf(Rsqrt))
      return op.operand(i);
  }
  return value;
}

/** x where the value is the sum of x² along the last dimension, kept. */
function squaredNormOf(value: Value): Value | undefined {
  const sum = value.producer;
  if (!sum?.is(Sum) || !sum.attributes.keep_dims) return undefined;
  const axes = constantOf(sum.operand(1));
  const { type } = sum.operand(0);
  if (axes?.size !== 1 || type.kind !== 'tensor' || type.dtype !== 'float32' || !type.shape) return undefined;
  const axis = Number(axes.data[0]);
  if (axis !== -1 && axis !== type.shape.length - 1) return undefined;
  const square = sum.operand(0).producer;
  if (square?.isOneOf(Square)) return square.operand(0);
  return square?.isOneOf(Mul) && !isActivated(square) && square.operand(0) === square.operand(1)
    ? square.operand(0)
    : undefined;
}

/** What the op divides x by, as the value of which the root is taken. */
function radicand(op: Op, x: Value, by: Value): Value | undefined {
  const root = unlimited(by).producer;
  if (!root || op.operand(0) === op.operand(1)) return undefined;
  const fits = op.isOneOf(Mul) ? root.isOneOf(Rsqrt) : root.isOneOf(Sqrt) && op.operand(0) === x;
  return fits ? root.operand(0) : undefined;
}

const normalize: Rewrite = {
  name: 'normalize',
  anchors: [Mul, Div],
  rewrite(op, build) {
    if (isActivated(op)) return noMatch('an activation is fused');
    for (const [x, by] of [
      [op.operand(0), op.operand(1)],
      [op.operand(1), op.operand(0)],
    ] as const) {
      const under = radicand(op, x, by);
      if (under && squaredNormOf(unguarded(under)) === x && sameType(x.type, op.result().type)) {
        return [build.value(L2Normalization, [x], { fused_activation_function: 'NONE' })];
      }
    }
    return noMatch('it does not divide x by the root of the sum of x² along the last dimension');
  },
};

export const recogniseL2Normalization = rewritePass({
  name: 'recognise-l2-normalization',
  summary: 'Makes one L2_NORMALIZATION of a division by the norm along the last dimension.',
  rewrites: [normalize],
});
