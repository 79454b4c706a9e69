// Options of layers: convolution, pooling, normalization, resizing, quantization.
import { bool, field, float32, int32, type RecordOf, table, uint8, vector } from '../schema.js';
import { ActivationFunctionType, FullyConnectedOptionsWeightsFormat, Padding, TensorType } from './enums.js';

export const Conv2DOptions = table('Conv2DOptions', {
  padding: field(0, Padding),
  stride_w: field(1, int32),
  stride_h: field(2, int32),
  fused_activation_function: field(3, ActivationFunctionType),
  dilation_w_factor: field(4, int32, 1),
  dilation_h_factor: field(5, int32, 1),
  quantized_bias_type: field(6, TensorType),
});
export type Conv2DOptions = RecordOf<typeof Conv2DOptions>;

export const Conv3DOptions = table('Conv3DOptions', {
  padding: field(0, Padding),
  stride_d: field(1, int32),
  stride_w: field(2, int32),
  stride_h: field(3, int32),
  fused_activation_function: field(4, ActivationFunctionType),
  dilation_d_factor: field(5, int32, 1),
  dilation_w_factor: field(6, int32, 1),
  dilation_h_factor: field(7, int32, 1),
});
export type Conv3DOptions = RecordOf<typeof Conv3DOptions>;

export const DepthwiseConv2DOptions = table('DepthwiseConv2DOptions', {
  padding: field(0, Padding),
  stride_w: field(1, int32),
  stride_h: field(2, int32),
  depth_multiplier: field(3, int32),
  fused_activation_function: field(4, ActivationFunctionType),
  dilation_w_factor: field(5, int32, 1),
  dilation_h_factor: field(6, int32, 1),
});
export type DepthwiseConv2DOptions = RecordOf<typeof DepthwiseConv2DOptions>;

export const TransposeConvOptions = table('TransposeConvOptions', {
  padding: field(0, Padding),
  stride_w: field(1, int32),
  stride_h: field(2, int32),
  fused_activation_function: field(3, ActivationFunctionType),
  quantized_bias_type: field(4, TensorType),
});
export type TransposeConvOptions = RecordOf<typeof TransposeConvOptions>;

export const Pool2DOptions = table('Pool2DOptions', {
  padding: field(0, Padding),
  stride_w: field(1, int32),
  stride_h: field(2, int32),
  filter_width: field(3, int32),
  filter_height: field(4, int32),
  fused_activation_function: field(5, ActivationFunctionType),
});
export type Pool2DOptions = RecordOf<typeof Pool2DOptions>;

export const FullyConnectedOptions = table('FullyConnectedOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
  weights_format: field(1, FullyConnectedOptionsWeightsFormat),
  keep_num_dims: field(2, bool),
  asymmetric_quantize_inputs: field(3, bool),
  quantized_bias_type: field(4, TensorType),
  quant_spec: field(5, vector(uint8)),
});
export type FullyConnectedOptions = RecordOf<typeof FullyConnectedOptions>;

export const BatchMatMulOptions = table('BatchMatMulOptions', {
  adj_x: field(0, bool),
  adj_y: field(1, bool),
  asymmetric_quantize_inputs: field(2, bool),
});
export type BatchMatMulOptions = RecordOf<typeof BatchMatMulOptions>;

export const SoftmaxOptions = table('SoftmaxOptions', {
  beta: field(0, float32),
});
export type SoftmaxOptions = RecordOf<typeof SoftmaxOptions>;

export const LogSoftmaxOptions = table('LogSoftmaxOptions', {});
export type LogSoftmaxOptions = RecordOf<typeof LogSoftmaxOptions>;

export const L2NormOptions = table('L2NormOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
});
export type L2NormOptions = RecordOf<typeof L2NormOptions>;

export const LocalResponseNormalizationOptions = table('LocalResponseNormalizationOptions', {
  radius: field(0, int32),
  bias: field(1, float32),
  alpha: field(2, float32),
  beta: field(3, float32),
});
export type LocalResponseNormalizationOptions = RecordOf<typeof LocalResponseNormalizationOptions>;

export const ResizeBilinearOptions = table('ResizeBilinearOptions', {
  align_corners: field(2, bool),
  half_pixel_centers: field(3, bool),
});
export type ResizeBilinearOptions = RecordOf<typeof ResizeBilinearOptions>;

export const ResizeNearestNeighborOptions = table('ResizeNearestNeighborOptions', {
  align_corners: field(0, bool),
  half_pixel_centers: field(1, bool),
});
export type ResizeNearestNeighborOptions = RecordOf<typeof ResizeNearestNeighborOptions>;

export const LeakyReluOptions = table('LeakyReluOptions', {
  alpha: field(0, float32),
});
export type LeakyReluOptions = RecordOf<typeof LeakyReluOptions>;

export const GeluOptions = table('GeluOptions', {
  approximate: field(0, bool),
});
export type GeluOptions = RecordOf<typeof GeluOptions>;

export const HardSwishOptions = table('HardSwishOptions', {});
export type HardSwishOptions = RecordOf<typeof HardSwishOptions>;

export const NonMaxSuppressionV4Options = table('NonMaxSuppressionV4Options', {});
export type NonMaxSuppressionV4Options = RecordOf<typeof NonMaxSuppressionV4Options>;

export const NonMaxSuppressionV5Options = table('NonMaxSuppressionV5Options', {});
export type NonMaxSuppressionV5Options = RecordOf<typeof NonMaxSuppressionV5Options>;

export const FakeQuantOptions = table('FakeQuantOptions', {
  min: field(0, float32),
  max: field(1, float32),
  num_bits: field(2, int32),
  narrow_range: field(3, bool),
});
export type FakeQuantOptions = RecordOf<typeof FakeQuantOptions>;

export const QuantizeOptions = table('QuantizeOptions', {});
export type QuantizeOptions = RecordOf<typeof QuantizeOptions>;

export const DequantizeOptions = table('DequantizeOptions', {});
export type DequantizeOptions = RecordOf<typeof DequantizeOptions>;

export const DensifyOptions = table('DensifyOptions', {});
export type DensifyOptions = RecordOf<typeof DensifyOptions>;
