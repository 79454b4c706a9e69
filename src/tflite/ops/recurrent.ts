import { type Type, tensorType } from '#ir/type.js';
import { defineTflOp, type WeightsConstraint } from '../define-op.js';
import { dtypeAt, type HasOperands, shapeOfRank, tensorAt } from './infer.js';

/** Input, forget, cell and output gates, in the order of the operands. */
const gates = ['input', 'forget', 'cell', 'output'];

/** The 20 operands that every LSTM kernel shares. */
const lstmOperands = [
  'input',
  'input_to_input_weights?',
  ...gates.slice(1).map((gate) => `input_to_${gate}_weights`),
  'recurrent_to_input_weights?',
  ...gates.slice(1).map((gate) => `recurrent_to_${gate}_weights`),
  ...['input', 'forget', 'output'].map((gate) => `cell_to_${gate}_weights?`),
  'input_gate_bias?',
  'forget_gate_bias',
  'cell_bias',
  'output_gate_bias',
  'projection_weights?',
  'projection_bias?',
  'output_state',
  'cell_state',
];
const layerNormalization = gates.map((gate) => `${gate}_layer_norm_coefficients?`);

/** Data of a float kernel with 8-bit weights. */
function hybridVersion(op: HasOperands, weights: number, asymmetric: boolean, first: number): number | undefined {
  const hybrid = dtypeAt(op, 0) === 'float32' && dtypeAt(op, weights) === 'int8';
  if (!hybrid) return undefined;
  return asymmetric ? first + 1 : first;
}

/** Weights that kernels take as integers, all or none. */
function hybridWeights(...operands: readonly number[]): readonly WeightsConstraint[] {
  const hybrid = { bits: [8], perChannel: false, asymmetricInputs: true, together: true } as const;
  return operands.map((operand) => ({ kind: 'weights', operand, axis: null, hybrid }));
}

/** The input's first two dimensions with those of the state behind: [batch, time, units] or [time, batch, units]. */
function sequence(op: HasOperands, state: number): readonly Type[] {
  const [first = null, second = null] = shapeOfRank(op, 0, 3);
  const units = tensorAt(op, state).shape?.at(-1) ?? null;
  return [tensorType(tensorAt(op, 0).dtype, [first, second, units])];
}

export const UnidirectionalSequenceLstm = defineTflOp({
  name: 'unidirectional_sequence_lstm',
  builtin: 'UNIDIRECTIONAL_SEQUENCE_LSTM',
  keepsAbsent: true,
  stateOperands: [18, 19],
  summary: 'LSTM over a sequence; its two states are variables of the model',
  options: {
    fused_activation_function: 'TANH',
    cell_clip: 0,
    proj_clip: 0,
    time_major: false,
    asymmetric_quantize_inputs: false,
    diagonal_recurrent_tensors: false,
  },
  operands: [...lstmOperands, ...layerNormalization],
  sideEffects: true,
  infer: (op): readonly Type[] => sequence(op, 18),
  version(op) {
    const { diagonal_recurrent_tensors, asymmetric_quantize_inputs } = op.attributes;
    if (dtypeAt(op, 0) === 'int16' && dtypeAt(op, 2) === 'int8') return 5;
    if (diagonal_recurrent_tensors) return 4;
    return hybridVersion(op, 2, asymmetric_quantize_inputs, 2) ?? 1;
  },
  kernels: ['float32'],
  quantizedKernels: ['int8', 'int16'],
  quantization: [
    ...hybridWeights(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16),
    ...[12, 13, 14, 15].map((operand, gate) => ({ kind: 'biasScale', operand, of: [0, 1 + gate] }) as const),
    { kind: 'undescribed', operands: [9, 10, 11, 16, 17, 20, 21, 22, 23], attributes: ['cell_clip', 'proj_clip'] },
    { kind: 'state', operand: 18, dtype: 'int8', stored: 'as-result' },
    { kind: 'state', operand: 19, dtype: 'int8', stored: 'power-of-two', integerBits: 6 },
  ],
  intermediates(op) {
    if (dtypeAt(op, 0) !== 'int8') return [];
    const [result] = op.results;
    // Of the gates before their activation only layer normalization takes scales; the last one is the hidden state.
    const hidden = result?.type.kind === 'tensor' ? result.type.quantization : undefined;
    return [...new Array<Type>(4).fill(tensorType('float32', [0])), tensorType('int8', [0], hidden)];
  },
});

export const Lstm = defineTflOp({
  name: 'lstm',
  builtin: 'LSTM',
  keepsAbsent: true,
  stateOperands: [18, 19],
  summary: 'One step of an LSTM',
  options: {
    fused_activation_function: 'TANH',
    cell_clip: 0,
    proj_clip: 0,
    kernel_type: 'FULL',
    asymmetric_quantize_inputs: false,
  },
  operands: [...lstmOperands, ...layerNormalization],
  sideEffects: true,
  infer(op): readonly Type[] {
    const [batch = null] = shapeOfRank(op, 0, 2);
    return [tensorType(tensorAt(op, 0).dtype, [batch, tensorAt(op, 18).shape?.at(-1) ?? null])];
  },
  version(op) {
    const { kernel_type, asymmetric_quantize_inputs } = op.attributes;
    if (kernel_type === 'BASIC') return 2;
    if (dtypeAt(op, 0) === 'int16' && dtypeAt(op, 2) === 'int8') return 5;
    return hybridVersion(op, 2, asymmetric_quantize_inputs, 3) ?? 1;
  },
  kernels: ['float32'],
  quantizedKernels: ['uint8', 'int8', 'int16'],
  quantization: hybridWeights(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16),
});

function directed(direction: string, names: readonly string[]): string[] {
  return names.map((name) => `${direction}_${name}`);
}

const stateless = lstmOperands.slice(1, 18);

export const BidirectionalSequenceLstm = defineTflOp({
  name: 'bidirectional_sequence_lstm',
  builtin: 'BIDIRECTIONAL_SEQUENCE_LSTM',
  keepsAbsent: true,
  stateOperands: [35, 36, 37, 38],
  summary: 'Two LSTMs over a sequence, one of them from its end',
  options: {
    fused_activation_function: 'TANH',
    cell_clip: 0,
    proj_clip: 0,
    merge_outputs: false,
    time_major: true,
    asymmetric_quantize_inputs: false,
  },
  operands: [
    'input',
    ...directed('fw', stateless),
    ...directed('bw', stateless),
    ...['fw_output_state', 'fw_cell_state', 'bw_output_state', 'bw_cell_state'],
    'aux_input?',
    ...directed('fw_aux', gates).map((name) => `${name}_weights?`),
    ...directed('bw_aux', gates).map((name) => `${name}_weights?`),
  ],
  sideEffects: true,
  infer(op): readonly Type[] {
    return bidirectional(op, 35, 37, op.attributes.merge_outputs);
  },
  version: (op) => hybridVersion(op, 1, op.attributes.asymmetric_quantize_inputs, 2) ?? 1,
  kernels: ['float32'],
  quantization: hybridWeights(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 33),
});

function bidirectional(op: HasOperands, forward: number, backward: number, merged: boolean): readonly Type[] {
  const { dtype } = tensorAt(op, 0);
  const [first = null, second = null] = shapeOfRank(op, 0, 3);
  const [fw = null, bw = null] = [forward, backward].map((state) => tensorAt(op, state).shape?.at(-1) ?? null);
  if (merged) return [tensorType(dtype, [first, second, fw === null || bw === null ? null : fw + bw])];
  return [tensorType(dtype, [first, second, fw]), tensorType(dtype, [first, second, bw])];
}

export const Rnn = defineTflOp({
  name: 'rnn',
  builtin: 'RNN',
  keepsAbsent: true,
  stateOperands: [4],
  summary: 'One step of a plain recurrent layer',
  options: { fused_activation_function: 'TANH', asymmetric_quantize_inputs: false },
  operands: ['input', 'input_weights', 'recurrent_weights', 'bias', 'hidden_state'],
  sideEffects: true,
  infer(op): readonly Type[] {
    const [batch = null] = shapeOfRank(op, 0, 2);
    return [tensorType(tensorAt(op, 0).dtype, [batch, tensorAt(op, 1).shape?.[0] ?? null])];
  },
  version: (op) => hybridVersion(op, 1, op.attributes.asymmetric_quantize_inputs, 2) ?? 1,
  kernels: ['float32'],
  quantization: hybridWeights(1, 2),
});

export const UnidirectionalSequenceRnn = defineTflOp({
  name: 'unidirectional_sequence_rnn',
  builtin: 'UNIDIRECTIONAL_SEQUENCE_RNN',
  keepsAbsent: true,
  stateOperands: [4],
  summary: 'A plain recurrent layer over a sequence',
  options: { time_major: false, fused_activation_function: 'TANH', asymmetric_quantize_inputs: false },
  operands: ['input', 'input_weights', 'recurrent_weights', 'bias', 'hidden_state'],
  sideEffects: true,
  infer: (op): readonly Type[] => sequence(op, 4),
  version: (op) => hybridVersion(op, 1, op.attributes.asymmetric_quantize_inputs, 2) ?? 1,
  kernels: ['float32'],
  quantization: hybridWeights(1, 2),
});

const rnnWeights = ['input_weights', 'recurrent_weights', 'bias', 'hidden_state'];

export const BidirectionalSequenceRnn = defineTflOp({
  name: 'bidirectional_sequence_rnn',
  builtin: 'BIDIRECTIONAL_SEQUENCE_RNN',
  keepsAbsent: true,
  stateOperands: [4, 8],
  summary: 'Two plain recurrent layers over a sequence, one of them from its end',
  options: {
    time_major: false,
    fused_activation_function: 'TANH',
    merge_outputs: false,
    asymmetric_quantize_inputs: false,
  },
  operands: [
    'input',
    ...directed('fw', rnnWeights),
    ...directed('bw', rnnWeights),
    ...['aux_input?', 'fw_aux_weights?', 'bw_aux_weights?'],
  ],
  sideEffects: true,
  infer: (op): readonly Type[] => bidirectional(op, 4, 8, op.attributes.merge_outputs),
  version: (op) => hybridVersion(op, 1, op.attributes.asymmetric_quantize_inputs, 2) ?? 1,
  kernels: ['float32'],
  quantization: hybridWeights(1, 2, 5, 6),
});

export const Svdf = defineTflOp({
  name: 'svdf',
  builtin: 'SVDF',
  keepsAbsent: true,
  stateOperands: [4],
  summary: 'A layer of low-rank filters over time',
  options: { rank: 1, fused_activation_function: 'NONE', asymmetric_quantize_inputs: false },
  operands: ['input', 'weights_feature', 'weights_time', 'bias?', 'state'],
  sideEffects: true,
  infer(op): readonly Type[] {
    const [batch = null] = shapeOfRank(op, 0, 2);
    const filters = tensorAt(op, 1).shape?.[0] ?? null;
    return [tensorType(tensorAt(op, 0).dtype, [batch, filters === null ? null : filters / op.attributes.rank])];
  },
  version(op) {
    if (dtypeAt(op, 0) === 'int8') return 3;
    const { asymmetric_quantize_inputs } = op.attributes;
    const hybrid = hybridVersion(op, 1, asymmetric_quantize_inputs, 2);
    return hybrid === 3 ? 4 : (hybrid ?? 1);
  },
  kernels: ['float32'],
  quantizedKernels: ['int8'],
});
