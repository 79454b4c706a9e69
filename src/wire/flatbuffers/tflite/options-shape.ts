// Options of operators that move elements: shapes, indices, slices, concatenation.
import { bool, field, int32, type RecordOf, table, vector } from '../schema.js';
import { ActivationFunctionType, MirrorPadMode, TensorType } from './enums.js';

export const ConcatenationOptions = table('ConcatenationOptions', {
  axis: field(0, int32),
  fused_activation_function: field(1, ActivationFunctionType),
});
export type ConcatenationOptions = RecordOf<typeof ConcatenationOptions>;

export const PadOptions = table('PadOptions', {});
export type PadOptions = RecordOf<typeof PadOptions>;

export const PadV2Options = table('PadV2Options', {});
export type PadV2Options = RecordOf<typeof PadV2Options>;

export const MirrorPadOptions = table('MirrorPadOptions', {
  mode: field(0, MirrorPadMode),
});
export type MirrorPadOptions = RecordOf<typeof MirrorPadOptions>;

export const ReshapeOptions = table('ReshapeOptions', {
  new_shape: field(0, vector(int32)),
});
export type ReshapeOptions = RecordOf<typeof ReshapeOptions>;

export const SpaceToBatchNDOptions = table('SpaceToBatchNDOptions', {});
export type SpaceToBatchNDOptions = RecordOf<typeof SpaceToBatchNDOptions>;

export const BatchToSpaceNDOptions = table('BatchToSpaceNDOptions', {});
export type BatchToSpaceNDOptions = RecordOf<typeof BatchToSpaceNDOptions>;

export const SpaceToDepthOptions = table('SpaceToDepthOptions', {
  block_size: field(0, int32),
});
export type SpaceToDepthOptions = RecordOf<typeof SpaceToDepthOptions>;

export const DepthToSpaceOptions = table('DepthToSpaceOptions', {
  block_size: field(0, int32),
});
export type DepthToSpaceOptions = RecordOf<typeof DepthToSpaceOptions>;

export const TransposeOptions = table('TransposeOptions', {});
export type TransposeOptions = RecordOf<typeof TransposeOptions>;

export const SqueezeOptions = table('SqueezeOptions', {
  squeeze_dims: field(0, vector(int32)),
});
export type SqueezeOptions = RecordOf<typeof SqueezeOptions>;

export const ExpandDimsOptions = table('ExpandDimsOptions', {});
export type ExpandDimsOptions = RecordOf<typeof ExpandDimsOptions>;

export const SplitOptions = table('SplitOptions', {
  num_splits: field(0, int32),
});
export type SplitOptions = RecordOf<typeof SplitOptions>;

export const SplitVOptions = table('SplitVOptions', {
  num_splits: field(0, int32),
});
export type SplitVOptions = RecordOf<typeof SplitVOptions>;

export const StridedSliceOptions = table('StridedSliceOptions', {
  begin_mask: field(0, int32),
  end_mask: field(1, int32),
  ellipsis_mask: field(2, int32),
  new_axis_mask: field(3, int32),
  shrink_axis_mask: field(4, int32),
  offset: field(5, bool),
});
export type StridedSliceOptions = RecordOf<typeof StridedSliceOptions>;

export const SliceOptions = table('SliceOptions', {});
export type SliceOptions = RecordOf<typeof SliceOptions>;

export const TileOptions = table('TileOptions', {});
export type TileOptions = RecordOf<typeof TileOptions>;

export const PackOptions = table('PackOptions', {
  values_count: field(0, int32),
  axis: field(1, int32),
});
export type PackOptions = RecordOf<typeof PackOptions>;

export const UnpackOptions = table('UnpackOptions', {
  num: field(0, int32),
  axis: field(1, int32),
});
export type UnpackOptions = RecordOf<typeof UnpackOptions>;

export const ShapeOptions = table('ShapeOptions', {
  out_type: field(0, TensorType),
});
export type ShapeOptions = RecordOf<typeof ShapeOptions>;

export const RankOptions = table('RankOptions', {});
export type RankOptions = RecordOf<typeof RankOptions>;

export const BroadcastToOptions = table('BroadcastToOptions', {});
export type BroadcastToOptions = RecordOf<typeof BroadcastToOptions>;

export const ReverseV2Options = table('ReverseV2Options', {});
export type ReverseV2Options = RecordOf<typeof ReverseV2Options>;

export const ReverseSequenceOptions = table('ReverseSequenceOptions', {
  seq_dim: field(0, int32),
  batch_dim: field(1, int32),
});
export type ReverseSequenceOptions = RecordOf<typeof ReverseSequenceOptions>;

export const GatherOptions = table('GatherOptions', {
  axis: field(0, int32),
  batch_dims: field(1, int32),
});
export type GatherOptions = RecordOf<typeof GatherOptions>;

export const GatherNdOptions = table('GatherNdOptions', {});
export type GatherNdOptions = RecordOf<typeof GatherNdOptions>;

export const ScatterNdOptions = table('ScatterNdOptions', {});
export type ScatterNdOptions = RecordOf<typeof ScatterNdOptions>;

export const DynamicUpdateSliceOptions = table('DynamicUpdateSliceOptions', {});
export type DynamicUpdateSliceOptions = RecordOf<typeof DynamicUpdateSliceOptions>;

export const WhereOptions = table('WhereOptions', {});
export type WhereOptions = RecordOf<typeof WhereOptions>;

export const UniqueOptions = table('UniqueOptions', {
  idx_out_type: field(0, TensorType, 'INT32'),
});
export type UniqueOptions = RecordOf<typeof UniqueOptions>;

export const OneHotOptions = table('OneHotOptions', {
  axis: field(0, int32),
});
export type OneHotOptions = RecordOf<typeof OneHotOptions>;

export const SparseToDenseOptions = table('SparseToDenseOptions', {
  validate_indices: field(0, bool),
});
export type SparseToDenseOptions = RecordOf<typeof SparseToDenseOptions>;

export const TopKV2Options = table('TopKV2Options', {});
export type TopKV2Options = RecordOf<typeof TopKV2Options>;

export const ArgMaxOptions = table('ArgMaxOptions', {
  output_type: field(0, TensorType),
});
export type ArgMaxOptions = RecordOf<typeof ArgMaxOptions>;

export const ArgMinOptions = table('ArgMinOptions', {
  output_type: field(0, TensorType),
});
export type ArgMinOptions = RecordOf<typeof ArgMinOptions>;

export const MatrixDiagOptions = table('MatrixDiagOptions', {});
export type MatrixDiagOptions = RecordOf<typeof MatrixDiagOptions>;

export const MatrixSetDiagOptions = table('MatrixSetDiagOptions', {});
export type MatrixSetDiagOptions = RecordOf<typeof MatrixSetDiagOptions>;

export const FillOptions = table('FillOptions', {});
export type FillOptions = RecordOf<typeof FillOptions>;

export const RangeOptions = table('RangeOptions', {});
export type RangeOptions = RecordOf<typeof RangeOptions>;

export const ZerosLikeOptions = table('ZerosLikeOptions', {});
export type ZerosLikeOptions = RecordOf<typeof ZerosLikeOptions>;
