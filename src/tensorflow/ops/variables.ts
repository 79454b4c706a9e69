import { attr } from '#ir/attribute.js';
import { tensorType } from '#ir/type.js';
import { defineTfOp } from '../define-op.js';
import { rankOf, shapeOf, typeOf } from './support/types.js';

// What is written at run time has no lowering: variables that are only read become constants before it.

export const VarHandleOp = defineTfOp({
  name: 'VarHandleOp',
  summary: 'A handle on a variable',
  operands: [],
  results: ['resource'],
  attributes: {
    dtype: attr.dtype(),
    shape: attr.shape(),
    shared_name: attr.string(''),
    container: attr.string(''),
    /** The node that stands for the variable, filled in on import. */
    variable: attr.string(''),
  },
  infer: ({ attributes: { dtype, shape } }) => {
    if (dtype === 'resource' || dtype === 'variant') return [{ kind: 'resource' }];
    return [{ kind: 'resource', value: tensorType(dtype, shape) }];
  },
});

export const ReadVariableOp = defineTfOp({
  name: 'ReadVariableOp',
  summary: 'The value of a variable',
  operands: ['resource'],
  results: ['value'],
  attributes: { dtype: attr.dtype() },
  infer: (op) => {
    const { type } = op.operand(0);
    return [(type.kind === 'resource' && type.value) || typeOf(op.attributes.dtype, null)];
  },
});

export const ResourceGather = defineTfOp({
  name: 'ResourceGather',
  summary: 'Rows of a variable',
  operands: ['resource', 'indices'],
  attributes: {
    batch_dims: attr.int(0),
    dtype: attr.dtype(),
    Tindices: attr.dtype(),
  },
  infer: (op) => {
    const { dtype, batch_dims } = op.attributes;
    const { type } = op.operand(0);
    const params = type.kind === 'resource' ? (type.value?.shape ?? null) : null;
    const indices = shapeOf(op.operand(1));
    if (params === null || indices === null) return [typeOf(dtype, null)];
    const batch = batch_dims < 0 ? batch_dims + (rankOf(op.operand(1)) ?? 0) : batch_dims;
    return [typeOf(dtype, [...params.slice(0, batch), ...indices.slice(batch), ...params.slice(batch + 1)])];
  },
});

export const VariableV2 = defineTfOp({
  name: 'VariableV2',
  summary: 'A variable of TensorFlow 1: its own value',
  operands: [],
  results: ['ref'],
  attributes: {
    dtype: attr.dtype(),
    shape: attr.shape(),
    shared_name: attr.string(''),
    container: attr.string(''),
    variable: attr.string(''),
  },
  infer: ({ attributes: { dtype, shape } }) => [typeOf(dtype, shape)],
});
