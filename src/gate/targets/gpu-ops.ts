import {
  blocks,
  broadcasts,
  cast,
  comparison,
  constantIntegers,
  convolution,
  cumsum,
  dense,
  depthwise,
  dequantize,
  fusedActivation,
  type GpuRule,
  gather,
  lstm,
  matmul,
  oneHot,
  operands,
  optionIs,
  paddings,
  pair,
  prelu,
  resize,
  select,
  slice,
  stridedSlice,
  transpose,
} from './gpu-rules.js';

/**
 * What LiteRT's GPU delegate takes: ops and versions of tflite/delegates/gpu/common/model_builder.cc, with the
 * conditions that it and tflite/tools/versioning/gpu_compatibility.cc check.
 */
export const GPU_SOURCE = "LiteRT's GPU delegate (model_builder.cc, gpu_compatibility.cc) of 2026-08-21";

interface GpuOp {
  /** The highest version that it knows; undefined where it does not look. */
  readonly version?: number;
  readonly rules: readonly GpuRule[];
}

const unary: GpuOp = { version: 2, rules: [operands(1)] };
const binary: GpuOp = { version: 2, rules: [pair, fusedActivation] };
const compares: GpuOp = { version: 2, rules: [comparison, pair] };
const pool: GpuOp = { version: 2, rules: [operands(1), fusedActivation] };
const reduce: GpuOp = { rules: [operands(1), constantIntegers(1)] };
const pads: GpuOp = { version: 2, rules: [operands(1), constantIntegers(1), paddings] };
const simple: GpuOp = { version: 2, rules: [] };

export const gpuOps: Readonly<Record<string, GpuOp>> = {
  ABS: unary,
  ADD: { version: 2, rules: [pair, broadcasts, fusedActivation] },
  ADD_N: { version: 2, rules: [pair] },
  AVERAGE_POOL_2D: pool,
  BATCH_MATMUL: { rules: [matmul] },
  CAST: { rules: [operands(1), cast] },
  CONCATENATION: { version: 2, rules: [fusedActivation] },
  CONV_2D: { version: 6, rules: [convolution] },
  COS: unary,
  CUMSUM: { version: 1, rules: [cumsum] },
  DENSIFY: { version: 1, rules: [operands(0)] },
  DEPTHWISE_CONV_2D: { version: 6, rules: [depthwise] },
  DEPTH_TO_SPACE: { rules: [blocks] },
  DEQUANTIZE: { version: 3, rules: [dequantize] },
  DIV: binary,
  ELU: unary,
  EQUAL: compares,
  EXP: unary,
  FLOOR: unary,
  FLOOR_DIV: binary,
  FLOOR_MOD: binary,
  FULLY_CONNECTED: {
    version: 9,
    rules: [optionIs('weights_format', 'DEFAULT', 'takes weights in the plain format only'), dense, fusedActivation],
  },
  GATHER: { version: 1, rules: [gather] },
  GELU: unary,
  GREATER: compares,
  GREATER_EQUAL: compares,
  HARD_SWISH: { rules: [operands(1)] },
  LEAKY_RELU: simple,
  LESS: compares,
  LESS_EQUAL: compares,
  LOG: unary,
  LOGICAL_AND: { version: 2, rules: [pair] },
  LOGISTIC: unary,
  LSTM: { version: 4, rules: [lstm] },
  MAXIMUM: binary,
  MAX_POOL_2D: pool,
  MEAN: reduce,
  MINIMUM: binary,
  MIRROR_PAD: { ...pads, rules: [...pads.rules, optionIs('mode', 'REFLECT', 'takes the mode REFLECT only')] },
  MUL: { version: 3, rules: [pair, broadcasts, fusedActivation] },
  NEG: unary,
  NOT_EQUAL: compares,
  ONE_HOT: { version: 1, rules: [oneHot] },
  PACK: { rules: [] },
  PAD: pads,
  PADV2: pads,
  POW: binary,
  PRELU: { version: 1, rules: [prelu] },
  QUANTIZE: { version: 2, rules: [operands(1)] },
  REDUCE_MAX: reduce,
  REDUCE_MIN: reduce,
  REDUCE_PROD: reduce,
  RELU: simple,
  RELU6: simple,
  RELU_0_TO_1: simple,
  RELU_N1_TO_1: simple,
  RESHAPE: { version: 1, rules: [operands(1)] },
  RESIZE_BILINEAR: { version: 3, rules: [resize] },
  RESIZE_NEAREST_NEIGHBOR: { version: 3, rules: [resize] },
  RSQRT: unary,
  SELECT: { version: 1, rules: [select] },
  SELECT_V2: { version: 1, rules: [select] },
  SIGN: unary,
  SIN: unary,
  SLICE: { version: 2, rules: [slice] },
  SOFTMAX: { version: 2, rules: [optionIs('beta', 1, 'takes `beta` = 1 only')] },
  SPACE_TO_DEPTH: { version: 2, rules: [blocks] },
  SPLIT: { rules: [constantIntegers(0)] },
  SPLIT_V: { rules: [constantIntegers(2)] },
  SQRT: unary,
  SQUARE: unary,
  SQUARED_DIFFERENCE: binary,
  STRIDED_SLICE: { version: 4, rules: [stridedSlice] },
  SUB: binary,
  SUM: reduce,
  TANH: unary,
  TILE: { rules: [operands(1)] },
  TRANSPOSE: { version: 4, rules: [transpose] },
  TRANSPOSE_CONV: { version: 3, rules: [constantIntegers(0), operands([1, 2]), fusedActivation] },
  UNPACK: { rules: [] },
};

export const gpuCustomOps: ReadonlySet<string> = new Set([
  'Convolution2DTransposeBias',
  'MaxPoolingWithArgmax2D',
  'MaxUnpooling2D',
  'Resampler',
]);
