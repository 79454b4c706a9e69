import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import type { Range } from '../affine.js';
import { BIAS_LIMIT } from '../weights/quantize-constant.js';
import { floatsOf } from '../weights/quantize-weights.js';
import { divisorsOf, scaleLimit } from './op-roles.js';
import type { OpPlan } from './plan-module.js';

const ZERO = 'its kernel aborts where a divisor is stored as zero';
const NEAR_ZERO = 'its divisors come so near zero that integers would not tell them apart';

/** Divisors near zero say too little in a few steps: their quotients are those that show. */
const FEWEST_STEPS = 16;

/** Why an op cannot have the scales that it was given, which are known once all sets are joined. */
export function misfitOf(
  { op, treatment, roles, operands }: OpPlan,
  rangeOf: (value: Value) => Range | undefined,
): string | undefined {
  const limit = scaleLimit(op.definition as TflOpDefinition);
  if (operands.some((set) => set && set.affine.scale >= limit)) {
    return `its kernel aborts where a scale is ${limit} or more`;
  }
  for (const divisor of divisorsOf(op.definition as TflOpDefinition)) {
    const set = operands[divisor];
    if (!set) continue;
    const { scale } = set.affine;
    const constant = constantOf(op.operands[divisor]);
    if (constant) {
      if (floatsOf(constant).some((value) => Math.abs(value) < scale)) return ZERO;
    } else if (treatment.scheme !== 'int8-only') {
      const { min, max } = rangeOf(op.operand(divisor)) ?? { min: 0, max: 0 };
      if (Math.max(min, -max) < FEWEST_STEPS * scale) return NEAR_ZERO;
    }
  }
  for (const [i, role] of roles.entries()) {
    const bias = role?.kind === 'bias' ? constantOf(op.operands[i]) : undefined;
    const [input, weights] = role?.kind === 'bias' ? role.of.map((at) => operands[at]) : [];
    // Constant weights get steps that suit the bias.
    if (!bias || !input || !weights) continue;
    const most = BIAS_LIMIT * input.affine.scale * weights.affine.scale;
    if (floatsOf(bias).some((value) => Math.abs(value) > most))
      return 'its bias is too large for the steps of its data';
  }
  return undefined;
}
