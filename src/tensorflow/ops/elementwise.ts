import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { InferenceError } from '#ir/graph.js';
import { binaryKernels, unaryKernels } from '#tensor/kernels/arithmetic.js';
import { mapBinary } from '#tensor/kernels/map.js';
import { refineShape, sameShape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { exponential, onComplexPairs } from './support/complex-pairs.js';
import { binary, by, isIntegerType, scalar, unary } from './support/elementwise-rows.js';
import { allKnown } from './support/folding.js';
import { composed } from './support/formula.js';
import { broadcast, cast, elementwise, lowerElementwise, unsupportedType } from './support/lower-elementwise.js';
import { shapeOf, typeOf } from './support/types.js';

// --- one operand ------------------------------------------------------------------------------------------------------

export const Abs = unary('Abs', {
  summary: 'Absolute value',
  kernel: unaryKernels.Abs,
  lower: (op, build) => {
    const x = op.operand(0);
    if (tensorTypeOf(x).dtype !== 'int64')
      return lowerElementwise(op, build, tfl.Abs, { dtypes: ['float32', 'int32', 'int16'] });
    return build.value(tfl.Maximum, [x, build.value(tfl.Neg, [x])]);
  },
});

export const Neg = unary('Neg', {
  summary: '−x',
  kernel: unaryKernels.Neg,
  lower: onComplexPairs(tfl.Neg, by(tfl.Neg, 'float32', 'int32', 'int64')),
});

export const Sign = unary('Sign', {
  summary: '−1, 0 or 1',
  kernel: unaryKernels.Sign,
  lower: (op, build) => {
    const x = op.operand(0);
    if (tensorTypeOf(x).dtype !== 'int64')
      return lowerElementwise(op, build, tfl.Sign, { dtypes: ['float32', 'float64', 'int32'] });
    const below = build.value(tfl.Minimum, [x, scalar(build, 'int64', 1)]);
    return build.value(tfl.Maximum, [below, scalar(build, 'int64', -1)]);
  },
});

export const Square = unary('Square', {
  summary: 'x²',
  kernel: unaryKernels.Square,
  lower: (op, build) => {
    const x = op.operand(0);
    if (!isIntegerType(tensorTypeOf(x).dtype)) return lowerElementwise(op, build, tfl.Square, { dtypes: ['float32'] });
    return elementwise(build, tfl.Mul, { dtypes: ['int32', 'int64'] }, [x, x], op.result());
  },
});

export const Sqrt = unary('Sqrt', {
  summary: 'Square root',
  kernel: unaryKernels.Sqrt,
  lower: by(tfl.Sqrt, 'float32'),
});
export const Rsqrt = unary('Rsqrt', { summary: '1 / √x', kernel: unaryKernels.Rsqrt, lower: by(tfl.Rsqrt, 'float32') });
export const Exp = unary('Exp', {
  summary: 'e to the power x',
  kernel: unaryKernels.Exp,
  lower: (op, build) =>
    tensorTypeOf(op.operand(0)).dtype === 'complex64'
      ? exponential(build, op.operand(0))
      : lowerElementwise(op, build, tfl.Exp, { dtypes: ['float32'] }),
});
export const Log = unary('Log', {
  summary: 'Natural logarithm',
  kernel: unaryKernels.Log,
  lower: by(tfl.Log, 'float32'),
});
export const Sin = unary('Sin', { summary: 'Sine', kernel: unaryKernels.Sin, lower: by(tfl.Sin, 'float32') });
export const Cos = unary('Cos', { summary: 'Cosine', kernel: unaryKernels.Cos, lower: by(tfl.Cos, 'float32') });

export const Expm1 = unary('Expm1', {
  summary: 'eˣ − 1',
  kernel: unaryKernels.Expm1,
  lower: composed((x, f) => f.sub(f.apply(tfl.Exp, x), f.number(1))),
});

export const Log1p = unary('Log1p', {
  summary: 'ln(1 + x)',
  kernel: unaryKernels.Log1p,
  lower: composed((x, f) => f.apply(tfl.Log, f.add(x, f.number(1)))),
});

export const Reciprocal = unary('Reciprocal', {
  summary: '1 / x',
  kernel: unaryKernels.Reciprocal,
  lower: composed((x, f) => f.div(f.number(1), x)),
});

export const Inv = unary('Inv', {
  summary: '1 / x',
  kernel: unaryKernels.Reciprocal,
  lower: composed((x, f) => f.div(f.number(1), x)),
});

export const Floor = unary('Floor', {
  summary: 'Rounded down',
  kernel: unaryKernels.Floor,
  lower: by(tfl.Floor, 'float32'),
  keepsIntegers: true,
});

export const Ceil = unary('Ceil', {
  summary: 'Rounded up',
  kernel: unaryKernels.Ceil,
  lower: by(tfl.Ceil, 'float32'),
  keepsIntegers: true,
});

export const Round = unary('Round', {
  summary: 'Rounded to the nearest integer, halves to even',
  kernel: unaryKernels.Round,
  lower: by(tfl.Round, 'float32'),
  keepsIntegers: true,
});

export const Rint = unary('Rint', {
  summary: 'Rounded to the nearest integer, halves to even',
  kernel: unaryKernels.Rint,
  lower: by(tfl.Round, 'float32'),
});

// --- two operands -----------------------------------------------------------------------------------------------------

const addition = {
  summary: 'x + y',
  kernel: binaryKernels.Add,
  lower: onComplexPairs(tfl.Add, by(tfl.Add, 'float32', 'int32', 'int64', 'int16', 6)),
  neutral: 0,
  commutes: true,
};

export const Add = binary('Add', addition);
export const AddV2 = binary('AddV2', addition);

export const Sub = binary('Sub', {
  summary: 'x − y',
  kernel: binaryKernels.Sub,
  lower: onComplexPairs(tfl.Sub, by(tfl.Sub, 'float32', 'int32', 'int64', 5)),
  neutral: 0,
});

export const Mul = binary('Mul', {
  summary: 'x × y',
  kernel: binaryKernels.Mul,
  lower: by(tfl.Mul, 'float32', 'int32', 'int64', 'int16', 'uint32', 'complex64', 6),
  neutral: 1,
  commutes: true,
  zeroAbsorbs: true,
});

export const Maximum = binary('Maximum', {
  summary: 'The greater of x and y',
  kernel: binaryKernels.Maximum,
  lower: by(tfl.Maximum, 'float32', 'int32', 'int64', 'int16', 'int8', 'uint8', 5),
});

export const Minimum = binary('Minimum', {
  summary: 'The less of x and y',
  kernel: binaryKernels.Minimum,
  lower: by(tfl.Minimum, 'float32', 'int32', 'int64', 'int16', 'int8', 'uint8', 5),
});

export const SquaredDifference = binary('SquaredDifference', {
  summary: '(x − y)²',
  kernel: binaryKernels.SquaredDifference,
  lower: (op, build) => {
    const [x, y] = op.operands as [Value, Value];
    if (tensorTypeOf(x).dtype !== 'int64') {
      return lowerElementwise(op, build, tfl.SquaredDifference, { dtypes: ['float32', 'int32'], rank: 4 });
    }
    const [left, right] = broadcast(build, [x, y], 5, shapeOf(op.result())) as [Value, Value];
    const difference = build.value(tfl.Sub, [left, right]);
    return build.value(tfl.Mul, [difference, difference]);
  },
});

export const Atan2 = binary('Atan2', {
  summary: 'The angle of the point (x, y)',
  operands: ['y', 'x'],
  kernel: binaryKernels.Atan2,
  // Its kernel does not broadcast at all.
  lower: by(tfl.Atan2, 'float32', 'float64', -1),
});

/** Powers by constants that have an op of their own, which is exact where POW is not. */
const powers: ReadonlyMap<number, (x: Value, build: LoweringBuilder) => Value> = new Map([
  [1, (x) => x],
  [
    2,
    (x, build) => (tensorTypeOf(x).dtype === 'float32' ? build.value(tfl.Square, [x]) : build.value(tfl.Mul, [x, x])),
  ],
  [0.5, (x, build) => build.value(tfl.Sqrt, [x])],
  [-0.5, (x, build) => build.value(tfl.Rsqrt, [x])],
  [-1, (x, build) => build.value(tfl.Div, [scalar(build, 'float32', 1), x])],
]);

export const Pow = binary('Pow', {
  summary: 'x to the power y',
  kernel: binaryKernels.Pow,
  lower: (op, build) => {
    const [x, y] = op.operands as [Value, Value];
    const { dtype, shape } = tensorTypeOf(x);
    const exponent = build.constantOf(y);
    if (exponent?.size === 1 && sameShape(shape, shapeOf(op.result())) && (dtype === 'float32' || dtype === 'int32')) {
      const direct = powers.get(Number(exponent.data[0]));
      if (direct) return direct(x, build);
    }
    return lowerElementwise(op, build, tfl.Pow, { dtypes: ['float32', 'int32'], rank: 4 });
  },
});

// --- several operands -------------------------------------------------------------------------------------------------

export const AddN = defineTfOp({
  name: 'AddN',
  summary: 'The sum of tensors of one shape',
  operands: ['inputs*'],
  results: ['sum'],
  attributes: { N: attr.int(), T: attr.dtype() },
  infer: (op) => {
    let shape = shapeOf(op.operand(0));
    for (const value of op.operands) {
      const joined = refineShape(shape, shapeOf(value));
      if (joined === undefined) throw new InferenceError('its operands differ in shape');
      shape = joined;
    }
    return [typeOf(op.attributes.T, shape)];
  },
  fold: (op, operands) => {
    if (op.operands.length === 1) return [op.operand(0)];
    if (!allKnown(operands)) return undefined;
    let sum: Tensor | undefined = operands[0];
    for (const tensor of operands.slice(1)) sum = sum && mapBinary(binaryKernels.Add, sum, tensor);
    return sum && [sum];
  },
  lower: (op, build) => {
    const values = op.operands as readonly Value[];
    const [first, ...rest] = values as [Value, ...Value[]];
    const { dtype } = tensorTypeOf(first);
    if (values.length > 2 && (dtype === 'float32' || dtype === 'int32')) return build.value(tfl.AddN, values);
    if (!['float32', 'int32', 'int64', 'int16'].includes(dtype))
      return unsupportedType(dtype, ['float32', 'int32', 'int64']);
    return rest.reduce((sum, value) => build.value(tfl.Add, [sum, value]), first);
  },
});

const clips: ReadonlyMap<string, typeof tfl.Relu6> = new Map([
  ['0,6', tfl.Relu6],
  ['-1,1', tfl.ReluN1To1],
]);

export const ClipByValue = defineTfOp({
  name: 'ClipByValue',
  summary: 'x limited to a range',
  operands: ['t', 'clip_value_min', 'clip_value_max'],
  attributes: { T: attr.dtype() },
  infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
  fold: (_, operands) => {
    if (!allKnown(operands)) return undefined;
    const [x, low, high] = operands as [Tensor, Tensor, Tensor];
    const below = mapBinary(binaryKernels.Minimum, x, high);
    const clipped = below && mapBinary(binaryKernels.Maximum, below, low);
    return clipped && [clipped];
  },
  lower: (op, build) => {
    const [x, low, high] = op.operands as [Value, Value, Value];
    const { dtype } = tensorTypeOf(x);
    if (dtype === 'float32') {
      const [from, to] = [build.constantOf(low), build.constantOf(high)];
      const clip = from?.size === 1 && to?.size === 1 ? clips.get(`${from.data[0]},${to.data[0]}`) : undefined;
      if (clip) return build.value(clip, [x]);
    }
    const dtypes = tfl.Maximum.kernels;
    if (dtype !== 'float16' && !dtypes.includes(dtype)) return unsupportedType(dtype, dtypes);
    const [value, from, to] = [x, low, high].map((each) => (dtype === 'float16' ? cast(build, each, 'float32') : each));
    const clipped = build.value(tfl.Maximum, [build.value(tfl.Minimum, [value, to]), from]);
    return dtype === 'float16' ? cast(build, clipped, dtype) : clipped;
  },
});
