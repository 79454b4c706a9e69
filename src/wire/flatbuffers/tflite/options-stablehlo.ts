// Options of the StableHLO operators and of what came after them.
import { bool, field, int32, int64, type RecordOf, string, table, uint8, vector } from '../schema.js';
import {
  CustomOptionsFormat,
  ReduceWindowFunction,
  RngAlgorithm,
  StablehloComparisonDirection,
  StablehloComparisonType,
  StablehloPrecisionConfig,
} from './enums.js';

export const StablehloGatherOptions = table('StablehloGatherOptions', {
  offset_dims: field(0, vector(int64)),
  collapsed_slice_dims: field(1, vector(int64)),
  start_index_map: field(2, vector(int64)),
  index_vector_dim: field(3, int64),
  slice_sizes: field(4, vector(int64)),
  indices_are_sorted: field(5, bool),
});
export type StablehloGatherOptions = RecordOf<typeof StablehloGatherOptions>;

export const StablehloTransposeOptions = table('StablehloTransposeOptions', {
  permutation: field(0, vector(int64)),
});
export type StablehloTransposeOptions = RecordOf<typeof StablehloTransposeOptions>;

export const StablehloDotGeneralOptions = table('StablehloDotGeneralOptions', {
  lhs_batching_dimensions: field(0, vector(int64)),
  rhs_batching_dimensions: field(1, vector(int64)),
  lhs_contracting_dimensions: field(2, vector(int64)),
  rhs_contracting_dimensions: field(3, vector(int64)),
  precision_config: field(4, vector(StablehloPrecisionConfig)),
});
export type StablehloDotGeneralOptions = RecordOf<typeof StablehloDotGeneralOptions>;

export const StablehloReduceWindowOptions = table('StablehloReduceWindowOptions', {
  window_dimensions: field(0, vector(int64)),
  window_strides: field(1, vector(int64)),
  base_dilations: field(2, vector(int64)),
  window_dilations: field(3, vector(int64)),
  padding: field(4, vector(int64)),
  body_subgraph_index: field(5, int32),
});
export type StablehloReduceWindowOptions = RecordOf<typeof StablehloReduceWindowOptions>;

export const StablehloWhileOptions = table('StablehloWhileOptions', {
  cond_subgraph_index: field(0, int32),
  body_subgraph_index: field(1, int32),
});
export type StablehloWhileOptions = RecordOf<typeof StablehloWhileOptions>;

export const StablehloSortOptions = table('StablehloSortOptions', {
  dimension: field(0, int64),
  is_stable: field(1, bool),
  comparator_subgraph_index: field(2, int32),
});
export type StablehloSortOptions = RecordOf<typeof StablehloSortOptions>;

export const StablehloConcatenateOptions = table('StablehloConcatenateOptions', {
  dimension: field(0, int64),
});
export type StablehloConcatenateOptions = RecordOf<typeof StablehloConcatenateOptions>;

export const StablehloBroadcastInDimOptions = table('StablehloBroadcastInDimOptions', {
  broadcast_dimensions: field(0, vector(int64)),
});
export type StablehloBroadcastInDimOptions = RecordOf<typeof StablehloBroadcastInDimOptions>;

export const StablehloCompareOptions = table('StablehloCompareOptions', {
  comparison_direction: field(0, StablehloComparisonDirection),
  compare_type: field(1, StablehloComparisonType),
});
export type StablehloCompareOptions = RecordOf<typeof StablehloCompareOptions>;

export const StablehloDynamicSliceOptions = table('StablehloDynamicSliceOptions', {
  slice_sizes: field(0, vector(int64)),
});
export type StablehloDynamicSliceOptions = RecordOf<typeof StablehloDynamicSliceOptions>;

export const StablehloPadOptions = table('StablehloPadOptions', {
  edge_padding_low: field(0, vector(int64)),
  edge_padding_high: field(1, vector(int64)),
  interior_padding: field(2, vector(int64)),
});
export type StablehloPadOptions = RecordOf<typeof StablehloPadOptions>;

export const StablehloIotaOptions = table('StablehloIotaOptions', {
  iota_dimension: field(0, int64),
});
export type StablehloIotaOptions = RecordOf<typeof StablehloIotaOptions>;

export const StablehloCustomCallOptions = table('StablehloCustomCallOptions', {
  call_target_name: field(0, string),
  has_side_effect: field(1, bool),
  backend_config: field(2, string),
  api_version: field(3, int32),
  called_computations: field(4, vector(int32)),
  custom_attributes: field(5, vector(uint8)),
});
export type StablehloCustomCallOptions = RecordOf<typeof StablehloCustomCallOptions>;

export const StablehloReduceOptions = table('StablehloReduceOptions', {
  dimensions: field(0, vector(int64)),
  body_subgraph_index: field(1, int32),
});
export type StablehloReduceOptions = RecordOf<typeof StablehloReduceOptions>;

export const StablehloSliceOptions = table('StablehloSliceOptions', {
  start_indices: field(0, vector(int64)),
  limit_indices: field(1, vector(int64)),
  strides: field(2, vector(int64)),
});
export type StablehloSliceOptions = RecordOf<typeof StablehloSliceOptions>;

export const StablehloConvolutionOptions = table('StablehloConvolutionOptions', {
  window_strides: field(0, vector(int64)),
  padding: field(1, vector(int64)),
  lhs_dilation: field(2, vector(int64)),
  rhs_dilation: field(3, vector(int64)),
  window_reversal: field(4, vector(bool)),
  input_batch_dimension: field(5, int64),
  input_feature_dimension: field(6, int64),
  input_spatial_dimensions: field(7, vector(int64)),
  kernel_input_feature_dimension: field(8, int64),
  kernel_output_feature_dimension: field(9, int64),
  kernel_spatial_dimensions: field(10, vector(int64)),
  output_batch_dimension: field(11, int64),
  output_feature_dimension: field(12, int64),
  output_spatial_dimensions: field(13, vector(int64)),
  feature_group_count: field(14, int64),
  batch_group_count: field(15, int64),
  precision_config: field(16, vector(StablehloPrecisionConfig)),
});
export type StablehloConvolutionOptions = RecordOf<typeof StablehloConvolutionOptions>;

export const StablehloScatterOptions = table('StablehloScatterOptions', {
  indices_are_sorted: field(0, bool),
  update_window_dims: field(1, vector(int64)),
  inserted_window_dims: field(2, vector(int64)),
  scatter_dims_to_operand_dims: field(3, vector(int64)),
  index_vector_dim: field(4, int64),
  unique_indices: field(5, bool),
  update_computation_subgraph_index: field(6, int32),
});
export type StablehloScatterOptions = RecordOf<typeof StablehloScatterOptions>;

export const StablehloCaseOptions = table('StablehloCaseOptions', {
  branch_subgraph_indices: field(0, vector(int32)),
});
export type StablehloCaseOptions = RecordOf<typeof StablehloCaseOptions>;

export const StablehloRngBitGeneratorOptions = table('StablehloRngBitGeneratorOptions', {
  algorithm: field(0, RngAlgorithm),
});
export type StablehloRngBitGeneratorOptions = RecordOf<typeof StablehloRngBitGeneratorOptions>;

export const DilateOptions = table('DilateOptions', {});
export type DilateOptions = RecordOf<typeof DilateOptions>;

export const ReduceWindowOptions = table('ReduceWindowOptions', {
  reduce_function: field(0, ReduceWindowFunction),
});
export type ReduceWindowOptions = RecordOf<typeof ReduceWindowOptions>;

export const StableHLOCompositeOptions = table('StableHLOCompositeOptions', {
  name: field(0, string),
  decomposition_subgraph_index: field(1, int32),
  composite_attributes: field(2, vector(uint8)),
  composite_attributes_format: field(3, CustomOptionsFormat),
  version: field(4, int32),
});
export type StableHLOCompositeOptions = RecordOf<typeof StableHLOCompositeOptions>;

export const StablehloShiftLeftOptions = table('StablehloShiftLeftOptions', {});
export type StablehloShiftLeftOptions = RecordOf<typeof StablehloShiftLeftOptions>;
