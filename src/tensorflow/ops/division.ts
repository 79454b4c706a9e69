import type { Value } from '#ir/graph.js';
import { binaryKernels } from '#tensor/kernels/arithmetic.js';
import { cast as castTensor } from '#tensor/kernels/cast.js';
import type { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import type { Lowered } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { quotient } from './support/complex-pairs.js';
import { binary, by } from './support/elementwise-rows.js';
import { guarded } from './support/formula.js';
import { broadcast, cast, lowerElementwise, unsupportedType } from './support/lower-elementwise.js';
import { type OpView, shapeOf } from './support/types.js';

const division = { lower: lowerDivision, neutral: 1, divides: true };

function lowerDivision(op: OpView, build: LoweringBuilder): Lowered {
  const [x, y] = op.operands as [Value, Value];
  if (tensorTypeOf(x).dtype === 'complex64') return quotient(build, x, y);
  return lowerElementwise(op, build, tfl.Div, { dtypes: ['float32', 'int32'], rank: 5 });
}

export const RealDiv = binary('RealDiv', { summary: 'x ÷ y', kernel: binaryKernels.RealDiv, ...division });

export const Div = binary('Div', {
  summary: 'x ÷ y, towards zero for integers',
  kernel: {
    ...binaryKernels.TruncateDiv,
    ...binaryKernels.RealDiv,
    exact: (x, y) => x / y,
    integer: (x, y) => Math.trunc(x / y),
  },
  ...division,
});

export const TruncateDiv = binary('TruncateDiv', {
  summary: 'x ÷ y, towards zero',
  kernel: binaryKernels.TruncateDiv,
  lower: (op, build) => {
    const { dtype } = tensorTypeOf(op.operand(0));
    if (dtype === 'float32') return unsupportedType(dtype, ['int32']);
    return lowerElementwise(op, build, tfl.Div, { dtypes: ['int32'], rank: 5 });
  },
  divides: true,
});

export const FloorDiv = binary('FloorDiv', {
  summary: 'x ÷ y, rounded down',
  kernel: binaryKernels.FloorDiv,
  lower: (op, build) => {
    if (tensorTypeOf(op.operand(0)).dtype === 'int64') return divideLong(op, build);
    return lowerElementwise(op, build, tfl.FloorDiv, { dtypes: ['float32', 'int32'], rank: 4 });
  },
  divides: true,
});

/** No kernel divides 64-bit integers, but FLOOR_MOD takes them: without its rest x is a multiple of y. */
function divideLong(op: OpView, build: LoweringBuilder): Value {
  const [x, y] = broadcast(build, op.operands as readonly Value[], 4, shapeOf(op.result())) as [Value, Value];
  return divideMultiple(build, build.value(tfl.Sub, [x, build.value(tfl.FloorMod, [x, y])]), y);
}

/**
 * multiple ÷ y, by floats. A quotient of floats is wrong by 3 parts in 2²⁴ at most; after three quotients, each of what
 * the last one left, an error below one half is left of 2⁶³, which rounding removes.
 */
function divideMultiple(build: LoweringBuilder, multiple: Value, y: Value): Value {
  const constant = build.constantOf(y);
  const divisor = constant ? build.constant(castTensor(constant, 'float32') as Tensor) : cast(build, y, 'float32');
  const nearest = (rest: Value): Value => {
    const quotient = build.value(tfl.Div, [cast(build, rest, 'float32'), divisor]);
    return cast(build, build.value(tfl.Round, [quotient]), 'int64');
  };
  let result = nearest(multiple);
  let rest = multiple;
  let part = result;
  for (let step = 1; step < 3; step++) {
    rest = build.value(tfl.Sub, [rest, build.value(tfl.Mul, [part, y])]);
    part = nearest(rest);
    result = build.value(tfl.Add, [result, part]);
  }
  return result;
}

export const FloorMod = binary('FloorMod', {
  summary: 'The rest of x ÷ y rounded down',
  kernel: binaryKernels.FloorMod,
  lower: by(tfl.FloorMod, 'float32', 'int32', 'int64', 4),
  divides: true,
});

/** The rest of |x| ÷ |y| with the sign of x: exact, as FLOOR_MOD of positive numbers is. */
const truncatedRest = {
  summary: 'The rest of x ÷ y rounded towards zero',
  kernel: binaryKernels.TruncateMod,
  lower: (op: OpView, build: LoweringBuilder): Lowered => {
    const { dtype } = tensorTypeOf(op.operand(0));
    if (dtype !== 'float32' && dtype !== 'int32') return unsupportedType(dtype, ['float32', 'int32']);
    const [x, y] = broadcast(build, op.operands as readonly Value[], 4, shapeOf(op.result())) as [Value, Value];
    const rest = build.value(tfl.FloorMod, [build.value(tfl.Abs, [x]), build.value(tfl.Abs, [y])]);
    return build.value(tfl.Mul, [rest, build.value(tfl.Sign, [x])]);
  },
  divides: true,
};

export const TruncateMod = binary('TruncateMod', truncatedRest);
export const Mod = binary('Mod', truncatedRest);

export const DivNoNan = binary('DivNoNan', {
  summary: 'x ÷ y, 0 where y is 0',
  kernel: binaryKernels.DivNoNan,
  lower: guarded(1, (x, y, f) => f.div(x, y)),
});

export const MulNoNan = binary('MulNoNan', {
  summary: 'x × y, 0 where y is 0',
  kernel: binaryKernels.MulNoNan,
  lower: guarded(1, (x, y, f) => f.mul(x, y)),
});

export const Xdivy = binary('Xdivy', {
  summary: 'x ÷ y, 0 where x is 0',
  kernel: binaryKernels.Xdivy,
  lower: guarded(0, (x, y, f) => f.div(x, y)),
});

export const Xlogy = binary('Xlogy', {
  summary: 'x ln(y), 0 where x is 0',
  kernel: binaryKernels.Xlogy,
  lower: guarded(0, (x, y, f) => f.mul(x, f.apply(tfl.Log, y))),
});

export const Xlog1py = binary('Xlog1py', {
  summary: 'x ln(1 + y), 0 where x is 0',
  kernel: binaryKernels.Xlog1py,
  lower: guarded(0, (x, y, f) => f.mul(x, f.apply(tfl.Log, f.add(y, f.number(1))))),
});
