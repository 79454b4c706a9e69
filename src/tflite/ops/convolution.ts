import { InferenceError, type Op } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { Dim } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { dtypeAt, type HasOperands, shapeOfRank, tensorAt, windowed } from './infer.js';
import { quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { isPerChannel } from './versions.js';

const filterTypes = ['float32', 'uint8', 'int8', 'int4'] as const;
const biasTypes = ['float32', 'int32', 'int64'] as const;

/** Versions that depend on the element types of data, filter and result alone. */
function types(op: Op<never>, data: number, filter: number): string {
  const result = op.results[0]?.type;
  return `${dtypeAt(op, data)} ${dtypeAt(op, filter)} ${result?.kind === 'tensor' ? result.dtype : ''}`;
}

function hybrid(op: Op<never>, perTensor: number, perChannel: number): number {
  return isPerChannel(op.operands[1]) ? perChannel : perTensor;
}

function isGrouped(op: HasOperands): boolean {
  const channels = shapeOfRank(op, 0, 4)[3];
  const perGroup = shapeOfRank(op, 1, 4)[3];
  return typeof channels === 'number' && typeof perGroup === 'number' && channels !== perGroup;
}

export const Conv2D = defineTflOp({
  name: 'conv_2d',
  builtin: 'CONV_2D',
  summary: '2-D convolution of [N, H, W, I] with filters [O, KH, KW, I]; grouped where I of the filters is a part',
  options: {
    padding: 'SAME',
    stride_w: 1,
    stride_h: 1,
    fused_activation_function: 'NONE',
    dilation_w_factor: 1,
    dilation_h_factor: 1,
    quantized_bias_type: 'FLOAT32',
  },
  operands: ['input', 'filter', 'bias?'],
  infer(op) {
    const [batch = null, height = null, width = null, channels = null] = shapeOfRank(op, 0, 4);
    const [units = null, filterHeight = null, filterWidth = null, perGroup = null] = shapeOfRank(op, 1, 4);
    if (channels !== null && perGroup !== null && channels % perGroup !== 0) {
      throw new InferenceError(`${channels} channels are no multiple of the filter's ${perGroup}`);
    }
    const o = op.attributes;
    const shape = [
      batch,
      windowed(height, filterHeight, o.stride_h, o.dilation_h_factor, o.padding),
      windowed(width, filterWidth, o.stride_w, o.dilation_w_factor, o.padding),
      units,
    ];
    return [tensorType(tensorAt(op, 0).dtype, shape)];
  },
  version(op) {
    const dtypes = types(op as Op<never>, 0, 1);
    if (dtypes === 'int16 int8 int16' && op.attributes.quantized_bias_type !== 'FLOAT32') return 8;
    if (isGrouped(op)) return 6;
    if (dtypes === 'int8 int8 int8') return 3;
    if (dtypes === 'int8 int4 int8') return 7;
    if (dtypes === 'float32 int8 float32') return hybrid(op as Op<never>, 2, 5);
    return dtypes === 'int16 int16 int16' ? 4 : 1;
  },
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: filterTypes, 2: biasTypes },
  quantization: [
    { kind: 'weights', operand: 1, axis: 0, mayBeData: 'symmetric', hybrid: { bits: [4, 8], perChannel: true } },
    { kind: 'biasScale', operand: 2, of: [0, 1] },
  ],
});

export const DepthwiseConv2D = defineTflOp({
  name: 'depthwise_conv_2d',
  builtin: 'DEPTHWISE_CONV_2D',
  summary: 'Convolution of each channel of [N, H, W, C] by itself, with filters [1, KH, KW, C × multiplier]',
  options: {
    padding: 'SAME',
    stride_w: 1,
    stride_h: 1,
    depth_multiplier: 1,
    fused_activation_function: 'NONE',
    dilation_w_factor: 1,
    dilation_h_factor: 1,
  },
  operands: ['input', 'filter', 'bias?'],
  infer(op) {
    const [batch = null, height = null, width = null, channels = null] = shapeOfRank(op, 0, 4);
    const [, filterHeight = null, filterWidth = null, units = null] = shapeOfRank(op, 1, 4);
    const o = op.attributes;
    if (channels !== null && units !== null && channels * o.depth_multiplier !== units) {
      throw new InferenceError(`${channels} channels × multiplier ${o.depth_multiplier} are not the filter's ${units}`);
    }
    const shape = [
      batch,
      windowed(height, filterHeight, o.stride_h, o.dilation_h_factor, o.padding),
      windowed(width, filterWidth, o.stride_w, o.dilation_w_factor, o.padding),
      units,
    ];
    return [tensorType(tensorAt(op, 0).dtype, shape)];
  },
  version(op) {
    const dtypes = types(op as Op<never>, 0, 1);
    if (dtypes === 'int16 int16 int16') return 5;
    if (dtypes === 'float32 int8 float32') return hybrid(op as Op<never>, 4, 6);
    if (dtypes === 'int8 int8 int8') return 3;
    if (dtypes === 'int8 int4 int8') return 7;
    return op.attributes.dilation_w_factor !== 1 || op.attributes.dilation_h_factor !== 1 ? 2 : 1;
  },
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: filterTypes, 2: biasTypes },
  quantization: [
    { kind: 'weights', operand: 1, axis: 3, mayBeData: 'symmetric', hybrid: { bits: [8], perChannel: 'only' } },
    { kind: 'biasScale', operand: 2, of: [0, 1] },
  ],
});

/** The shape that operand 0 gives, of `rank` dimensions; what is known otherwise fills in its gaps. */
function statedShape(op: HasOperands, known: readonly Dim[]): readonly Dim[] {
  const stated = knownIntegers(op.operands[0]);
  if (!stated) return known;
  if (stated.length !== known.length) {
    throw new InferenceError(`output_shape has ${stated.length} elements, not ${known.length}`);
  }
  return stated.map((dim, i) => dim ?? known[i] ?? null);
}

export const TransposeConv = defineTflOp({
  name: 'transpose_conv',
  builtin: 'TRANSPOSE_CONV',
  summary: 'The gradient of a 2-D convolution: [N, H, W, I] with filters [O, KH, KW, I] to the shape `output_shape`',
  options: {
    padding: 'SAME',
    stride_w: 1,
    stride_h: 1,
    fused_activation_function: 'NONE',
    quantized_bias_type: 'FLOAT32',
  },
  operands: ['output_shape', 'weights', 'input', 'bias?'],
  infer(op) {
    const [batch = null] = shapeOfRank(op, 2, 4);
    const [units = null] = shapeOfRank(op, 1, 4);
    return [tensorType(tensorAt(op, 2).dtype, statedShape(op, [batch, null, null, units]))];
  },
  version(op) {
    const dtypes = types(op as Op<never>, 2, 1);
    const { quantized_bias_type, fused_activation_function } = op.attributes;
    if (dtypes === 'int16 int8 int16' && quantized_bias_type !== 'FLOAT32') return 5;
    if (fused_activation_function !== 'NONE') return 4;
    if (op.operands[3]) return 3;
    return dtypeAt(op, 1) === 'int8' ? 2 : 1;
  },
  kernels: ['float32'],
  quantizedKernels: quantizedTypes,
  mainOperand: 2,
  operandKernels: { 0: ['int32'], 1: ['float32', 'uint8', 'int8'], 3: biasTypes },
  quantization: [
    {
      kind: 'weights',
      operand: 1,
      axis: 0,
      mayBeData: 'symmetric',
      hybrid: 'its kernel for them is a slow reference',
    },
    { kind: 'biasScale', operand: 3, of: [2, 1] },
  ],
});

const volumeOptions = {
  padding: 'SAME',
  stride_d: 1,
  stride_w: 1,
  stride_h: 1,
  fused_activation_function: 'NONE',
  dilation_d_factor: 1,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
};

export const Conv3D = defineTflOp({
  name: 'conv_3d',
  builtin: 'CONV_3D',
  summary: '3-D convolution of [N, D, H, W, I] with filters [KD, KH, KW, I, O]',
  options: volumeOptions,
  operands: ['input', 'filter', 'bias?'],
  infer(op) {
    const [batch = null, depth = null, height = null, width = null] = shapeOfRank(op, 0, 5);
    const [filterDepth = null, filterHeight = null, filterWidth = null, , units = null] = shapeOfRank(op, 1, 5);
    const o = op.attributes;
    const shape = [
      batch,
      windowed(depth, filterDepth, o.stride_d, o.dilation_d_factor, o.padding),
      windowed(height, filterHeight, o.stride_h, o.dilation_h_factor, o.padding),
      windowed(width, filterWidth, o.stride_w, o.dilation_w_factor, o.padding),
      units,
    ];
    return [tensorType(tensorAt(op, 0).dtype, shape)];
  },
  kernels: ['float32'],
  operandKernels: { 1: ['float32'], 2: ['float32'] },
});

export const Conv3DTranspose = defineTflOp({
  name: 'conv_3d_transpose',
  builtin: 'CONV_3D_TRANSPOSE',
  summary: 'The gradient of a 3-D convolution: [N, D, H, W, I] with filters [KD, KH, KW, O, I]',
  options: volumeOptions,
  operands: ['output_shape', 'filter', 'input', 'bias?'],
  infer(op): readonly Type[] {
    const [batch = null] = shapeOfRank(op, 2, 5);
    const units = shapeOfRank(op, 1, 5)[3] ?? null;
    return [tensorType(tensorAt(op, 2).dtype, statedShape(op, [batch, null, null, null, units]))];
  },
  kernels: ['float32'],
  mainOperand: 2,
  operandKernels: { 0: ['int32'], 1: ['float32'], 3: ['float32'] },
});
