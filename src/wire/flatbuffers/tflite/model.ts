// The tables of a model from the root down to tensors and operators.
import {
  bool,
  field,
  int8,
  int32,
  type RecordOf,
  required,
  string,
  table,
  uint8,
  uint32,
  uint64,
  vector,
} from '../schema.js';
import { BuiltinOperator } from './builtin-operator.js';
import { BuiltinOptions, BuiltinOptions2 } from './builtin-options.js';
import { CustomOptionsFormat, TensorType } from './enums.js';
import { QuantizationParameters } from './quantization.js';
import { SparsityParameters } from './sparsity.js';

export const VariantSubType = table('VariantSubType', {
  shape: field(0, vector(int32)),
  type: field(1, TensorType),
  has_rank: field(2, bool),
});
export type VariantSubType = RecordOf<typeof VariantSubType>;

export const Tensor = table('Tensor', {
  shape: required(0, vector(int32)),
  type: field(1, TensorType),
  buffer: field(2, uint32),
  name: field(3, string),
  quantization: field(4, QuantizationParameters),
  is_variable: field(5, bool),
  sparsity: field(6, SparsityParameters),
  shape_signature: field(7, vector(int32)),
  has_rank: field(8, bool),
  variant_tensors: field(9, vector(VariantSubType)),
  external_buffer: field(10, uint32),
});
export type Tensor = RecordOf<typeof Tensor>;

export const OperatorCode = table('OperatorCode', {
  deprecated_builtin_code: field(0, int8),
  custom_code: field(1, string),
  version: field(2, int32, 1),
  builtin_code: field(3, BuiltinOperator),
});
export type OperatorCode = RecordOf<typeof OperatorCode>;

export const Operator = table('Operator', {
  opcode_index: field(0, uint32),
  inputs: required(1, vector(int32)),
  outputs: required(2, vector(int32)),
  builtin_options: field(4, BuiltinOptions),
  custom_options: field(5, vector(uint8)),
  custom_options_format: field(6, CustomOptionsFormat),
  mutating_variable_inputs: field(7, vector(bool)),
  intermediates: field(8, vector(int32)),
  large_custom_options_offset: field(9, uint64),
  large_custom_options_size: field(10, uint64),
  builtin_options_2: field(12, BuiltinOptions2),
  debug_metadata_index: field(13, int32, -1),
});
export type Operator = RecordOf<typeof Operator>;

export const SubGraph = table('SubGraph', {
  tensors: required(0, vector(Tensor)),
  inputs: required(1, vector(int32)),
  outputs: required(2, vector(int32)),
  operators: required(3, vector(Operator)),
  name: field(4, string),
  debug_metadata_index: field(5, int32, -1),
});
export type SubGraph = RecordOf<typeof SubGraph>;

export const Buffer = table('Buffer', {
  data: field(0, vector(uint8, 16)),
  offset: field(1, uint64),
  size: field(2, uint64),
});
export type Buffer = RecordOf<typeof Buffer>;

export const ExternalBufferGroup = table('ExternalBufferGroup', {
  name: field(0, string),
});
export type ExternalBufferGroup = RecordOf<typeof ExternalBufferGroup>;

export const ExternalBuffer = table('ExternalBuffer', {
  id: field(0, uint32),
  group: field(1, uint32),
  offset: field(2, uint64),
  length: field(3, uint64),
  packing: field(4, string),
});
export type ExternalBuffer = RecordOf<typeof ExternalBuffer>;

export const Metadata = table('Metadata', {
  name: field(0, string),
  buffer: field(1, uint32),
});
export type Metadata = RecordOf<typeof Metadata>;

export const TensorMap = table('TensorMap', {
  name: field(0, string),
  tensor_index: field(1, uint32),
});
export type TensorMap = RecordOf<typeof TensorMap>;

export const SignatureDef = table('SignatureDef', {
  inputs: required(0, vector(TensorMap)),
  outputs: required(1, vector(TensorMap)),
  signature_key: field(2, string),
  subgraph_index: field(4, uint32),
});
export type SignatureDef = RecordOf<typeof SignatureDef>;

export const Model = table('Model', {
  version: field(0, uint32),
  operator_codes: required(1, vector(OperatorCode)),
  subgraphs: required(2, vector(SubGraph)),
  description: field(3, string),
  buffers: required(4, vector(Buffer)),
  metadata_buffer: field(5, vector(int32)),
  metadata: field(6, vector(Metadata)),
  signature_defs: field(7, vector(SignatureDef)),
  external_buffer_groups: field(8, vector(ExternalBufferGroup)),
  external_buffers: field(9, vector(ExternalBuffer)),
});
export type Model = RecordOf<typeof Model>;
