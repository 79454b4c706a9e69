import type { Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import { binaryKernels, unaryKernels } from '#tensor/kernels/arithmetic.js';
import { cast as castTensor } from '#tensor/kernels/cast.js';
import { full } from '#tensor/kernels/sequence.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { binary, by, scalar, unary } from './support/elementwise-rows.js';
import { broadcast, cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { type OpView, shapeOf } from './support/types.js';

const UP_TO_32_BITS: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'];

/**
 * x and y, from x + y = (x xor y) + 2 (x and y). Sums of 32 bits would overflow: there it is applied to all bits but the
 * last, and to the last ones by themselves.
 */
function and(x: Value, y: Value, build: LoweringBuilder): Value {
  const add = (a: Value, b: Value): Value => build.value(tfl.Add, [a, b]);
  const sub = (a: Value, b: Value): Value => build.value(tfl.Sub, [a, b]);
  const xor = (a: Value, b: Value): Value => build.value(tfl.BitwiseXor, [a, b]);
  const { dtype } = tensorTypeOf(x);
  const half = (a: Value): Value => build.value(tfl.RightShift, [a, scalar(build, 'int32', 1)]);
  if (dtype !== 'int32') {
    const [a, b] = [cast(build, x, 'int32'), cast(build, y, 'int32')];
    return cast(build, half(sub(add(a, b), xor(a, b))), dtype);
  }
  const [a, b] = [half(x), half(y)];
  const halves = add(a, b);
  const lastBits = sub(sub(add(x, y), halves), halves);
  return add(sub(halves, xor(a, b)), half(lastBits));
}

function lowerByAnd(write: (x: Value, y: Value, build: LoweringBuilder) => Value) {
  return (op: OpView, build: LoweringBuilder): Lowered => {
    const { dtype } = tensorTypeOf(op.operand(0));
    const types: readonly DType[] = UP_TO_32_BITS.filter((each) => each !== 'uint32');
    if (!types.includes(dtype)) return unsupportedType(dtype, types);
    const [x, y] = broadcast(build, op.operands as readonly Value[], 4, shapeOf(op.result())) as [Value, Value];
    return write(x, y, build);
  };
}

export const BitwiseAnd = binary('BitwiseAnd', {
  summary: 'Bitwise and',
  kernel: binaryKernels.BitwiseAnd,
  lower: lowerByAnd(and),
});

export const BitwiseOr = binary('BitwiseOr', {
  summary: 'Bitwise or',
  kernel: binaryKernels.BitwiseOr,
  lower: lowerByAnd((x, y, build) =>
    build.value(tfl.BitwiseXor, [build.value(tfl.BitwiseXor, [x, y]), and(x, y, build)]),
  ),
});

export const BitwiseXor = binary('BitwiseXor', {
  summary: 'Bitwise exclusive or',
  kernel: binaryKernels.BitwiseXor,
  lower: by(tfl.BitwiseXor, ...UP_TO_32_BITS, 4),
});

export const Invert = unary('Invert', {
  summary: 'All bits flipped',
  kernel: unaryKernels.Invert,
  lower: (op, build) => {
    const x = op.operand(0);
    const { dtype } = tensorTypeOf(x);
    if (computeType(dtype, UP_TO_32_BITS) !== dtype) return unsupportedType(dtype, UP_TO_32_BITS);
    const ones = castTensor(Tensor.int32([-1], []), dtype) as Tensor;
    return build.value(tfl.BitwiseXor, [x, build.constant(ones)]);
  },
});

export const RightShift = binary('RightShift', {
  summary: 'Bits shifted to the right, arithmetically for signed integers',
  kernel: { number: (x, y) => (x < 0 ? x >> clampShift(y) : x >>> clampShift(y)), bigint: (x, y) => x >> y },
  lower: by(tfl.RightShift, ...UP_TO_32_BITS, 4),
});

export const LeftShift = binary('LeftShift', {
  summary: 'Bits shifted to the left',
  kernel: { number: (x, y) => (y > 31 ? 0 : x << y), bigint: (x, y) => x << y },
  lower: shiftLeft,
});

/** Shifts beyond the width give what the last one gives. */
function clampShift(by: number): number {
  return Math.min(Math.max(by, 0), 31);
}

/** A shift by a constant is a product with a power of two, which wraps as the shift does. */
function shiftLeft(op: OpView, build: LoweringBuilder): Lowered {
  const [x, y] = op.operands as [Value, Value];
  const { dtype } = tensorTypeOf(x);
  const shift = build.constantOf(y);
  if (shift?.size === 1 && dtype === 'int32') {
    return build.value(tfl.Mul, [x, build.constant(full(shift.shape, Tensor.int32([1 << Number(shift.data[0])], [])))]);
  }
  return unsupported(
    'TFLite has no shift to the left by an amount that is not constant',
    'Multiply by a power of two instead: `x * 2**n`.',
  );
}
