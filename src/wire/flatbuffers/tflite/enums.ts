// Enums of TFLite's schema, but for the operators.
import { enumeration, int32, type NameOf, uint32 } from '../schema.js';

export const TensorType = enumeration('TensorType', {
  FLOAT32: 0,
  FLOAT16: 1,
  INT32: 2,
  UINT8: 3,
  INT64: 4,
  STRING: 5,
  BOOL: 6,
  INT16: 7,
  COMPLEX64: 8,
  INT8: 9,
  FLOAT64: 10,
  COMPLEX128: 11,
  UINT64: 12,
  RESOURCE: 13,
  VARIANT: 14,
  UINT32: 15,
  UINT16: 16,
  INT4: 17,
  BFLOAT16: 18,
  INT2: 19,
  UINT4: 20,
  FLOAT8_E4M3FN: 21,
  FLOAT8_E5M2: 22,
});
export type TensorType = NameOf<typeof TensorType>;

export const DimensionType = enumeration('DimensionType', { DENSE: 0, SPARSE_CSR: 1 });
export type DimensionType = NameOf<typeof DimensionType>;

export const StablehloPrecisionConfig = enumeration(
  'StablehloPrecisionConfig',
  { DEFAULT: 0, HIGH: 1, HIGHEST: 2 },
  uint32,
);
export type StablehloPrecisionConfig = NameOf<typeof StablehloPrecisionConfig>;

export const StablehloComparisonDirection = enumeration(
  'StablehloComparisonDirection',
  {
    STABLEHLO_COMPARISON_DIRECTION_EQ: 0,
    STABLEHLO_COMPARISON_DIRECTION_NE: 1,
    STABLEHLO_COMPARISON_DIRECTION_GE: 2,
    STABLEHLO_COMPARISON_DIRECTION_GT: 3,
    STABLEHLO_COMPARISON_DIRECTION_LE: 4,
    STABLEHLO_COMPARISON_DIRECTION_LT: 5,
  },
  uint32,
);
export type StablehloComparisonDirection = NameOf<typeof StablehloComparisonDirection>;

export const StablehloComparisonType = enumeration(
  'StablehloComparisonType',
  {
    STABLEHLO_COMPARISON_TYPE_NOTYPE: 0,
    STABLEHLO_COMPARISON_TYPE_FLOAT: 1,
    STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER: 2,
    STABLEHLO_COMPARISON_TYPE_SIGNED: 3,
    STABLEHLO_COMPARISON_TYPE_UNSIGNED: 4,
  },
  uint32,
);
export type StablehloComparisonType = NameOf<typeof StablehloComparisonType>;

export const RngAlgorithm = enumeration('RngAlgorithm', { DEFAULT: 0, PHILOX: 1, THREEFRY: 2 });
export type RngAlgorithm = NameOf<typeof RngAlgorithm>;

export const Padding = enumeration('Padding', { SAME: 0, VALID: 1 });
export type Padding = NameOf<typeof Padding>;

export const ActivationFunctionType = enumeration('ActivationFunctionType', {
  NONE: 0,
  RELU: 1,
  RELU_N1_TO_1: 2,
  RELU6: 3,
  TANH: 4,
  SIGN_BIT: 5,
});
export type ActivationFunctionType = NameOf<typeof ActivationFunctionType>;

export const LSHProjectionType = enumeration('LSHProjectionType', { UNKNOWN: 0, SPARSE: 1, DENSE: 2 });
export type LSHProjectionType = NameOf<typeof LSHProjectionType>;

export const FullyConnectedOptionsWeightsFormat = enumeration('FullyConnectedOptionsWeightsFormat', {
  DEFAULT: 0,
  SHUFFLED4x16INT8: 1,
});
export type FullyConnectedOptionsWeightsFormat = NameOf<typeof FullyConnectedOptionsWeightsFormat>;

export const LSTMKernelType = enumeration('LSTMKernelType', { FULL: 0, BASIC: 1 });
export type LSTMKernelType = NameOf<typeof LSTMKernelType>;

export const CombinerType = enumeration('CombinerType', { SUM: 0, MEAN: 1, SQRTN: 2 });
export type CombinerType = NameOf<typeof CombinerType>;

export const MirrorPadMode = enumeration('MirrorPadMode', { REFLECT: 0, SYMMETRIC: 1 });
export type MirrorPadMode = NameOf<typeof MirrorPadMode>;

export const ReduceWindowFunction = enumeration(
  'ReduceWindowFunction',
  { UNSUPPORTED: 0, ADD: 1, MUL: 2, MINIMUM: 3, MAXIMUM: 4, ALL: 5, ANY: 6 },
  int32,
);
export type ReduceWindowFunction = NameOf<typeof ReduceWindowFunction>;

export const CustomOptionsFormat = enumeration('CustomOptionsFormat', { FLEXBUFFERS: 0 });
export type CustomOptionsFormat = NameOf<typeof CustomOptionsFormat>;
