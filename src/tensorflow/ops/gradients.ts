import { type AttributeSpecs, type AttributesOf, attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { SELU_ALPHA, SELU_SCALE } from './activation.js';
import { channelAxis } from './normalization.js';
import { composedPair, type Formula } from './support/formula.js';
import { computeType, unsupportedType } from './support/lower-elementwise.js';
import { likeFirst } from './support/operands.js';
import { dtypeOf, rankOf, shapeOf } from './support/types.js';

// Gradients of single ops, as models hold them that apply a step of training, or explain themselves.

/** `write` gets the first operand and the second one, which is the incoming gradient. */
function fromResult(name: string, summary: string, write: (y: Value, dy: Value, formula: Formula) => Value) {
  return defineTfOp({
    name,
    summary,
    operands: ['y', 'dy'],
    results: ['z'],
    attributes: { T: attr.dtype() },
    infer: likeFirst,
    lower: composedPair(write),
  });
}

export const SigmoidGrad = fromResult('SigmoidGrad', 'Gradient of the sigmoid', (y, dy, f) =>
  f.mul(dy, f.mul(y, f.sub(f.number(1), y))),
);

export const TanhGrad = fromResult('TanhGrad', 'Gradient of the hyperbolic tangent', (y, dy, f) =>
  f.mul(dy, f.sub(f.number(1), f.mul(y, y))),
);

export const SqrtGrad = fromResult('SqrtGrad', 'Gradient of the square root', (y, dy, f) =>
  f.div(f.mul(dy, f.number(0.5)), y),
);

export const RsqrtGrad = fromResult('RsqrtGrad', 'Gradient of 1 / √x', (y, dy, f) =>
  f.mul(f.mul(f.mul(f.mul(y, y), y), dy), f.number(-0.5)),
);

const inverse = (y: Value, dy: Value, f: Formula): Value => f.apply(tfl.Neg, f.mul(f.mul(y, y), dy));
export const InvGrad = fromResult('InvGrad', 'Gradient of 1 / x', inverse);
export const ReciprocalGrad = fromResult('ReciprocalGrad', 'Gradient of 1 / x', inverse);

/** `write` gets the incoming gradient, and what the activation was computed from, or what it gave. */
function ofActivation<const S extends AttributeSpecs = Record<never, never>>(
  name: string,
  of: 'features' | 'outputs',
  summary: string,
  write: (gradient: Value, x: Value, formula: Formula, attributes: AttributesOf<S>) => Value,
  attributes?: S,
) {
  return defineTfOp({
    name,
    summary,
    operands: ['gradients', of],
    results: ['backprops'],
    ...(attributes ? { attributes } : {}),
    infer: likeFirst,
    lower: (op, build) => composedPair((dy, x, f) => write(dy, x, f, op.attributes as AttributesOf<S>))(op, build),
  });
}

/** The gradient where x is above 0, and `below` elsewhere. */
function wherePositive(dy: Value, x: Value, f: Formula, below: Value): Value {
  return f.select(f.apply(tfl.Greater, x, f.number(0)), dy, below);
}

export const ReluGrad = ofActivation('ReluGrad', 'features', 'Gradient of max(x, 0)', (dy, x, f) =>
  wherePositive(dy, x, f, f.number(0)),
);

export const Relu6Grad = ofActivation('Relu6Grad', 'features', 'Gradient of min(max(x, 0), 6)', (dy, x, f) => {
  const within = f.apply(tfl.LogicalAnd, f.apply(tfl.Greater, x, f.number(0)), f.apply(tfl.Less, x, f.number(6)));
  return f.select(within, dy, f.number(0));
});

export const LeakyReluGrad = ofActivation(
  'LeakyReluGrad',
  'features',
  'Gradient of the leaky rectifier',
  (dy, x, f, { alpha }) => wherePositive(dy, x, f, f.mul(dy, f.number(alpha))),
  { alpha: attr.float(0.2) },
);

export const EluGrad = ofActivation('EluGrad', 'outputs', 'Gradient of the ELU', (dy, y, f) =>
  wherePositive(dy, y, f, f.mul(dy, f.add(y, f.number(1)))),
);

export const SeluGrad = ofActivation('SeluGrad', 'outputs', 'Gradient of the scaled ELU', (dy, y, f) =>
  f.mul(dy, wherePositive(f.number(SELU_SCALE), y, f, f.add(y, f.number(SELU_ALPHA * SELU_SCALE)))),
);

export const SoftplusGrad = ofActivation('SoftplusGrad', 'features', 'Gradient of ln(1 + eˣ)', (dy, x, f) =>
  f.mul(dy, f.apply(tfl.Logistic, x)),
);

export const SoftsignGrad = ofActivation('SoftsignGrad', 'features', 'Gradient of x / (1 + |x|)', (dy, x, f) => {
  const size = f.add(f.apply(tfl.Abs, x), f.number(1));
  return f.div(dy, f.mul(size, size));
});

export const BiasAddGrad = defineTfOp({
  name: 'BiasAddGrad',
  summary: 'The sum over all dimensions but that of the channels',
  operands: ['out_backprop'],
  attributes: { T: attr.dtype(), data_format: attr.string('NHWC') },
  infer: (op): readonly Type[] => {
    const shape = shapeOf(op.operand(0));
    const dtype = dtypeOf(op.operand(0));
    const axis = channelAxis(op.attributes.data_format, shape?.length);
    if (shape && shape.length < 2) throw new InferenceError('it needs a batch and channels');
    return [dtype ? tensorType(dtype, [axis === undefined ? null : (shape?.[axis] ?? null)]) : unknownType];
  },
  lower: (op, build) => {
    const rank = rankOf(op.operand(0));
    const channels = channelAxis(op.attributes.data_format, rank);
    const dtype = dtypeOf(op.operand(0)) ?? 'float32';
    if (computeType(dtype, tfl.Sum.kernels) !== dtype) return unsupportedType(dtype, tfl.Sum.kernels);
    if (rank === undefined) {
      return unsupported('the rank of its operand is not known', 'Give it a known rank with `tf.ensure_shape`.');
    }
    const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== channels);
    return build.value(tfl.Sum, [op.operand(0), build.ints(axes)], { keep_dims: false });
  },
});
