import type { TfDType } from '#ir/attribute.js';
import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { Shape } from '#tensor/shape.js';
import { defineTfOp } from '../define-op.js';
import { knownShape } from './support/known-integers.js';
import { type OpView, rankOf, shapeOf, typeOf } from './support/types.js';

// Lists are lowered to tensors by the pass lower-tensor-lists; what is left of them has no equivalent.

const list: Type = { kind: 'variant' };
const dtype = { element_dtype: attr.dtype() };

/** The shape of an element as an operand tells it, in which −1 is an unknown size, or as a scalar an unknown rank. */
export function elementShape(value: Value | undefined): Shape {
  return rankOf(value) === 1 ? knownShape(value) : null;
}

/** The type of one element whose shape operand `index` tells. */
function element(op: OpView, index: number, ...leading: readonly (number | null)[]): Type {
  const shape = elementShape(op.operands[index]);
  return typeOf(op.attributes['element_dtype'] as TfDType, shape === null ? null : [...leading, ...shape]);
}

export const EmptyTensorList = defineTfOp({
  name: 'EmptyTensorList',
  summary: 'A list without elements',
  operands: ['element_shape', 'max_num_elements'],
  results: ['handle'],
  attributes: dtype,
  infer: () => [list],
});

export const TensorListReserve = defineTfOp({
  name: 'TensorListReserve',
  summary: 'A list of so many elements, which count as zeros until they are set',
  operands: ['element_shape', 'num_elements'],
  results: ['handle'],
  attributes: dtype,
  infer: () => [list],
});

export const TensorListFromTensor = defineTfOp({
  name: 'TensorListFromTensor',
  summary: 'The slices of a tensor along the first dimension',
  operands: ['tensor', 'element_shape'],
  results: ['output_handle'],
  attributes: dtype,
  infer: () => [list],
});

export const TensorListSplit = defineTfOp({
  name: 'TensorListSplit',
  summary: 'Parts of stated lengths along the first dimension',
  operands: ['tensor', 'element_shape', 'lengths'],
  results: ['output_handle'],
  attributes: dtype,
  infer: () => [list],
});

export const TensorListSetItem = defineTfOp({
  name: 'TensorListSetItem',
  summary: 'The list with one element replaced',
  operands: ['input_handle', 'index', 'item'],
  results: ['output_handle'],
  attributes: { ...dtype, resize_if_index_out_of_bounds: attr.bool(false) },
  infer: () => [list],
});

export const TensorListGetItem = defineTfOp({
  name: 'TensorListGetItem',
  summary: 'One element of a list',
  operands: ['input_handle', 'index', 'element_shape'],
  results: ['item'],
  attributes: dtype,
  infer: (op) => [element(op, 2)],
});

export const TensorListStack = defineTfOp({
  name: 'TensorListStack',
  summary: 'All elements of a list as one tensor',
  operands: ['input_handle', 'element_shape'],
  results: ['tensor'],
  attributes: { ...dtype, num_elements: attr.int(-1) },
  infer: (op) => [element(op, 1, op.attributes.num_elements < 0 ? null : op.attributes.num_elements)],
});

export const TensorListLength = defineTfOp({
  name: 'TensorListLength',
  summary: 'The number of elements',
  operands: ['input_handle'],
  results: ['length'],
  infer: () => [tensorType('int32', [])],
});

export const TensorListElementShape = defineTfOp({
  name: 'TensorListElementShape',
  summary: 'The shape that all elements have',
  operands: ['input_handle'],
  results: ['element_shape'],
  attributes: { shape_type: attr.dtype() },
  infer: (op) => [typeOf(op.attributes.shape_type, [null])],
});

export const TensorListPushBack = defineTfOp({
  name: 'TensorListPushBack',
  summary: 'The list with one more element',
  operands: ['input_handle', 'tensor'],
  results: ['output_handle'],
  attributes: dtype,
  infer: () => [list],
});

export const TensorListPopBack = defineTfOp({
  name: 'TensorListPopBack',
  summary: 'The list without its last element, and that element',
  operands: ['input_handle', 'element_shape'],
  results: ['output_handle', 'tensor'],
  attributes: dtype,
  infer: (op) => [list, element(op, 1)],
});

export const TensorListResize = defineTfOp({
  name: 'TensorListResize',
  summary: 'The list with its end cut off, or zeros behind it',
  operands: ['input_handle', 'size'],
  results: ['output_handle'],
  infer: () => [list],
});

export const TensorListGather = defineTfOp({
  name: 'TensorListGather',
  summary: 'Elements at the given places as one tensor',
  operands: ['input_handle', 'indices', 'element_shape'],
  results: ['values'],
  attributes: dtype,
  infer: (op) => [element(op, 2, shapeOf(op.operand(1))?.[0] ?? null)],
});

function scatter(name: string, operands: readonly string[]) {
  return defineTfOp({
    name,
    summary: 'A list of slices put at the given places',
    operands,
    results: ['output_handle'],
    attributes: dtype,
    infer: () => [list],
  });
}

export const TensorListScatter = scatter('TensorListScatter', ['tensor', 'indices', 'element_shape']);
export const TensorListScatterV2 = scatter('TensorListScatterV2', [
  'tensor',
  'indices',
  'element_shape',
  'num_elements',
]);
export const TensorListScatterIntoExistingList = scatter('TensorListScatterIntoExistingList', [
  'input_handle',
  'tensor',
  'indices',
]);

export const TensorListConcatLists = defineTfOp({
  name: 'TensorListConcatLists',
  summary: 'One list behind the other',
  operands: ['input_a', 'input_b'],
  attributes: dtype,
  infer: () => [list],
});

/** Elements one behind the other along the first dimension that they have. */
function joinedElements(op: OpView): readonly Type[] {
  const shape = elementShape(op.operands[1]);
  const type = typeOf(op.attributes['element_dtype'] as TfDType, shape === null ? null : [null, ...shape.slice(1)]);
  return [type, tensorType('int64', [null])];
}

export const TensorListConcat = defineTfOp({
  name: 'TensorListConcat',
  summary: 'All elements joined along their first dimension, and their lengths',
  operands: ['input_handle'],
  results: ['tensor', 'lengths'],
  attributes: dtype,
  infer: joinedElements,
});

export const TensorListConcatV2 = defineTfOp({
  name: 'TensorListConcatV2',
  summary: 'All elements joined along their first dimension, and their lengths',
  operands: ['input_handle', 'element_shape', 'leading_dims'],
  results: ['tensor', 'lengths'],
  attributes: dtype,
  infer: joinedElements,
});
