import { attr } from '#ir/attribute.js';
import { InferenceError, type OpDefinition } from '#ir/graph.js';
import type { OpRegistry } from '#ir/parse.js';
import { type TensorType, tensorType } from '#ir/type.js';
import { refineShape } from '#tensor/shape.js';

function tensorOperand(op: { operand(index: number): { type: unknown } }, index: number): TensorType {
  return op.operand(index).type as TensorType;
}

/** Elementwise: both operands have one shape. */
export const Add: OpDefinition = {
  name: 'toy.add',
  attributes: { activation: attr.string('NONE') },
  infer: (op) => {
    const a = tensorOperand(op, 0);
    const b = tensorOperand(op, 1);
    const shape = refineShape(a.shape, b.shape);
    if (shape === undefined) throw new InferenceError('the shapes of the operands differ');
    return [tensorType(a.dtype, shape)];
  },
};

export const Neg: OpDefinition = {
  name: 'toy.neg',
  attributes: {},
  infer: (op) => [tensorOperand(op, 0)],
};

/** Halves along an axis, which is required. */
export const Split: OpDefinition = {
  name: 'toy.split',
  attributes: { axis: attr.int() },
  infer: (op) => {
    const { dtype, shape } = tensorOperand(op, 0);
    const axis = op.attributes['axis'] as number;
    const half = shape?.map((dim, i) => (i === axis && dim !== null ? dim / 2 : dim)) ?? null;
    return [tensorType(dtype, half), tensorType(dtype, half)];
  },
};

/** Gives whatever types the text says. */
export const Opaque: OpDefinition = { name: 'toy.opaque', attributes: { any: attr.any(null) } };

export const Print: OpDefinition = { name: 'toy.print', attributes: {}, sideEffects: true, infer: () => [] };

export const Loop: OpDefinition = { name: 'toy.loop', attributes: {} };

/** The last result is checked by `verify`. */
export const Picky: OpDefinition = {
  name: 'toy.picky',
  attributes: { size: attr.int(1) },
  infer: (op) => [tensorOperand(op, 0)],
  verify: (op) => (op.attributes['size'] === 1 ? undefined : 'size must be 1'),
};

const all = new Map([Add, Neg, Split, Opaque, Print, Loop, Picky].map((definition) => [definition.name, definition]));

export const toyOps: OpRegistry = (name) => all.get(name);
