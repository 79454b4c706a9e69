import { integers, numberOption, type TargetOp, type TargetTensor } from './target-model.js';

/** The last table that Coral has published, for compiler 16 and runtime 14; with its known limitations. */
export const EDGE_TPU_SOURCE =
  "Coral's table of supported operations (coral.ai, TensorFlow models on the Edge TPU), compiler 16, of 2021";

/** Why the compiler leaves an op to the processor; undefined where it maps it. */
type Rule = (op: TargetOp) => string | undefined;

const noActivation: Rule = ({ options }) => {
  const fused = options['fused_activation_function'];
  return fused === undefined || fused === 'NONE' ? undefined : `takes no fused activation, here ${fused}`;
};

function constantWeights(...positions: readonly number[]): Rule {
  return ({ inputs }) =>
    positions.some((position) => inputs[position]?.constant === false) ? 'takes weights as constants only' : undefined;
}

const weightsAndBias = constantWeights(1, 2);

const sameDilation: Rule = (op) =>
  numberOption(op, 'dilation_w_factor') === numberOption(op, 'dilation_h_factor')
    ? undefined
    : 'takes the same dilation in both directions';

/** Size of all dimensions but the last. */
function rows({ shape }: TargetTensor): number {
  return shape.slice(0, -1).reduce((product, dim) => product * dim, 1);
}

function axesOf(op: TargetOp, tensor: TargetTensor | undefined, position: number): number[] | undefined {
  const rank = tensor?.shape.length ?? 0;
  return integers(op.inputs[position])?.map((axis) => (axis < 0 ? axis + rank : axis));
}

/** The axes in this operand leave the first dimension alone, which is the batch. */
function notTheBatch(position: number, data = 0): Rule {
  return (op) => {
    const axes = axesOf(op, op.inputs[data], position);
    if (!axes) return 'takes axes as int32 constants only';
    return axes.includes(0) ? 'cannot work along the batch' : undefined;
  };
}

const depthOfFour: Rule = (op) => {
  const [input] = op.inputs;
  const last = (input?.shape.length ?? 0) - 1;
  if (!axesOf(op, input, 1)?.includes(last)) return undefined;
  return (input?.shape[last] as number) % 4 === 0 ? undefined : 'averages depths that are a multiple of 4';
};

const concatenation: Rule = ({ inputs }) => {
  const constants = inputs.filter((input) => input?.constant);
  if (constants.length === 0) return undefined;
  if (inputs.length !== 2) return 'joins a constant with one other tensor only';
  // Zeros of a quantized tensor are its zero point. What is large has not been read.
  const zero = Number(constants[0]?.zeroPoints[0] ?? 0) & 0xff;
  const content = constants[0]?.bytes ?? new Uint8Array();
  return content.every((byte) => byte === zero) ? undefined : 'joins no constant but zeros';
};

const dense: Rule = ({ options, outputs: [output] }) => {
  if (options['weights_format'] !== undefined && options['weights_format'] !== 'DEFAULT') {
    return 'takes weights in the plain format only';
  }
  return output && rows(output) !== 1 ? 'gives a result of one dimension' : undefined;
};

const pad: Rule = (op) => {
  const amounts = integers(op.inputs[1]);
  if (!amounts) return 'takes paddings as int32 constants only';
  return amounts[0] !== 0 || amounts[1] !== 0 ? 'cannot work along the batch' : undefined;
};

const prelu: Rule = ({ inputs: [, alpha] }) => {
  if (!alpha?.constant) return 'takes `alpha` as a constant only';
  return rows(alpha) === 1 ? undefined : 'takes `alpha` for each channel only: `shared_axes=[1, 2]` in Keras';
};

const softmax: Rule = ({ inputs: [input] }) => {
  if (!input || rows(input) !== 1) return 'takes one dimension only';
  return (input.shape.at(-1) ?? 1) <= 16_000 ? undefined : 'takes up to 16000 elements';
};

const stridedSlice: Rule = (op) => {
  const strides = integers(op.inputs[3]);
  if (!strides?.every((stride) => stride === 1)) return 'takes strides of 1 only';
  const masked = numberOption(op, 'ellipsis_mask') !== 0 || numberOption(op, 'new_axis_mask') !== 0;
  return masked ? 'takes no `ellipsis_mask` and no `new_axis_mask`' : undefined;
};

const pack: Rule = (op) => (numberOption(op, 'axis') === 0 ? 'cannot work along the batch' : undefined);

const lstm: Rule = ({ intermediates }) => (intermediates ? undefined : 'takes integers only');

/** Sizes beyond which resizing loses precision are not published; the compiler may leave large ones alone. */
const resize: Rule = ({ inputs: [, size] }) => (size?.constant ? undefined : 'takes sizes as constants only');

const withoutBatch = [notTheBatch(1)];

export const edgeTpuOps: Readonly<Record<string, readonly Rule[]>> = {
  ADD: [],
  AVERAGE_POOL_2D: [noActivation],
  CONCATENATION: [noActivation, concatenation],
  CONV_2D: [weightsAndBias, sameDilation],
  DEPTHWISE_CONV_2D: [weightsAndBias, sameDilation],
  EXPAND_DIMS: [],
  FULLY_CONNECTED: [weightsAndBias, dense],
  L2_NORMALIZATION: [],
  LOGISTIC: [],
  LSTM: [lstm],
  MAXIMUM: [],
  MAX_POOL_2D: [noActivation],
  MEAN: [notTheBatch(1), depthOfFour],
  MINIMUM: [],
  MUL: [],
  PACK: [pack],
  PAD: [pad],
  PRELU: [prelu],
  QUANTIZE: [],
  REDUCE_MAX: withoutBatch,
  REDUCE_MIN: withoutBatch,
  RELU: [],
  RELU6: [],
  RELU_N1_TO_1: [],
  RESHAPE: [],
  RESIZE_BILINEAR: [resize],
  RESIZE_NEAREST_NEIGHBOR: [resize],
  RSQRT: [],
  SLICE: [],
  SOFTMAX: [softmax],
  SPACE_TO_DEPTH: [],
  SPLIT: [notTheBatch(0, 1)],
  SQUARED_DIFFERENCE: [],
  SQUEEZE: [],
  STRIDED_SLICE: [stridedSlice],
  SUB: [],
  SUM: withoutBatch,
  TANH: [],
  TRANSPOSE: [],
  TRANSPOSE_CONV: [constantWeights(1, 3)],
  UNIDIRECTIONAL_SEQUENCE_LSTM: [lstm],
};
