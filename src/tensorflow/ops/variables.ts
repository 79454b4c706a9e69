import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp } from '../define-op.js';
import type { LoweringBuilder } from '../lowering-builder.js';
import { int32 } from './support/lower-moved.js';
import { type OpView, rankOf, shapeOf, typeOf } from './support/types.js';

// Variables that are only read become constants; those that are left are written at run time.

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
  lower: (op, build) => {
    const { variable, shared_name } = op.attributes;
    return build.value(tfl.VarHandle, [], { shared_name: variable || shared_name }, [op.result().type]);
  },
});

/** The value that the variable has now. */
function readNow(op: OpView, build: LoweringBuilder, type: Type): Value {
  return build.value(tfl.ReadVariable, [op.operand(0)], {}, [type]);
}

export const ReadVariableOp = defineTfOp({
  name: 'ReadVariableOp',
  summary: 'The value of a variable',
  operands: ['resource'],
  results: ['value'],
  readsState: true,
  attributes: { dtype: attr.dtype() },
  infer: (op) => {
    const { type } = op.operand(0);
    return [(type.kind === 'resource' && type.value) || typeOf(op.attributes.dtype, null)];
  },
  lower: (op, build) => readNow(op, build, op.result().type),
});

function assignment(name: string, summary: string, change?: TflOpDefinition) {
  return defineTfOp({
    name,
    summary,
    operands: ['resource', 'value'],
    results: [],
    sideEffects: true,
    attributes: { dtype: attr.dtype() },
    infer: () => [],
    lower: (op, build) => {
      const [handle, value] = op.operands as [Value, Value];
      const { type } = handle;
      const stored = (type.kind === 'resource' && type.value) || value.type;
      const next = change ? build.value(change, [readNow(op, build, stored), value]) : value;
      build.op(tfl.AssignVariable, [handle, next]);
      return [];
    },
  });
}

export const AssignVariableOp = assignment('AssignVariableOp', 'Gives a variable a value');
export const AssignAddVariableOp = assignment('AssignAddVariableOp', 'Adds to a variable', tfl.Add as never);
export const AssignSubVariableOp = assignment('AssignSubVariableOp', 'Subtracts from a variable', tfl.Sub as never);

export const VarIsInitializedOp = defineTfOp({
  name: 'VarIsInitializedOp',
  summary: 'Whether a variable has a value: those of a SavedModel do',
  operands: ['resource'],
  results: ['is_initialized'],
  infer: () => [tensorType('bool', [])],
  fold: () => [Tensor.from('bool', [], Uint8Array.of(1))],
});

export const ResourceGather = defineTfOp({
  name: 'ResourceGather',
  summary: 'Rows of a variable',
  operands: ['resource', 'indices'],
  readsState: true,
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
  lower: (op, build) => {
    const { type } = op.operand(0);
    const { batch_dims, dtype } = op.attributes;
    const table = readNow(op, build, (type.kind === 'resource' && type.value) || typeOf(dtype, null));
    const rank = rankOf(op.operand(1)) ?? 0;
    const batch = batch_dims < 0 ? batch_dims + rank : batch_dims;
    return build.value(tfl.Gather, [table, int32(build, op.operand(1))], { axis: batch, batch_dims: batch });
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
