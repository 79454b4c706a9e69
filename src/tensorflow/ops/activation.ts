import { type AttributeSpecs, type AttributesOf, attr } from '#ir/attribute.js';
import type { Op, Value } from '#ir/graph.js';
import { isInteger } from '#tensor/dtype.js';
import { unaryKernels } from '#tensor/kernels/arithmetic.js';
import { erf, erfc } from '#tensor/kernels/error-function.js';
import { mapUnary, type UnaryKernel } from '#tensor/kernels/map.js';
import { larger, smaller } from '#tensor/kernels/numbers.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { unlessFloat32 } from './convolution-layout.js';
import { by, scalar, unary } from './support/elementwise-rows.js';
import { composed } from './support/formula.js';
import { cast, computeType, lowerElementwise, unsupportedType } from './support/lower-elementwise.js';
import { likeFirst } from './support/operands.js';

interface ActivationRow<S extends AttributeSpecs> {
  readonly summary: string;
  readonly attributes?: S;
  /** Computes it on constants. */
  kernel(attributes: AttributesOf<S>): UnaryKernel;
  lower(op: Op, build: LoweringBuilder, attributes: AttributesOf<S>): Lowered;
}

/** A function of one element, as TensorFlow names operand and result of an activation. */
function activation<const S extends AttributeSpecs = Record<never, never>>(name: string, row: ActivationRow<S>) {
  return defineTfOp({
    name,
    summary: row.summary,
    operands: ['features'],
    results: ['activations'],
    ...(row.attributes ? { attributes: row.attributes } : {}),
    infer: likeFirst,
    fold: (op, [features]) => {
      const result = features && features.dtype !== 'int4' && mapUnary(row.kernel(op.attributes), features);
      return result ? [result] : undefined;
    },
    lower: (op, build) => row.lower(op as unknown as Op, build, op.attributes),
  });
}

/** x clamped, in an integer type for which the kernel of the activation is not made. */
function clamp(build: LoweringBuilder, x: Value, lowest: number, highest?: number): Lowered {
  const { dtype } = tensorTypeOf(x);
  const computed = computeType(dtype, ['int32', 'int64']);
  if (computed === undefined) return unsupportedType(dtype, ['int32', 'int64']);
  let value = build.value(tfl.Maximum, [cast(build, x, computed), scalar(build, computed, lowest)]);
  if (highest !== undefined) value = build.value(tfl.Minimum, [value, scalar(build, computed, highest)]);
  return cast(build, value, dtype);
}

/** RELU's own kernel takes small integers for quantized numbers. */
function clampsIntegers(op: Op): boolean {
  return isInteger(tensorTypeOf(op.operand(0)).dtype);
}

export const Relu = activation('Relu', {
  summary: 'max(x, 0)',
  kernel: () => ({ number: (x) => Math.max(x, 0), bigint: (x) => larger(x, 0n) }),
  lower: (op, build) => {
    if (clampsIntegers(op)) return clamp(build, op.operand(0), 0);
    return lowerElementwise(op, build, tfl.Relu, { dtypes: ['float32'] });
  },
});

export const Relu6 = activation('Relu6', {
  summary: 'min(max(x, 0), 6)',
  kernel: () => ({ number: (x) => Math.min(Math.max(x, 0), 6), bigint: (x) => smaller(larger(x, 0n), 6n) }),
  lower: (op, build) => {
    if (clampsIntegers(op)) return clamp(build, op.operand(0), 0, 6);
    return lowerElementwise(op, build, tfl.Relu6, { dtypes: ['float32'] });
  },
});

export const LeakyRelu = activation('LeakyRelu', {
  summary: 'x where positive, alpha × x elsewhere',
  attributes: { alpha: attr.float(0.2) },
  kernel: ({ alpha }) => ({ number: (x) => (x > 0 ? x : x * alpha) }),
  lower: (op, build, { alpha }) => {
    if (alpha === 1) return op.operand(0);
    return unlessFloat32(op) ?? build.value(tfl.LeakyRelu, [op.operand(0)], { alpha });
  },
});

export const Elu = activation('Elu', {
  summary: 'x where positive, eˣ − 1 elsewhere',
  kernel: () => ({ number: (x) => (x < 0 ? Math.expm1(x) : x) }),
  lower: by(tfl.Elu, 'float32'),
});

/** The two numbers that keep mean 0 and variance 1 through layers (Klambauer et al., Self-Normalizing Networks). */
export const SELU_ALPHA = 1.6732632423543772;
export const SELU_SCALE = 1.0507009873554805;

export const Selu = activation('Selu', {
  summary: 'Scaled ELU that keeps mean and variance',
  kernel: () => ({ number: (x) => SELU_SCALE * (x < 0 ? SELU_ALPHA * Math.expm1(x) : x) }),
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    // ELU is below 0 just where x is, and there the slope of the leaky one puts alpha in.
    const scaled = build.value(tfl.Mul, [build.value(tfl.Elu, [op.operand(0)]), scalar(build, 'float32', SELU_SCALE)]);
    return build.value(tfl.LeakyRelu, [scaled], { alpha: SELU_ALPHA });
  },
});

export const Softplus = activation('Softplus', {
  summary: 'ln(1 + eˣ)',
  kernel: () => ({ number: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) }),
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    // Beyond 30 it is x in float32; below, the exponential cannot overflow.
    const x = op.operand(0);
    const low = build.value(tfl.Minimum, [x, scalar(build, 'float32', 30)]);
    const sum = build.value(tfl.Add, [build.value(tfl.Exp, [low]), scalar(build, 'float32', 1)]);
    return build.value(tfl.Maximum, [build.value(tfl.Log, [sum]), x]);
  },
});

export const Softsign = activation('Softsign', {
  summary: 'x / (1 + |x|)',
  kernel: () => ({ number: (x) => x / (1 + Math.abs(x)) }),
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const x = op.operand(0);
    const size = build.value(tfl.Add, [build.value(tfl.Abs, [x]), scalar(build, 'float32', 1)]);
    return build.value(tfl.Div, [x, size]);
  },
});

export const Sigmoid = unary('Sigmoid', {
  summary: '1 / (1 + e⁻ˣ)',
  kernel: unaryKernels.Sigmoid,
  lower: by(tfl.Logistic, 'float32'),
});

export const Tanh = unary('Tanh', {
  summary: 'Hyperbolic tangent',
  kernel: unaryKernels.Tanh,
  lower: by(tfl.Tanh, 'float32'),
});

/**
 * p of erf(x) ≈ tanh(x × p(x²)), lowest power first: a weighted minimax fit to artanh(erf(x)) / x. In float32 the
 * result is within 2.5e-7 of erf, relatively, for every x; the last coefficient is positive, so the ends are ±1.
 */
const ERF_COEFFICIENTS = [
  1.1283792742069798, 0.1027690559596867, -0.00019182939430770817, -0.0006197875850191859, 0.00008763916870261776,
  -0.000005668920760403515, 1.4188793810058365e-7,
];

export const Erf = unary('Erf', {
  summary: 'Error function',
  kernel: { number: erf },
  lower: composed((x, f) => f.apply(tfl.Tanh, f.mul(x, f.polynomial(f.mul(x, x), ERF_COEFFICIENTS)))),
});

/**
 * p of erfc(x) = t × exp(p(t) − x²), t = 1 / (1 + x/2), for x ≥ 0, lowest power first: a Chebyshev fit by W. H. Press,
 * Numerical Recipes, with a relative error below 1.2e-7 also where erfc is tiny.
 */
const ERFC_COEFFICIENTS = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

export const Erfc = unary('Erfc', {
  summary: 'Complementary error function',
  kernel: { number: erfc },
  lower: composed((x, f) => {
    const size = f.apply(tfl.Abs, x);
    const t = f.div(f.number(1), f.add(f.mul(size, f.number(0.5)), f.number(1)));
    const power = f.sub(f.polynomial(t, ERFC_COEFFICIENTS), f.mul(x, x));
    const above = f.mul(t, f.apply(tfl.Exp, power));
    return f.select(f.apply(tfl.Less, x, f.number(0)), f.sub(f.number(2), above), above);
  }),
});
