import { fail } from '#diagnostics/diagnostic.js';
import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import type { Tensor } from '#tensor/tensor.js';
import { isTflOp, type WeightsConstraint } from '#tflite/define-op.js';
import { floatType } from '../job.js';
import type { Granularity, Treatment } from '../recipe.js';
import { type QuantizedConstant, quantizeWeights, type WeightsSpec } from './quantize-weights.js';

/** One operand of an op that holds constant float32 weights. */
export interface Weights {
  readonly constraint: WeightsConstraint;
  readonly tensor: Tensor;
}

/** The constant float32 weights of an op, as its definition names them. */
export function weightsOf(op: Op): readonly Weights[] {
  if (!isTflOp(op.definition)) return [];
  return op.definition.quantization.flatMap((constraint) => {
    if (constraint.kind !== 'weights') return [];
    const tensor = constantOf(op.operands[constraint.operand]);
    return tensor?.dtype === 'float32' ? [{ constraint, tensor }] : [];
  });
}

/** The axis along which weights have scales of their own; null for one scale. */
export function axisOf({ axis, dense }: WeightsConstraint, granularity: Granularity): number | null {
  if (granularity === 'per-tensor' || (granularity === 'per-tensor-dense' && dense)) return null;
  return axis;
}

/** Kernels unpack 4-bit weights row by row, and rows begin at whole bytes. */
export function fitsNibbles(tensor: Tensor): boolean {
  return (tensor.shape.at(-1) ?? 1) % 2 === 0;
}

/** Bits of the weights: 4 only where rows fill whole bytes. */
export function bitsFor(tensor: Tensor, treatment: Treatment): 4 | 8 {
  return treatment.weights.bits === 4 && fitsNibbles(tensor) ? 4 : 8;
}

/** The constant whose elements an op moves without computing; all its other operands are integers. */
export function movedTable(op: Op): Tensor | undefined {
  const { definition } = op;
  if (!isTflOp(definition) || !definition.quantization.some(({ kind }) => kind === 'sameScale')) return undefined;
  if (!definition.quantizedKernels.includes('int8') || weightsOf(op).length > 0) return undefined;
  const floats = op.operands.filter(floatType);
  const table = constantOf(op.operands[definition.mainOperand]);
  return floats.length === 1 && table?.dtype === 'float32' ? table : undefined;
}

/** As `quantizeWeights`, for the weights of an op; throws a DiagnosticError, `invalid-data`, where they are not finite. */
export function quantizeWeightsOf(op: Op, tensor: Tensor, spec: WeightsSpec): QuantizedConstant {
  try {
    return quantizeWeights(tensor, spec);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail('invalid-data', {
      detail: `The weights of ${isTflOp(op.definition) ? op.definition.builtin : op.name} are not all finite numbers.`,
      locations: [op.location],
      help: ['Check the training: NaN and infinity among weights make results NaN.'],
    });
  }
}
