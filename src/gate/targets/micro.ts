import { dynamicShapes } from './dynamic-shapes.js';
import { MICRO_SOURCE, type MicroOp, microConversions, microCustomOps, microOps, microWeights } from './micro-ops.js';
import type { Misfit, TargetModel, TargetOp, TargetTable } from './target-model.js';

/** TensorFlow Lite Micro with every op of its resolver and its portable kernels. */
export const micro: TargetTable = { source: MICRO_SOURCE, check };

function check(model: TargetModel): Misfit[] {
  const misfits = dynamicShapes(model, 'one');
  for (const entry of model.entries) {
    if (entry === 0) continue;
    const reason = 'only the first one can be run: convert with one signature';
    misfits.push({ op: 'signature', reason, place: undefined });
  }
  for (const op of model.ops) {
    for (const reason of problems(op)) misfits.push({ op: op.name, reason, place: op.place });
  }
  return misfits;
}

function problems(op: TargetOp): string[] {
  if (op.custom) return microCustomOps.has(op.name) ? [] : ['is a custom op: the application has to bring its kernel'];
  const row = microOps[op.name];
  if (!row) return ['TensorFlow Lite Micro has no kernel for it'];
  return [...typeProblems(op, row), ...formProblems(op, row), ...(byName[op.name]?.(op) ?? [])];
}

function typeProblems({ inputs, outputs }: TargetOp, row: MicroOp): string[] {
  const problems: string[] = [];
  const type = inputs[row.operand ?? 0]?.type;
  if (row.types !== undefined && type !== undefined && !takes(row.types, type)) {
    problems.push(`takes ${list(row.types)}, not ${type}`);
  }
  const result = outputs[0]?.type;
  if (row.results !== undefined && result !== undefined && !takes(row.results, result)) {
    problems.push(`gives ${list(row.results)}, not ${result}`);
  }
  if ([...inputs, ...outputs].some((tensor) => tensor?.type === 'string')) problems.push('takes no text');
  return problems;
}

function formProblems({ inputs }: TargetOp, row: MicroOp): string[] {
  const problems: string[] = [];
  if (row.constants?.some((position) => inputs[position] && !inputs[position].constant)) {
    problems.push(`takes operand ${row.constants.join(', ')} as a constant only`);
  }
  const rank = inputs[0]?.shape.length ?? 0;
  if (row.maxRank !== undefined && rank > row.maxRank) problems.push(`takes ${row.maxRank} dimensions, not ${rank}`);
  if (inputs.some((input) => input?.sparse)) problems.push('takes no sparse weights');
  return problems;
}

const byName: Readonly<Record<string, (op: TargetOp) => string[]>> = {
  CONV_2D: (op) => weightProblems(op, 0),
  DEPTHWISE_CONV_2D: (op) => weightProblems(op, 0),
  TRANSPOSE_CONV: (op) => weightProblems(op, 2),
  FULLY_CONNECTED: (op) => [...weightProblems(op, 0), ...denseProblems(op)],
  UNIDIRECTIONAL_SEQUENCE_LSTM: (op) => weightProblems(op, 0),
  BATCH_MATMUL: ({ inputs: [a, b] }) => (a && b && a.type !== b.type ? [`takes no ${b.type} beside ${a.type}`] : []),
  GATHER: (op) => indexProblems(op),
  GATHER_ND: (op) => indexProblems(op),
  QUANTIZE: ({ inputs: [from], outputs: [to] }) =>
    from && to && !takes(microConversions[from.type] ?? '', to.type) ? [`makes no ${to.type} of ${from.type}`] : [],
  RESIZE_BILINEAR: ({ options }) =>
    options['align_corners'] === true && options['half_pixel_centers'] === true
      ? ['takes `align_corners` or `half_pixel_centers`, not both']
      : [],
};

function weightProblems({ name, inputs }: TargetOp, data: number): string[] {
  const type = inputs[data]?.type;
  const weights = inputs[1];
  if (type === undefined || weights === undefined) return [];
  const allowed = name === 'TRANSPOSE_CONV' && type === 'int8' ? 'int8' : microWeights[type];
  return allowed === undefined || takes(allowed, weights.type) ? [] : [`takes no ${weights.type} weights with ${type}`];
}

function denseProblems({ inputs: [, weights] }: TargetOp): string[] {
  return weights?.type === 'int4' && weights.scales > 1
    ? ['takes one scale for int4 weights, not one per channel']
    : [];
}

function indexProblems({ inputs: [, indices] }: TargetOp): string[] {
  return indices && indices.type !== 'int32' ? [`takes int32 indices, not ${indices.type}`] : [];
}

function takes(types: string, type: string): boolean {
  return types.split(' ').includes(type);
}

function list(types: string): string {
  return types.replaceAll(' ', ', ');
}
