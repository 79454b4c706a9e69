import { attr, type TfDType } from '#ir/attribute.js';
import { InferenceError, type Op, type Value } from '#ir/graph.js';
import { type Type, unknownType } from '#ir/type.js';
import { formatShape, refineShape } from '#tensor/shape.js';
import { defineTfOp } from '../define-op.js';
import { type OpView, shapeOf, typeOf } from './support/types.js';

const T = { T: attr.dtype() };

function like(op: Op<{ readonly T: TfDType }>): readonly Type[] {
  const { type } = op.operand(0);
  return [type.kind === 'unknown' ? typeOf(op.attributes.T, null) : type];
}

function operand(op: OpView): readonly Value[] {
  return [op.operand(0)];
}

/** An op that passes its operand on and means something only to training or debugging. */
function passing(name: string, summary: string, operands: readonly string[] = ['input']) {
  return defineTfOp({ name, summary, operands, attributes: T, infer: like, fold: operand, lower: operand });
}

export const Identity = passing('Identity', 'The operand itself');
export const StopGradient = passing('StopGradient', 'The operand; stops back-propagation');
export const PreventGradient = passing('PreventGradient', 'The operand; forbids back-propagation');
export const Snapshot = passing('Snapshot', 'The operand; a copy for TensorFlow');
export const CheckNumerics = passing('CheckNumerics', 'The operand; TensorFlow checks that it is finite', ['tensor']);
export const GuaranteeConst = passing('GuaranteeConst', 'The operand; promises that it never changes');
export const DebugIdentity = passing('DebugIdentity', 'The operand; TensorFlow logs it');
export const Print = passing('Print', 'The operand; TensorFlow prints it', ['input', 'data*']);

export const IdentityN = defineTfOp({
  name: 'IdentityN',
  summary: 'The operands themselves',
  operands: ['input*'],
  attributes: { T: attr.dtypes() },
  infer: (op) => op.operands.map((value) => value?.type ?? unknownType),
  fold: (op) => op.operands as readonly Value[],
  lower: (op) => op.operands as readonly Value[],
});

export const PlaceholderWithDefault = defineTfOp({
  name: 'PlaceholderWithDefault',
  summary: 'The operand, a default that nothing else is fed for',
  operands: ['input'],
  attributes: { dtype: attr.dtype(), shape: attr.shape() },
  infer: (op) => {
    const { type } = op.operand(0);
    return [type.kind === 'unknown' ? typeOf(op.attributes.dtype, op.attributes.shape) : type];
  },
  fold: operand,
  lower: operand,
});

export const EnsureShape = defineTfOp({
  name: 'EnsureShape',
  summary: 'The operand, whose shape is asserted',
  operands: ['input'],
  attributes: { shape: attr.shape(), T: attr.dtype() },
  infer: (op) => {
    const shape = refineShape(shapeOf(op.operand(0)), op.attributes.shape);
    if (shape === undefined) {
      const actual = formatShape(shapeOf(op.operand(0)));
      throw new InferenceError(`the shape ${actual} is asserted to be ${formatShape(op.attributes.shape)}`);
    }
    return [typeOf(op.attributes.T, shape)];
  },
  // Folded only where it adds nothing: what it asserts is of use until the lowering.
  fold: (op) => {
    const own = shapeOf(op.operand(0));
    return own?.every((dim, i) => dim !== null || !op.attributes.shape?.[i]) ? operand(op) : undefined;
  },
  lower: operand,
});
