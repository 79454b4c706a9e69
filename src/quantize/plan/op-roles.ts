import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import type { Tensor } from '#tensor/tensor.js';
import { isTflOp, type StateConstraint, type TflOpDefinition, type WeightsConstraint } from '#tflite/define-op.js';
import { floatType } from '../job.js';
import { refusedState } from '../recurrent/state-scales.js';

/** What an operand is to an op whose data are quantized. */
export type Role =
  | { readonly kind: 'data'; readonly symmetric?: boolean }
  | { readonly kind: 'weights'; readonly constraint: WeightsConstraint }
  | { readonly kind: 'bias'; readonly of: readonly [number, number] }
  | { readonly kind: 'state'; readonly constraint: StateConstraint };

/** Roles of the operands, by position; undefined for those that are no real numbers. */
export type Roles = readonly (Role | undefined)[];

const data: Role = { kind: 'data' };
const symmetricData: Role = { kind: 'data', symmetric: true };

/** Why a loop or a branch is not quantized. */
export const HANDS_ON = 'it hands on what ops that stay in float32 give or take';

/** The roles of an op's operands where LiteRT has a kernel for such data; otherwise why it has none. */
export function rolesOf(op: Op, dtype: 'int8' | 'int16'): Roles | string {
  const { definition } = op;
  if (!isTflOp(definition)) return 'it is no TFLite op';
  if (definition.control) return HANDS_ON;
  if (!definition.quantizedKernels.includes(dtype)) return `LiteRT's ${definition.builtin} takes no ${dtype} data`;
  const refused = refusedState(op, definition, dtype);
  if (refused !== undefined) return refused;
  const roles: (Role | undefined)[] = [];
  for (const index of op.operands.keys()) {
    const role = floatType(op.operands[index]) ? roleOf(op, definition, index, dtype) : undefined;
    if (typeof role === 'string') return role;
    roles.push(role);
  }
  return roles;
}

function roleOf(op: Op, definition: TflOpDefinition, index: number, dtype: 'int8' | 'int16'): Role | string {
  const constant = constantOf(op.operands[index]) !== undefined;
  for (const constraint of definition.quantization) {
    if (constraint.kind === 'biasScale' && constraint.operand === index) {
      return constant ? { kind: 'bias', of: constraint.of } : 'its bias is computed';
    }
    if (constraint.kind === 'state' && constraint.operand === index && constraint.dtype === dtype) {
      return { kind: 'state', constraint };
    }
    if (constraint.kind === 'weights' && constraint.operand === index && !constraint.hybridOnly) {
      if (constraint.mayBeData === true && (!constant || dtype === 'int16')) return data;
      if (constraint.mayBeData === 'symmetric' && !constant && dtype === 'int8') return symmetricData;
      return constant ? { kind: 'weights', constraint } : 'its weights are computed';
    }
  }
  const accepted = definition.operandKernels[index];
  if (accepted && !accepted.includes(dtype)) {
    const name = (definition.operandNames[index] ?? 'operand').replace(/[?*]$/, '');
    return `LiteRT's ${definition.builtin} takes no ${dtype} as \`${name}\``;
  }
  return data;
}

/** Whether the zero point of all data of the op is 0. */
export function isSymmetric(definition: TflOpDefinition): boolean {
  return definition.quantization.some(({ kind }) => kind === 'zeroIsZero');
}

/** Whether the op's sums may leave the range of what they are stored in: not where no two rows go to one place. */
export function maySumWrap({ definition, operands }: Op): boolean {
  const constraint = (definition as TflOpDefinition).quantization.find(({ kind }) => kind === 'wrappingSums');
  if (constraint?.kind !== 'wrappingSums') return false;
  const indices = constantOf(operands[constraint.operand]);
  return !indices || !areRowsDistinct(indices);
}

function areRowsDistinct({ data, shape }: Tensor): boolean {
  const width = shape.at(-1) ?? 1;
  const rows = new Set<string>();
  for (let start = 0; start < data.length; start += width) {
    const row = String(data.subarray(start, start + width));
    if (rows.has(row)) return false;
    rows.add(row);
  }
  return true;
}

/** The same roles, with zero points of 0. */
export function symmetricRoles(roles: Roles): Roles {
  return roles.map((role) => (role?.kind === 'data' ? symmetricData : role));
}

/** The operands of which no element may be stored as zero. */
export function divisorsOf(definition: TflOpDefinition): readonly number[] {
  return definition.quantization.flatMap((each) => (each.kind === 'notZero' ? [each.operand] : []));
}

/** What the scales of the op's operands have to be below. */
export function scaleLimit(definition: TflOpDefinition): number {
  return Math.min(...definition.quantization.map((each) => (each.kind === 'scaleBelow' ? each.limit : Infinity)));
}

/** Whether all data of the op share one scale. */
export function hasOneScale(definition: TflOpDefinition, dtype: 'int8' | 'int16'): boolean {
  return definition.quantization.some(
    (constraint) => constraint.kind === 'sameScale' && !constraint.exceptDtypes?.includes(dtype),
  );
}

export function isFragile(definition: TflOpDefinition): boolean {
  return definition.quantization.some(({ kind }) => kind === 'fragile');
}

/** Whether the op multiplies many numbers, for which integers are worth their while. */
export function isAnchor(definition: TflOpDefinition): boolean {
  return definition.quantization.some(({ kind }) => kind === 'weights');
}
