import type { Value } from '#ir/graph.js';
import { unaryKernels } from '#tensor/kernels/arithmetic.js';
import * as tfl from '#tflite/ops/index.js';
import { unary } from './support/elementwise-rows.js';
import { composed, type Formula } from './support/formula.js';

// Written with the functions that TFLite has, in forms that do not cancel: errors stay within a few units of float32.

export const Tan = unary('Tan', {
  summary: 'Tangent',
  kernel: unaryKernels.Tan,
  lower: composed((x, f) => f.div(f.apply(tfl.Sin, x), f.apply(tfl.Cos, x))),
});

export const Asin = unary('Asin', {
  summary: 'Inverse sine',
  kernel: unaryKernels.Asin,
  lower: composed((x, f) => f.apply(tfl.Atan2, x, cathetus(x, f))),
});

export const Acos = unary('Acos', {
  summary: 'Inverse cosine',
  kernel: unaryKernels.Acos,
  lower: composed((x, f) => f.apply(tfl.Atan2, cathetus(x, f), x)),
});

export const Atan = unary('Atan', {
  summary: 'Inverse tangent',
  kernel: unaryKernels.Atan,
  lower: composed((x, f) => f.apply(tfl.Atan2, x, f.add(f.apply(tfl.ZerosLike, x), f.number(1)))),
});

export const Cosh = unary('Cosh', { summary: 'Hyperbolic cosine', kernel: unaryKernels.Cosh, lower: composed(cosh) });

export const Sinh = unary('Sinh', {
  summary: 'Hyperbolic sine',
  kernel: unaryKernels.Sinh,
  lower: composed((x, f) => f.mul(f.apply(tfl.Tanh, x), cosh(x, f))),
});

export const Asinh = unary('Asinh', {
  summary: 'Inverse hyperbolic sine',
  kernel: unaryKernels.Asinh,
  lower: composed((x, f) => {
    const size = f.apply(tfl.Abs, x);
    const hypotenuse = f.apply(tfl.Sqrt, f.add(f.mul(x, x), f.number(1)));
    return f.mul(f.apply(tfl.Sign, x), f.apply(tfl.Log, f.add(size, hypotenuse)));
  }),
});

export const Acosh = unary('Acosh', {
  summary: 'Inverse hyperbolic cosine',
  kernel: unaryKernels.Acosh,
  lower: composed((x, f) => {
    const below = f.apply(tfl.Sqrt, f.sub(x, f.number(1)));
    const above = f.apply(tfl.Sqrt, f.add(x, f.number(1)));
    return f.apply(tfl.Log, f.add(x, f.mul(below, above)));
  }),
});

export const Atanh = unary('Atanh', {
  summary: 'Inverse hyperbolic tangent',
  kernel: unaryKernels.Atanh,
  lower: composed((x, f) => {
    const ratio = f.div(f.add(f.number(1), x), f.sub(f.number(1), x));
    return f.mul(f.apply(tfl.Log, ratio), f.number(0.5));
  }),
});

/** √(1 − x²), without the rounding of x². */
function cathetus(x: Value, f: Formula): Value {
  return f.apply(tfl.Sqrt, f.mul(f.sub(f.number(1), x), f.add(f.number(1), x)));
}

function cosh(x: Value, f: Formula): Value {
  const sum = f.add(f.apply(tfl.Exp, x), f.apply(tfl.Exp, f.apply(tfl.Neg, x)));
  return f.mul(sum, f.number(0.5));
}
