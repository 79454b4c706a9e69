import {
  elements,
  type Misfit,
  numberOption,
  type TargetModel,
  type TargetOp,
  type TargetTensor,
} from './target-model.js';

/** Ops that give as many elements as they find. */
const valueSized = new Set(['WHERE', 'UNIQUE', 'RANGE', 'NON_MAX_SUPPRESSION_V4', 'NON_MAX_SUPPRESSION_V5']);

/**
 * Sizes that are not known before the model runs, for targets that plan memory once. With `batch` as 'one', a free first
 * dimension of an input is its batch, of which they take 1; what else is free, or depends on values, is a misfit.
 */
export function dynamicShapes({ ops, inputs }: TargetModel, batch: 'one' | 'fixed'): Misfit[] {
  const misfits: Misfit[] = [];
  for (const input of inputs) {
    const reason = freeInput(input, batch);
    if (reason) misfits.push({ op: 'input', reason, place: input.name });
  }
  for (const op of ops) {
    if (dependsOnValues(op)) {
      misfits.push({ op: op.name, reason: 'the size of its result depends on values', place: op.place });
    } else if (hasOtherSize(op)) {
      const reason = 'the file does not hold the size of its result for a batch of 1: convert with fixed input shapes';
      misfits.push({ op: op.name, reason, place: op.place });
    }
  }
  return misfits;
}

function freeInput({ freeDims }: TargetTensor, batch: 'one' | 'fixed'): string | undefined {
  if (freeDims === undefined) return 'its number of dimensions is free: convert with a fixed input shape';
  if (batch === 'fixed') {
    return freeDims.length > 0 ? 'has free dimensions: convert with a fixed input shape' : undefined;
  }
  return freeDims.some((axis) => axis > 0)
    ? 'has free dimensions besides the batch: convert with a fixed input shape'
    : undefined;
}

/** A result of free size without an operand of free size, other than what no constant says. */
function dependsOnValues({ name, inputs, outputs }: TargetOp): boolean {
  if (valueSized.has(name)) return outputs.some(({ free }) => free);
  const told = inputs.slice(1).some((input) => input && !input.constant && /^int(32|64)$/.test(input.type));
  return told && outputs.some(({ free }) => free) && inputs.every((input) => !input?.free);
}

/** Whether a free dimension of the result is not the 1 that stands in the file for it, though the batch is 1. */
function hasOtherSize(op: TargetOp): boolean {
  const [from] = op.inputs;
  const [to] = op.outputs;
  if (!from || !to?.free) return false;
  if (op.name === 'RESHAPE') return elements(from) !== elements(to);
  if (op.name === 'SPACE_TO_BATCH_ND') return to.freeDims?.includes(0) === true;
  if (op.name === 'CONCATENATION') {
    const axis = numberOption(op, 'axis');
    const sizes = op.inputs.map((input) => input?.shape.at(axis) ?? 0);
    return sizes.reduce((sum, size) => sum + size, 0) !== to.shape.at(axis);
  }
  return false;
}
