// Options of elementwise operators, comparisons and reductions.
import { bool, field, float32, type RecordOf, table, vector } from '../schema.js';
import { ActivationFunctionType, TensorType } from './enums.js';

export const AddOptions = table('AddOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
  pot_scale_int16: field(1, bool, true),
});
export type AddOptions = RecordOf<typeof AddOptions>;

export const MulOptions = table('MulOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
});
export type MulOptions = RecordOf<typeof MulOptions>;

export const ReducerOptions = table('ReducerOptions', {
  keep_dims: field(0, bool),
});
export type ReducerOptions = RecordOf<typeof ReducerOptions>;

export const SubOptions = table('SubOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
  pot_scale_int16: field(1, bool, true),
});
export type SubOptions = RecordOf<typeof SubOptions>;

export const DivOptions = table('DivOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
});
export type DivOptions = RecordOf<typeof DivOptions>;

export const ExpOptions = table('ExpOptions', {});
export type ExpOptions = RecordOf<typeof ExpOptions>;

export const CastOptions = table('CastOptions', {
  in_data_type: field(0, TensorType),
  out_data_type: field(1, TensorType),
});
export type CastOptions = RecordOf<typeof CastOptions>;

export const MaximumMinimumOptions = table('MaximumMinimumOptions', {});
export type MaximumMinimumOptions = RecordOf<typeof MaximumMinimumOptions>;

export const LessOptions = table('LessOptions', {});
export type LessOptions = RecordOf<typeof LessOptions>;

export const NegOptions = table('NegOptions', {});
export type NegOptions = RecordOf<typeof NegOptions>;

export const GreaterOptions = table('GreaterOptions', {});
export type GreaterOptions = RecordOf<typeof GreaterOptions>;

export const GreaterEqualOptions = table('GreaterEqualOptions', {});
export type GreaterEqualOptions = RecordOf<typeof GreaterEqualOptions>;

export const LessEqualOptions = table('LessEqualOptions', {});
export type LessEqualOptions = RecordOf<typeof LessEqualOptions>;

export const SelectOptions = table('SelectOptions', {});
export type SelectOptions = RecordOf<typeof SelectOptions>;

export const EqualOptions = table('EqualOptions', {});
export type EqualOptions = RecordOf<typeof EqualOptions>;

export const NotEqualOptions = table('NotEqualOptions', {});
export type NotEqualOptions = RecordOf<typeof NotEqualOptions>;

export const PowOptions = table('PowOptions', {});
export type PowOptions = RecordOf<typeof PowOptions>;

export const LogicalOrOptions = table('LogicalOrOptions', {});
export type LogicalOrOptions = RecordOf<typeof LogicalOrOptions>;

export const LogicalAndOptions = table('LogicalAndOptions', {});
export type LogicalAndOptions = RecordOf<typeof LogicalAndOptions>;

export const LogicalNotOptions = table('LogicalNotOptions', {});
export type LogicalNotOptions = RecordOf<typeof LogicalNotOptions>;

export const FloorDivOptions = table('FloorDivOptions', {});
export type FloorDivOptions = RecordOf<typeof FloorDivOptions>;

export const SquareOptions = table('SquareOptions', {});
export type SquareOptions = RecordOf<typeof SquareOptions>;

export const FloorModOptions = table('FloorModOptions', {});
export type FloorModOptions = RecordOf<typeof FloorModOptions>;

export const SquaredDifferenceOptions = table('SquaredDifferenceOptions', {});
export type SquaredDifferenceOptions = RecordOf<typeof SquaredDifferenceOptions>;

export const AbsOptions = table('AbsOptions', {});
export type AbsOptions = RecordOf<typeof AbsOptions>;

export const AddNOptions = table('AddNOptions', {});
export type AddNOptions = RecordOf<typeof AddNOptions>;

export const CosOptions = table('CosOptions', {});
export type CosOptions = RecordOf<typeof CosOptions>;

export const SelectV2Options = table('SelectV2Options', {});
export type SelectV2Options = RecordOf<typeof SelectV2Options>;

export const SegmentSumOptions = table('SegmentSumOptions', {});
export type SegmentSumOptions = RecordOf<typeof SegmentSumOptions>;

export const CumsumOptions = table('CumsumOptions', {
  exclusive: field(0, bool),
  reverse: field(1, bool),
});
export type CumsumOptions = RecordOf<typeof CumsumOptions>;

export const Rfft2dOptions = table('Rfft2dOptions', {});
export type Rfft2dOptions = RecordOf<typeof Rfft2dOptions>;

export const BucketizeOptions = table('BucketizeOptions', {
  boundaries: field(0, vector(float32)),
});
export type BucketizeOptions = RecordOf<typeof BucketizeOptions>;

export const UnsortedSegmentProdOptions = table('UnsortedSegmentProdOptions', {});
export type UnsortedSegmentProdOptions = RecordOf<typeof UnsortedSegmentProdOptions>;

export const UnsortedSegmentMaxOptions = table('UnsortedSegmentMaxOptions', {});
export type UnsortedSegmentMaxOptions = RecordOf<typeof UnsortedSegmentMaxOptions>;

export const UnsortedSegmentMinOptions = table('UnsortedSegmentMinOptions', {});
export type UnsortedSegmentMinOptions = RecordOf<typeof UnsortedSegmentMinOptions>;

export const UnsortedSegmentSumOptions = table('UnsortedSegmentSumOptions', {});
export type UnsortedSegmentSumOptions = RecordOf<typeof UnsortedSegmentSumOptions>;

export const ATan2Options = table('ATan2Options', {});
export type ATan2Options = RecordOf<typeof ATan2Options>;

export const SignOptions = table('SignOptions', {});
export type SignOptions = RecordOf<typeof SignOptions>;

export const BitcastOptions = table('BitcastOptions', {});
export type BitcastOptions = RecordOf<typeof BitcastOptions>;

export const BitwiseXorOptions = table('BitwiseXorOptions', {});
export type BitwiseXorOptions = RecordOf<typeof BitwiseXorOptions>;

export const RightShiftOptions = table('RightShiftOptions', {});
export type RightShiftOptions = RecordOf<typeof RightShiftOptions>;
