import type { Tensor } from '#tensor/tensor.js';
import { type AttributesOf, attr } from './attribute.js';
import type { OpDefinition, Value } from './graph.js';
import { tensorType } from './type.js';

const attributes = { value: attr.tensor() };

/** A constant tensor, shared by both dialects. The tensor is held by reference. */
export const Const: OpDefinition<AttributesOf<typeof attributes>> = {
  name: 'const',
  summary: 'A constant tensor',
  attributes,
  infer: (op) => [tensorType(op.attributes.value.dtype, op.attributes.value.shape)],
};

/** The tensor that `value` is known to be, or undefined. */
export function constantOf(value: Value | undefined): Tensor | undefined {
  const op = value?.producer;
  return op?.is(Const) ? op.attributes.value : undefined;
}
