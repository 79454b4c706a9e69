import type { DType } from '#tensor/dtype.js';

/** The schema's name of each element type; float16 and the like differ only in case, the 1-byte types in more. */
const names: Readonly<Record<DType, string>> = {
  float32: 'FLOAT32',
  float64: 'FLOAT64',
  float16: 'FLOAT16',
  bfloat16: 'BFLOAT16',
  int4: 'INT4',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  bool: 'BOOL',
  string: 'STRING',
  complex64: 'COMPLEX64',
  complex128: 'COMPLEX128',
};

const byName = new Map(Object.entries(names).map(([dtype, name]) => [name, dtype as DType]));

/** `int32` → `INT32`, as options tables and tensors spell it. */
export function elementTypeName(dtype: DType): string {
  return names[dtype];
}

/** `INT32` → `int32`; undefined for types that have no dtype here (RESOURCE, VARIANT, INT2 …). */
export function dtypeOfElementType(name: string): DType | undefined {
  return byName.get(name);
}
