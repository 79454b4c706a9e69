import { dynamicShapes } from './dynamic-shapes.js';
import { GPU_SOURCE, gpuCustomOps, gpuOps } from './gpu-ops.js';
import { type GpuContext, isComparison } from './gpu-rules.js';
import type { Misfit, TargetModel, TargetOp, TargetTable, TargetTensor } from './target-model.js';

/** LiteRT's GPU delegate with its defaults, all of the model on the GPU. */
export const gpu: TargetTable = { source: GPU_SOURCE, check };

/** Types that data has on the GPU, quantized ones as floats. */
const dataTypes = ['float32', 'float16', 'int8', 'uint8'];

/** Ops that read or give other types as well. */
const moreTypes: Readonly<Record<string, { readonly inputs: readonly string[]; readonly outputs: readonly string[] }>> =
  {
    CAST: { inputs: ['bool', 'int32'], outputs: ['bool', 'int32'] },
    ONE_HOT: { inputs: ['int32'], outputs: [] },
    SELECT: { inputs: ['bool'], outputs: [] },
    SELECT_V2: { inputs: ['bool'], outputs: [] },
    LOGICAL_AND: { inputs: ['bool'], outputs: ['bool'] },
    GATHER: { inputs: ['int32'], outputs: [] },
  };

function check(model: TargetModel): Misfit[] {
  const misfits = dynamicShapes(model, 'one');
  const halves = halfWeights(model);
  const context = contextOf(model, halves);
  for (const op of model.ops) {
    // Taken out before the graph is built, the weights being floats on the GPU anyway.
    if (op.outputs.some((output) => halves.has(output))) continue;
    for (const reason of problems(op, context)) misfits.push({ op: op.name, reason, place: op.place });
  }
  return misfits;
}

/** What DEQUANTIZE makes of float16 weights. */
function halfWeights({ ops }: TargetModel): Set<TargetTensor> {
  const isHalf = ({ name, inputs: [input] }: TargetOp) =>
    name === 'DEQUANTIZE' && input?.constant === true && input.type === 'float16' && !input.sparse;
  return new Set(ops.filter(isHalf).flatMap(({ outputs }) => outputs));
}

function contextOf({ ops }: TargetModel, halves: ReadonlySet<TargetTensor>): GpuContext {
  const consumers = new Map<TargetTensor, TargetOp[]>();
  const producers = new Map<TargetTensor, TargetOp>();
  for (const op of ops) {
    for (const output of op.outputs) producers.set(output, op);
    for (const input of op.inputs) {
      if (!input) continue;
      const known = consumers.get(input);
      if (known) known.push(op);
      else consumers.set(input, [op]);
    }
  }
  return {
    isRuntime: (tensor) => tensor !== undefined && !tensor.constant && !halves.has(tensor),
    consumers: (tensor) => consumers.get(tensor) ?? [],
    producer: (tensor) => producers.get(tensor),
  };
}

function problems(op: TargetOp, context: GpuContext): string[] {
  if (op.custom) return gpuCustomOps.has(op.name) ? [] : ['the GPU delegate has no such custom op'];
  const row = gpuOps[op.name];
  if (!row) return ['the GPU delegate has no kernel for it'];
  const types = typeProblems(op, context);
  if (types.length > 0) return types;
  const found = row.rules.flatMap((rule) => rule(op, context) ?? []);
  if (row.version !== undefined && op.version > row.version) {
    found.push(`the GPU delegate takes it up to version ${row.version}, not ${op.version}`);
  }
  return found.length > 0 ? found : formProblems(op, context);
}

function typeProblems(op: TargetOp, { isRuntime }: GpuContext): string[] {
  const more = moreTypes[op.name];
  const refused = (tensors: readonly (TargetTensor | undefined)[], allowed: readonly string[]) =>
    tensors.flatMap((tensor) => (tensor && isRuntime(tensor) && !allowed.includes(tensor.type) ? tensor.type : []));
  const results = [...dataTypes, ...(more?.outputs ?? []), ...(isComparison(op) ? ['bool'] : [])];
  const types = new Set([
    ...refused(op.inputs, [...dataTypes, ...(more?.inputs ?? [])]),
    ...refused(op.outputs, results),
  ]);
  return [...types].map((type) => `data of type ${type} stays on the processor`);
}

function formProblems(op: TargetOp, { isRuntime }: GpuContext): string[] {
  const reasons = new Set<string>();
  for (const tensor of [...op.inputs, ...op.outputs]) {
    if (!tensor || !isRuntime(tensor)) continue;
    const rank = tensor.shape.length;
    if (rank < 1 || rank > 4) reasons.add(`takes 1 to 4 dimensions, not ${rank}`);
    if (tensor.scales > 1) reasons.add('takes data with one scale, not one per channel');
  }
  return [...reasons];
}
