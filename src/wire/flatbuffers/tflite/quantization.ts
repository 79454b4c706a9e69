// How the values of a tensor stand for real numbers.
import { field, float32, int32, int64, type RecordOf, table, uint8, union, vector } from '../schema.js';

export const CustomQuantization = table('CustomQuantization', {
  custom: field(0, vector(uint8, 16)),
});
export type CustomQuantization = RecordOf<typeof CustomQuantization>;

export const BlockwiseQuantization = table('BlockwiseQuantization', {
  scales: field(0, int32),
  zero_points: field(1, int32),
  block_size: field(2, int32),
  block_shape: field(3, vector(int32)),
});
export type BlockwiseQuantization = RecordOf<typeof BlockwiseQuantization>;

export const MultiAxisQuantization = table('MultiAxisQuantization', {
  scales: field(0, int32),
  zero_points: field(1, int32),
  block_size: field(2, int32),
  quantized_dimensions: field(3, vector(int32)),
});
export type MultiAxisQuantization = RecordOf<typeof MultiAxisQuantization>;

export const QuantizationDetails = union('QuantizationDetails', [
  CustomQuantization,
  BlockwiseQuantization,
  MultiAxisQuantization,
]);
export type QuantizationDetails = RecordOf<typeof QuantizationDetails>;

export const QuantizationParameters = table('QuantizationParameters', {
  min: field(0, vector(float32)),
  max: field(1, vector(float32)),
  scale: field(2, vector(float32)),
  zero_point: field(3, vector(int64)),
  details: field(5, QuantizationDetails),
  quantized_dimension: field(6, int32),
});
export type QuantizationParameters = RecordOf<typeof QuantizationParameters>;
