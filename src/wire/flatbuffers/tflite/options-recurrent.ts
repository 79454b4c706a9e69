// Options of recurrent layers, and of the oldest embedding and hashing operators.
import { bool, field, float32, int32, type RecordOf, table, vector } from '../schema.js';
import { ActivationFunctionType, CombinerType, LSHProjectionType, LSTMKernelType } from './enums.js';

export const SVDFOptions = table('SVDFOptions', {
  rank: field(0, int32),
  fused_activation_function: field(1, ActivationFunctionType),
  asymmetric_quantize_inputs: field(2, bool),
});
export type SVDFOptions = RecordOf<typeof SVDFOptions>;

export const RNNOptions = table('RNNOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
  asymmetric_quantize_inputs: field(1, bool),
});
export type RNNOptions = RecordOf<typeof RNNOptions>;

export const SequenceRNNOptions = table('SequenceRNNOptions', {
  time_major: field(0, bool),
  fused_activation_function: field(1, ActivationFunctionType),
  asymmetric_quantize_inputs: field(2, bool),
});
export type SequenceRNNOptions = RecordOf<typeof SequenceRNNOptions>;

export const BidirectionalSequenceRNNOptions = table('BidirectionalSequenceRNNOptions', {
  time_major: field(0, bool),
  fused_activation_function: field(1, ActivationFunctionType),
  merge_outputs: field(2, bool),
  asymmetric_quantize_inputs: field(3, bool),
});
export type BidirectionalSequenceRNNOptions = RecordOf<typeof BidirectionalSequenceRNNOptions>;

export const LSTMOptions = table('LSTMOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
  cell_clip: field(1, float32),
  proj_clip: field(2, float32),
  kernel_type: field(3, LSTMKernelType),
  asymmetric_quantize_inputs: field(4, bool),
});
export type LSTMOptions = RecordOf<typeof LSTMOptions>;

export const UnidirectionalSequenceLSTMOptions = table('UnidirectionalSequenceLSTMOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
  cell_clip: field(1, float32),
  proj_clip: field(2, float32),
  time_major: field(3, bool),
  asymmetric_quantize_inputs: field(4, bool),
  diagonal_recurrent_tensors: field(5, bool),
});
export type UnidirectionalSequenceLSTMOptions = RecordOf<typeof UnidirectionalSequenceLSTMOptions>;

export const BidirectionalSequenceLSTMOptions = table('BidirectionalSequenceLSTMOptions', {
  fused_activation_function: field(0, ActivationFunctionType),
  cell_clip: field(1, float32),
  proj_clip: field(2, float32),
  merge_outputs: field(3, bool),
  time_major: field(4, bool, true),
  asymmetric_quantize_inputs: field(5, bool),
});
export type BidirectionalSequenceLSTMOptions = RecordOf<typeof BidirectionalSequenceLSTMOptions>;

export const ConcatEmbeddingsOptions = table('ConcatEmbeddingsOptions', {
  num_channels: field(0, int32),
  num_columns_per_channel: field(1, vector(int32)),
  embedding_dim_per_channel: field(2, vector(int32)),
});
export type ConcatEmbeddingsOptions = RecordOf<typeof ConcatEmbeddingsOptions>;

export const LSHProjectionOptions = table('LSHProjectionOptions', {
  type: field(0, LSHProjectionType),
});
export type LSHProjectionOptions = RecordOf<typeof LSHProjectionOptions>;

export const SkipGramOptions = table('SkipGramOptions', {
  ngram_size: field(0, int32),
  max_skip_size: field(1, int32),
  include_all_ngrams: field(2, bool),
});
export type SkipGramOptions = RecordOf<typeof SkipGramOptions>;

export const EmbeddingLookupSparseOptions = table('EmbeddingLookupSparseOptions', {
  combiner: field(0, CombinerType),
});
export type EmbeddingLookupSparseOptions = RecordOf<typeof EmbeddingLookupSparseOptions>;
