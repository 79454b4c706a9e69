import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { cast as castTensor } from '#tensor/kernels/cast.js';
import { topK, unique } from '#tensor/kernels/order.js';
import { integers } from '#tensor/kernels/sequence.js';
import { type Dim, formatShape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { elementTypeName } from '#tflite/ops/element-type.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { permute } from './support/lower-shape.js';
import {
  constantInteger,
  constantIntegers,
  normalAxis,
  type OpView,
  rankOf,
  shapeOf,
  typeOf,
} from './support/types.js';

/** The types of a top-k: values and indices. */
function topTypes(op: OpView, k: Dim, dtype: DType): readonly Type[] {
  const shape = shapeOf(op.operand(0));
  const along = shape?.at(-1);
  if (shape?.length === 0) throw new InferenceError('a scalar has no largest elements');
  if (typeof along === 'number' && k !== null && k > along) {
    throw new InferenceError(`${k} elements are wanted of ${formatShape(shape)}`);
  }
  const top = shape && [...shape.slice(0, -1), k];
  return [typeOf(op.attributes['T'] as DType, top), tensorType(dtype, top)];
}

function lowerTop(op: OpView, build: LoweringBuilder, k: Value): Lowered {
  const input = op.operand(0);
  const { dtype } = tensorTypeOf(input);
  const carried = computeType(dtype, tfl.TopkV2.kernels);
  if (carried === undefined) return unsupportedType(dtype, tfl.TopkV2.kernels);
  const { dtype: indices, shape } = tensorTypeOf(op.result(1));
  const constant = build.constantOf(k);
  const counted = tensorTypeOf(k).dtype === 'int16' ? k : cast(build, k, 'int32');
  const count = constant ? build.constant(castTensor(constant, 'int32') as Tensor) : counted;
  const types = [tensorType(carried, shape), tensorType(indices === 'int16' ? 'int16' : 'int32', shape)];
  const top = build.op(tfl.TopkV2, [cast(build, input, carried), count], {}, types);
  return [cast(build, top.result(0), dtype), cast(build, top.result(1), indices)];
}

export const TopKV2 = defineTfOp({
  name: 'TopKV2',
  summary: 'The k largest elements along the last dimension, and their indices',
  operands: ['input', 'k'],
  results: ['values', 'indices'],
  attributes: { sorted: attr.bool(true), T: attr.dtype(), Tk: attr.dtype('int32'), index_type: attr.dtype('int32') },
  infer: (op) => topTypes(op, constantInteger(op.operand(1)) ?? null, op.attributes.index_type as DType),
  fold: (op, [input]) => {
    const k = constantInteger(op.operand(1));
    const top = input && k !== undefined ? topK(input, k) : undefined;
    const indices = top && castTensor(top.indices, op.attributes.index_type as DType);
    return top && indices && [top.values, indices];
  },
  lower: (op, build) => lowerTop(op, build, op.operand(1)),
});

export const TopK = defineTfOp({
  name: 'TopK',
  summary: 'The k largest elements along the last dimension, and their indices',
  operands: ['input'],
  results: ['values', 'indices'],
  attributes: { k: attr.int(), sorted: attr.bool(true), T: attr.dtype() },
  infer: (op) => topTypes(op, op.attributes.k, 'int32'),
  fold: (op, [input]) => {
    const top = input && topK(input, op.attributes.k);
    return top && [top.values, top.indices];
  },
  lower: (op, build) => lowerTop(op, build, build.int(op.attributes.k)),
});

export const ApproxTopK = defineTfOp({
  name: 'ApproxTopK',
  summary: 'The k largest or smallest elements along a dimension, here all of them exactly, and their indices',
  operands: ['input'],
  results: ['values', 'indices'],
  attributes: {
    k: attr.int(),
    reduction_dimension: attr.int(-1),
    is_max_k: attr.bool(true),
    aggregate_to_topk: attr.bool(true),
    T: attr.dtype(),
  },
  infer: (op) => {
    const { k, reduction_dimension, aggregate_to_topk } = op.attributes;
    const shape = shapeOf(op.operand(0));
    const count = aggregate_to_topk ? k : null;
    const axis = shape ? normalAxis(reduction_dimension, shape.length) : 0;
    const top = shape?.with(axis, count) ?? null;
    return [typeOf(op.attributes.T, top), tensorType('int32', top)];
  },
  lower: (op, build) => {
    const { k, reduction_dimension, is_max_k, aggregate_to_topk } = op.attributes;
    const input = op.operand(0);
    const { dtype, shape } = tensorTypeOf(input);
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'bfloat16') return unsupportedType(dtype, ['float32']);
    if (shape === null || !aggregate_to_topk) {
      return unsupported(
        shape === null ? 'the rank of its operand is not known' : 'it gives more elements than asked for',
        'Use `tf.math.top_k`.',
      );
    }
    const last = shape.length - 1;
    const axis = normalAxis(reduction_dimension, shape.length);
    const swap = Array.from({ length: shape.length }, (_, i) => (i === axis ? last : i === last ? axis : i));
    const sign = (value: Value): Value => (is_max_k ? value : build.value(tfl.Neg, [value]));
    const moved = permute(build, sign(cast(build, input, 'float32')), swap);
    const top = build.op(tfl.TopkV2, [moved, build.int(k)]);
    const values = permute(build, sign(top.result(0)), swap);
    return [cast(build, values, dtype), permute(build, top.result(1), swap)];
  },
});

function foldUnique(tensor: Tensor | undefined, dtype: DType): readonly Tensor[] | undefined {
  const found = tensor?.rank === 1 ? unique(tensor) : undefined;
  return found && [found.values, integers(dtype, found.indices)];
}

function lowerUnique(op: OpView, build: LoweringBuilder): Lowered {
  const input = op.operand(0);
  const { dtype } = tensorTypeOf(input);
  const carried = computeType(dtype, tfl.Unique.kernels);
  if (carried === undefined) return unsupportedType(dtype, tfl.Unique.kernels);
  const places = tensorTypeOf(op.result(1)).dtype;
  const made = build.op(tfl.Unique, [cast(build, input, carried)], { idx_out_type: elementTypeName(places) });
  return [cast(build, made.result(0), dtype), made.result(1)];
}

export const Unique = defineTfOp({
  name: 'Unique',
  summary: 'The distinct elements of a vector, and for each element its place among them',
  operands: ['x'],
  results: ['y', 'idx'],
  attributes: { T: attr.dtype(), out_idx: attr.dtype('int32') },
  infer: (op) => [typeOf(op.attributes.T, [null]), typeOf(op.attributes.out_idx, shapeOf(op.operand(0)))],
  fold: (op, [x]) => foldUnique(x, op.attributes.out_idx as DType),
  lower: (op, build) => lowerUnique(op, build),
});

export const UniqueV2 = defineTfOp({
  name: 'UniqueV2',
  summary: 'The distinct slices along an axis, and for each slice its place among them',
  operands: ['x', 'axis'],
  results: ['y', 'idx'],
  attributes: { T: attr.dtype(), Taxis: attr.dtype('int64'), out_idx: attr.dtype('int32') },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    if (shape?.length === 1) return [typeOf(op.attributes.T, [null]), typeOf(op.attributes.out_idx, shape)];
    return [typeOf(op.attributes.T, null), typeOf(op.attributes.out_idx, [null])];
  },
  fold: (op, [x]) => (constantIntegers(op.operand(1)) ? foldUnique(x, op.attributes.out_idx as DType) : undefined),
  lower: (op, build) => {
    if (rankOf(op.operand(0)) !== 1) {
      return unsupported(
        'TFLite finds the distinct elements of vectors only',
        'Give each row a number of its own before `tf.unique`.',
      );
    }
    return lowerUnique(op, build);
  },
});
