import type { Value } from '#ir/graph.js';
import * as tfl from '#tflite/ops/index.js';
import { unary } from './support/elementwise-rows.js';
import { composed, type Formula } from './support/formula.js';

// Special functions by the arithmetic that TFLite has, as exact as float32 allows.

/** Lanczos' approximation of the gamma function with g = 7 and nine coefficients (P. Godfrey). */
const LANCZOS_G = 7;
const LANCZOS_BASE = 0.9999999999998099;
const LANCZOS_COEFFICIENTS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.98436957801957e-6, 1.505632735149311e-7,
];

interface Lanczos {
  /** The argument less 1, at which the series is taken: always −½ or more. */
  readonly z: Value;
  /** z + 7.5, and its logarithm. */
  readonly t: Value;
  readonly logarithm: Value;
  /** The series and its derivative. */
  readonly sum: Value;
  readonly slope: Value;
  /** Whether the argument is below ½, where z belongs to its mirror image 1 − x. */
  readonly mirrored: Value;
}

/** The parts that Γ and its derivatives are put together from. */
function lanczos(x: Value, f: Formula, withSlope: boolean): Lanczos {
  const mirrored = f.apply(tfl.Less, x, f.number(0.5));
  const z = f.select(mirrored, f.apply(tfl.Neg, x), f.sub(x, f.number(1)));
  let sum = f.number(LANCZOS_BASE);
  let slope = f.number(0);
  for (const [i, coefficient] of LANCZOS_COEFFICIENTS.entries()) {
    const place = f.add(z, f.number(i + 1));
    const term = f.div(f.number(coefficient), place);
    sum = f.add(sum, term);
    if (withSlope) slope = f.sub(slope, f.div(term, place));
  }
  const t = f.add(z, f.number(LANCZOS_G + 0.5));
  return { z, t, logarithm: f.apply(tfl.Log, t), sum, slope, mirrored };
}

/** The part of |x| behind the point, or what is missing to the next integer: sin(π·it) is |sin(π·x)|. */
function toNearestInteger(x: Value, f: Formula): Value {
  const size = f.apply(tfl.Abs, x);
  const rest = f.sub(size, f.apply(tfl.Floor, size));
  return f.apply(tfl.Minimum, rest, f.sub(f.number(1), rest));
}

export const Lgamma = unary('Lgamma', {
  summary: 'Logarithm of the absolute value of the gamma function',
  lower: composed((x, f) => {
    const { z, t, logarithm, sum, mirrored } = lanczos(x, f, false);
    // (z + ½) ln t − t, as one product: its two halves are large and nearly equal.
    const product = f.mul(f.sub(f.add(z, f.number(0.5)), f.div(t, logarithm)), logarithm);
    const right = f.add(f.add(product, f.number(Math.log(2 * Math.PI) / 2)), f.apply(tfl.Log, sum));
    const sine = f.apply(tfl.Sin, f.mul(toNearestInteger(x, f), f.number(Math.PI)));
    const left = f.sub(f.sub(f.number(Math.log(Math.PI)), f.apply(tfl.Log, sine)), right);
    const value = f.select(mirrored, left, right);
    const infinite = f.apply(tfl.Equal, f.apply(tfl.Abs, x), f.number(Number.POSITIVE_INFINITY));
    return f.select(infinite, f.number(Number.POSITIVE_INFINITY), value);
  }),
});

export const Digamma = unary('Digamma', {
  summary: 'Derivative of the logarithm of the gamma function',
  lower: composed((x, f) => {
    const { t, logarithm, sum, slope, mirrored } = lanczos(x, f, true);
    const right = f.sub(f.add(logarithm, f.div(slope, sum)), f.div(f.number(LANCZOS_G), t));
    // Near an integer, the tangent of π·x is small: it is taken of the signed distance to it.
    const distance = f.mul(f.sub(x, f.apply(tfl.Round, x)), f.number(Math.PI));
    const cotangent = f.div(f.apply(tfl.Cos, distance), f.apply(tfl.Sin, distance));
    return f.select(mirrored, f.sub(right, f.mul(cotangent, f.number(Math.PI))), right);
  }),
});

/** Coefficients of M. Giles' approximation of the inverse error function, for w < 5 and beyond, lowest power first. */
const INVERSE_NEAR = [
  1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6, 3.43273939e-7,
  2.81022636e-8,
];
const INVERSE_FAR = [
  2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322, 0.000100950558,
  -0.000200214257,
];

/** The inverse error function of x, given −ln(1 − x²). */
function inverseErrorFunction(x: Value, w: Value, f: Formula): Value {
  const near = f.polynomial(f.sub(w, f.number(2.5)), INVERSE_NEAR);
  const far = f.polynomial(f.sub(f.apply(tfl.Sqrt, w), f.number(3)), INVERSE_FAR);
  const factor = f.select(f.apply(tfl.Less, w, f.number(5)), near, far);
  const infinite = f.apply(tfl.Equal, w, f.number(Number.POSITIVE_INFINITY));
  return f.mul(x, f.select(infinite, f.number(Number.POSITIVE_INFINITY), factor));
}

export const Erfinv = unary('Erfinv', {
  summary: 'Inverse error function',
  // As TensorFlow does it, by the quantile of (x + 1) / 2, whose rounding shows near ±1.
  lower: composed((x, f) => {
    const p = f.mul(f.add(x, f.number(1)), f.number(0.5));
    return f.mul(normalQuantile(p, f), f.number(Math.SQRT1_2));
  }),
});

/** The quantile of the normal distribution; 1 − x² is 4p (1 − p), which keeps its precision in the tails. */
export function normalQuantile(p: Value, f: Formula): Value {
  const rest = f.mul(f.mul(p, f.number(4)), f.sub(f.number(1), p));
  const x = f.sub(f.mul(p, f.number(2)), f.number(1));
  const w = f.apply(tfl.Neg, f.apply(tfl.Log, rest));
  return f.mul(inverseErrorFunction(x, w, f), f.number(Math.SQRT2));
}

export const Ndtri = unary('Ndtri', {
  summary: 'Quantile function of the normal distribution',
  lower: composed(normalQuantile),
});
