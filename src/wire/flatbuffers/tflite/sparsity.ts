// How the values of a sparse tensor are stored.
import { field, int32, type RecordOf, table, uint8, uint16, union, vector } from '../schema.js';
import { DimensionType } from './enums.js';

export const Int32Vector = table('Int32Vector', {
  values: field(0, vector(int32)),
});
export type Int32Vector = RecordOf<typeof Int32Vector>;

export const Uint16Vector = table('Uint16Vector', {
  values: field(0, vector(uint16, 4)),
});
export type Uint16Vector = RecordOf<typeof Uint16Vector>;

export const Uint8Vector = table('Uint8Vector', {
  values: field(0, vector(uint8, 4)),
});
export type Uint8Vector = RecordOf<typeof Uint8Vector>;

export const SparseIndexVector = union('SparseIndexVector', [Int32Vector, Uint16Vector, Uint8Vector]);
export type SparseIndexVector = RecordOf<typeof SparseIndexVector>;

export const DimensionMetadata = table('DimensionMetadata', {
  format: field(0, DimensionType),
  dense_size: field(1, int32),
  array_segments: field(3, SparseIndexVector),
  array_indices: field(5, SparseIndexVector),
});
export type DimensionMetadata = RecordOf<typeof DimensionMetadata>;

export const SparsityParameters = table('SparsityParameters', {
  traversal_order: field(0, vector(int32)),
  block_map: field(1, vector(int32)),
  dim_metadata: field(2, vector(DimensionMetadata)),
});
export type SparsityParameters = RecordOf<typeof SparsityParameters>;
