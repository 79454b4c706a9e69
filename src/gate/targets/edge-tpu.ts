import { dynamicShapes } from './dynamic-shapes.js';
import { EDGE_TPU_SOURCE, edgeTpuOps } from './edge-tpu-ops.js';
import type { Misfit, TargetModel, TargetOp, TargetTable, TargetTensor } from './target-model.js';

/** The Edge TPU, all of the model on it. */
export const edgeTpu: TargetTable = { source: EDGE_TPU_SOURCE, check };

const bytes = new Set(['int8', 'uint8']);

/** Types of biases, and of operands that say how, which the compiler reads. */
const settings = new Set(['int32', 'int64']);

function check(model: TargetModel): Misfit[] {
  const misfits = dynamicShapes(model, 'fixed');
  const ends = { input: model.inputs, output: model.outputs };
  for (const [op, tensors] of Object.entries(ends)) {
    for (const tensor of tensors) {
      for (const reason of dataProblems(tensor)) misfits.push({ op, reason, place: tensor.name });
    }
  }
  for (const op of model.ops) {
    for (const reason of problems(op)) misfits.push({ op: op.name, reason, place: op.place });
  }
  return misfits;
}

function problems(op: TargetOp): string[] {
  if (op.custom) return ['the Edge TPU has no custom ops'];
  const rules = edgeTpuOps[op.name];
  if (!rules) return ['the Edge TPU has no such op'];
  // The state of recurrent layers has 16 bits, which the compiler knows.
  const data = [...op.inputs, ...op.outputs].filter((tensor) => tensor && !tensor.constant && !tensor.variable);
  const found = new Set(data.flatMap((tensor) => (tensor ? dataProblems(tensor) : [])));
  if (found.size === 0)
    for (const tensor of op.inputs) for (const reason of constantProblems(tensor)) found.add(reason);
  for (const rule of rules) {
    const reason = rule(op);
    if (reason) found.add(reason);
  }
  return [...found];
}

function dataProblems({ type, shape }: TargetTensor): string[] {
  const found: string[] = [];
  if (!bytes.has(type)) found.push(`is ${type}, where all data has to be int8 or uint8`);
  if (shape.slice(0, -3).some((dim) => dim !== 1)) {
    found.push('has more than 3 dimensions that are not 1: only a batch of 1 can be computed');
  }
  return found;
}

function constantProblems(tensor: TargetTensor | undefined): string[] {
  if (!tensor?.constant) return [];
  if (tensor.sparse) return ['takes no sparse weights'];
  return bytes.has(tensor.type) || settings.has(tensor.type) ? [] : [`takes int8 or uint8 weights, not ${tensor.type}`];
}
