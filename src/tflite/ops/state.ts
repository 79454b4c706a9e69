import { type Type, tensorType, unknownType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { defineTflOp } from '../define-op.js';
import { type HasOperands, tensorAt } from './infer.js';

function resource(): readonly Type[] {
  return [{ kind: 'resource' }];
}

export const VarHandle = defineTflOp({
  name: 'var_handle',
  builtin: 'VAR_HANDLE',
  summary: 'The variable of this name',
  options: { container: '', shared_name: '' },
  operands: [],
  sideEffects: true,
  infer: resource,
  kernels: [],
});

const stored: readonly DType[] = ['float32', 'uint8', 'int8', 'int16', 'int32', 'int64', 'bool'];

export const ReadVariable = defineTflOp({
  name: 'read_variable',
  builtin: 'READ_VARIABLE',
  summary: 'The value of a variable',
  options: {},
  operands: ['resource'],
  sideEffects: true,
  infer(op): readonly Type[] {
    const type = op.operands[0]?.type;
    return [(type?.kind === 'resource' ? type.value : undefined) ?? unknownType];
  },
  kernels: [],
});

export const AssignVariable = defineTflOp({
  name: 'assign_variable',
  builtin: 'ASSIGN_VARIABLE',
  summary: 'Gives a variable a value',
  options: {},
  operands: ['resource', 'value'],
  sideEffects: true,
  infer: () => [],
  kernels: stored,
  mainOperand: 1,
});

export const Hashtable = defineTflOp({
  name: 'hashtable',
  builtin: 'HASHTABLE',
  summary: 'The table of this number; string to int64, or int64 to string',
  options: { table_id: 0, key_dtype: 'STRING', value_dtype: 'INT64' },
  operands: [],
  sideEffects: true,
  infer: resource,
  kernels: [],
  kernelLimit({ attributes: { key_dtype, value_dtype } }) {
    const pair = `${key_dtype} ${value_dtype}`;
    return pair === 'STRING INT64' || pair === 'INT64 STRING'
      ? undefined
      : `it has no table from ${key_dtype} to ${value_dtype}`;
  },
});

export const HashtableFind = defineTflOp({
  name: 'hashtable_find',
  builtin: 'HASHTABLE_FIND',
  summary: 'The values of keys, or a default',
  options: {},
  operands: ['table', 'keys', 'default_value'],
  sideEffects: true,
  infer(op) {
    return [tensorType(tensorAt(op, 2).dtype, tensorAt(op, 1).shape)];
  },
  kernels: ['int64', 'string'],
  mainOperand: 1,
  operandKernels: { 2: ['int64', 'string'] },
});

export const HashtableImport = defineTflOp({
  name: 'hashtable_import',
  builtin: 'HASHTABLE_IMPORT',
  summary: 'Fills a table',
  options: {},
  operands: ['table', 'keys', 'values'],
  sideEffects: true,
  infer: () => [],
  kernels: ['int64', 'string'],
  mainOperand: 1,
  operandKernels: { 2: ['int64', 'string'] },
});

export const HashtableSize = defineTflOp({
  name: 'hashtable_size',
  builtin: 'HASHTABLE_SIZE',
  summary: 'The number of entries of a table',
  options: {},
  operands: ['table'],
  sideEffects: true,
  infer: (_: HasOperands) => [tensorType('int64', [1])],
  kernels: [],
});
