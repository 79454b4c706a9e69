import type { Op, Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import { binaryKernels, unaryKernels } from '#tensor/kernels/arithmetic.js';
import { cast as castTensor } from '#tensor/kernels/cast.js';
import { full } from '#tensor/kernels/sequence.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { binary, by, unary } from './support/elementwise-rows.js';
import { computeType, unsupportedType } from './support/lower-elementwise.js';

const UP_TO_32_BITS: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'];

function without(name: string) {
  return (): Lowered =>
    unsupported(
      `TFLite has no bitwise ${name}`,
      'For flags use bool tensors with `tf.logical_and` and `tf.logical_or`; for numbers, `tf.math.floordiv` and `tf.math.floormod` by powers of two take bits apart.',
    );
}

export const BitwiseAnd = binary('BitwiseAnd', {
  summary: 'Bitwise and',
  kernel: binaryKernels.BitwiseAnd,
  lower: without('and'),
});

export const BitwiseOr = binary('BitwiseOr', {
  summary: 'Bitwise or',
  kernel: binaryKernels.BitwiseOr,
  lower: without('or'),
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
function shiftLeft(op: Op, build: LoweringBuilder): Lowered {
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
