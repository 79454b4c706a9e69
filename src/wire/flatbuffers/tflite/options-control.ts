// Options of control flow, variables, hash tables and random numbers.
import { field, int32, int64, type RecordOf, string, table, uint32 } from '../schema.js';
import { TensorType } from './enums.js';

export const CallOptions = table('CallOptions', {
  subgraph: field(0, uint32),
});
export type CallOptions = RecordOf<typeof CallOptions>;

export const CallOnceOptions = table('CallOnceOptions', {
  init_subgraph_index: field(0, int32),
});
export type CallOnceOptions = RecordOf<typeof CallOnceOptions>;

export const IfOptions = table('IfOptions', {
  then_subgraph_index: field(0, int32),
  else_subgraph_index: field(1, int32),
});
export type IfOptions = RecordOf<typeof IfOptions>;

export const WhileOptions = table('WhileOptions', {
  cond_subgraph_index: field(0, int32),
  body_subgraph_index: field(1, int32),
});
export type WhileOptions = RecordOf<typeof WhileOptions>;

export const VarHandleOptions = table('VarHandleOptions', {
  container: field(0, string),
  shared_name: field(1, string),
});
export type VarHandleOptions = RecordOf<typeof VarHandleOptions>;

export const ReadVariableOptions = table('ReadVariableOptions', {});
export type ReadVariableOptions = RecordOf<typeof ReadVariableOptions>;

export const AssignVariableOptions = table('AssignVariableOptions', {});
export type AssignVariableOptions = RecordOf<typeof AssignVariableOptions>;

export const HashtableOptions = table('HashtableOptions', {
  table_id: field(0, int32),
  key_dtype: field(1, TensorType),
  value_dtype: field(2, TensorType),
});
export type HashtableOptions = RecordOf<typeof HashtableOptions>;

export const HashtableFindOptions = table('HashtableFindOptions', {});
export type HashtableFindOptions = RecordOf<typeof HashtableFindOptions>;

export const HashtableImportOptions = table('HashtableImportOptions', {});
export type HashtableImportOptions = RecordOf<typeof HashtableImportOptions>;

export const HashtableSizeOptions = table('HashtableSizeOptions', {});
export type HashtableSizeOptions = RecordOf<typeof HashtableSizeOptions>;

export const RandomOptions = table('RandomOptions', {
  seed: field(0, int64),
  seed2: field(1, int64),
});
export type RandomOptions = RecordOf<typeof RandomOptions>;
