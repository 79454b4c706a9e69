import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import { sameType, type Type } from '#ir/type.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { HardSwish, Relu6 } from '../ops/activation.js';
import { Add, Div, Mul } from '../ops/elementwise.js';

function number(value: Value | undefined): number | undefined {
  const tensor = constantOf(value);
  return tensor?.dtype === 'float32' && tensor.size === 1 ? Number(tensor.data[0]) : undefined;
}

function near(value: number, wanted: number): boolean {
  return Math.abs(value - wanted) <= 1e-6 * Math.abs(wanted);
}

interface Product {
  readonly factor: number;
  readonly rest: readonly Value[];
}

/** Takes products, and quotients by a number, apart; two levels are enough for every way to write x · relu6(x+3) / 6. */
function factors(value: Value, depth = 2): Product {
  const constant = number(value);
  if (constant !== undefined) return { factor: constant, rest: [] };
  const op = value.producer;
  if (depth === 0 || !op || op.attributes['fused_activation_function'] !== 'NONE') return { factor: 1, rest: [value] };
  const divisor = op.isOneOf(Div) ? number(op.operand(1)) : undefined;
  if (divisor !== undefined) {
    const { factor, rest } = factors(op.operand(0), depth - 1);
    return { factor: factor / divisor, rest };
  }
  if (!op.isOneOf(Mul)) return { factor: 1, rest: [value] };
  const [a, b] = [factors(op.operand(0), depth - 1), factors(op.operand(1), depth - 1)];
  return { factor: a.factor * b.factor, rest: [...a.rest, ...b.rest] };
}

function hasRank(type: Type): boolean {
  return type.kind === 'tensor' && type.dtype === 'float32' && type.shape !== null;
}

/** x where the value is relu6(x + 3). */
function shiftedRelu6(value: Value): Value | undefined {
  const relu = value.producer;
  const sum = relu?.isOneOf(Relu6) ? relu.operand(0).producer : undefined;
  if (!sum?.isOneOf(Add) || sum.attributes['fused_activation_function'] !== 'NONE') return undefined;
  if (number(sum.operand(1)) === 3) return sum.operand(0);
  return number(sum.operand(0)) === 3 ? sum.operand(1) : undefined;
}

const hardSwish: Rewrite = {
  name: 'hard-swish',
  anchors: [Mul, Div],
  rewrite(op, build) {
    const { factor, rest } = factors(op.result());
    if (rest.length !== 2 || !near(factor, 1 / 6)) return noMatch('it is not a sixth of a product of two');
    const [a, b] = rest as readonly [Value, Value];
    const x = shiftedRelu6(b) === a ? a : shiftedRelu6(a) === b ? b : undefined;
    if (!x) return noMatch('neither factor is relu6(x + 3) of the other');
    if (!hasRank(x.type) || !sameType(x.type, op.result().type))
      return noMatch('a constant gives the result another shape');
    return [build.value(HardSwish, [x], {})];
  },
};

export const recogniseHardSwish = rewritePass({
  name: 'recognise-hard-swish',
  summary: 'Makes one HARD_SWISH of x · relu6(x + 3) / 6, in whatever order it is multiplied.',
  rewrites: [hardSwish],
});
