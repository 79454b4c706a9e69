/**
 * What the portable kernels of TensorFlow Lite Micro take: the list of its op resolver
 * (tensorflow/lite/micro/micro_mutable_op_resolver.h), and the types and constants that the kernels check.
 */
export const MICRO_SOURCE = "TensorFlow Lite Micro's op resolver and portable kernels of 2026-08-20";

export interface MicroOp {
  /** Element types of the operand that decides; undefined for any. */
  readonly types?: string;
  /** Which operand that is; the first one by default. */
  readonly operand?: number;
  /** Element types of the first result, where the kernel asks for some. */
  readonly results?: string;
  /** Operands that have to be in the file. */
  readonly constants?: readonly number[];
  readonly maxRank?: number;
}

const float = 'float32';
const float8 = 'float32 int8';
const float16 = 'float32 int8 int16';
const float32 = 'float32 int8 int16 int32';

export const microOps: Readonly<Record<string, MicroOp>> = {
  ABS: { types: float16 },
  ADD: { types: float32 },
  ADD_N: { types: float8 },
  ARG_MAX: { types: float8, results: 'int32' },
  ARG_MIN: { types: float8, results: 'int32' },
  ASSIGN_VARIABLE: {},
  AVERAGE_POOL_2D: { types: float16 },
  BATCH_MATMUL: { types: float16 },
  BATCH_TO_SPACE_ND: { types: float8, maxRank: 4 },
  BROADCAST_ARGS: { types: 'int32 int64' },
  BROADCAST_TO: { constants: [1] },
  CALL_ONCE: {},
  CAST: { types: 'int8 int16 int32 uint32 float32 bool', results: 'int8 int16 int32 uint32 float32' },
  CEIL: { types: float },
  CONCATENATION: { types: 'float32 int8 int16 int32 int64 bool' },
  CONV_2D: { types: float16 },
  COS: { types: float },
  CUMSUM: { types: float8 },
  DEPTHWISE_CONV_2D: { types: float16 },
  DEPTH_TO_SPACE: { types: float8 },
  DEQUANTIZE: { types: 'int8 int16 uint8', results: float },
  DIV: { types: 'float32 int8 int32' },
  DYNAMIC_UPDATE_SLICE: { types: float32 },
  ELU: { types: float8 },
  EMBEDDING_LOOKUP: { types: float8, operand: 1 },
  EQUAL: { types: 'bool float32 int8 int32 int64' },
  EXP: { types: float },
  EXPAND_DIMS: { types: float16, constants: [1] },
  FILL: { types: 'float32 int8 int32', operand: 1, constants: [0] },
  FLOOR: { types: float },
  FLOOR_DIV: { types: float },
  FLOOR_MOD: { types: float },
  FULLY_CONNECTED: { types: float16 },
  GATHER: { types: float8 },
  GATHER_ND: { types: float8 },
  GREATER: { types: 'float32 int8 int16 int32 int64' },
  GREATER_EQUAL: { types: 'float32 int8 int32 int64' },
  HARD_SWISH: { types: float8 },
  IF: {},
  L2_NORMALIZATION: { types: float8, maxRank: 4 },
  L2_POOL_2D: { types: float },
  LEAKY_RELU: { types: float16 },
  LESS: { types: 'float32 int8 int32 int64' },
  LESS_EQUAL: { types: 'float32 int8 int32 int64' },
  LOG: { types: float },
  LOGICAL_AND: { types: 'bool' },
  LOGICAL_NOT: { types: 'bool' },
  LOGICAL_OR: { types: 'bool' },
  LOGISTIC: { types: float16 },
  LOG_SOFTMAX: { types: float8 },
  MAXIMUM: { types: 'float32 int8 int16 int32 int64' },
  MAX_POOL_2D: { types: float16 },
  MEAN: { types: float16 },
  MINIMUM: { types: 'float32 int8 int16 int32 int64' },
  MIRROR_PAD: { types: float8 },
  MUL: { types: float32 },
  NEG: { types: float },
  NOT_EQUAL: { types: 'bool float32 int8 int32 int64' },
  PACK: { types: 'float32 int8 int16 int32 int64' },
  PAD: { types: float32, constants: [1] },
  PADV2: { types: float32, constants: [1] },
  PRELU: { types: float16 },
  QUANTIZE: { types: 'float32 int8 int16 int32 uint8' },
  READ_VARIABLE: {},
  REDUCE_ALL: { types: 'bool' },
  REDUCE_MAX: { types: float8 },
  REDUCE_MIN: { types: float8 },
  RELU: { types: float16 },
  RELU6: { types: float16 },
  RESHAPE: {},
  RESIZE_BILINEAR: { types: float8, constants: [1] },
  RESIZE_NEAREST_NEIGHBOR: { types: float16, constants: [1] },
  REVERSE_V2: { types: 'float32 int8 int16 int32 int64 uint8 bool' },
  ROUND: { types: float },
  RSQRT: { types: float8 },
  SELECT_V2: { types: float16, operand: 1 },
  SHAPE: { results: 'int32' },
  SIN: { types: float },
  SLICE: { types: 'float32 int8 int16 int32 bool' },
  SOFTMAX: { types: float16 },
  SPACE_TO_BATCH_ND: { types: float8, maxRank: 4 },
  SPACE_TO_DEPTH: { types: float8 },
  SPLIT: { types: float32, operand: 1, constants: [0] },
  SPLIT_V: { types: float32, constants: [2] },
  SQRT: { types: float },
  SQUARE: { types: float },
  SQUARED_DIFFERENCE: { types: float32 },
  SQUEEZE: {},
  STRIDED_SLICE: { types: 'float32 int8 int16 int32 bool', constants: [1, 2, 3] },
  SUB: { types: float32 },
  SUM: { types: float16 },
  SVDF: { types: float8 },
  TANH: { types: float16 },
  TRANSPOSE: { types: float16, constants: [1], maxRank: 5 },
  // Its first operand is the shape of the result.
  TRANSPOSE_CONV: { types: float16, operand: 2 },
  UNIDIRECTIONAL_SEQUENCE_LSTM: { types: float16 },
  UNPACK: { types: float32 },
  VAR_HANDLE: {},
  WHILE: {},
  ZEROS_LIKE: { types: 'float32 int8 int32 int64' },
};

/** Custom ops that come with it. */
export const microCustomOps: ReadonlySet<string> = new Set([
  'CIRCULAR_BUFFER',
  'SignalDelay',
  'SignalEnergy',
  'SignalFftAutoScale',
  'SignalFilterBank',
  'SignalFilterBankLog',
  'SignalFilterBankSpectralSubtraction',
  'SignalFilterBankSquareRoot',
  'SignalFramer',
  'SignalIrfft',
  'SignalOverlapAdd',
  'SignalPCAN',
  'SignalRfft',
  'SignalStacker',
  'SignalWindow',
  'TFLM_DECODE',
  'TFLite_Detection_PostProcess',
]);

/** Types of data and weights that kernels with weights take together. */
export const microWeights: Readonly<Record<string, string>> = {
  float32: 'float32',
  int8: 'int8 int4',
  int16: 'int8',
};

/** Conversions of QUANTIZE, from and to. */
export const microConversions: Readonly<Record<string, string>> = {
  float32: 'int8 int16',
  int8: 'int8 uint8 int16 int32',
  int16: 'int8 int16 int32',
  int32: 'int8 int16',
  uint8: 'int8',
};
