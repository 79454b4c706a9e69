import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { extremes, roundToMultiples, type SymmetricOptions, symmetricGrid } from '#tensor/kernels/fake-quantize.js';
import type { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import type { LoweringBuilder } from '../lowering-builder.js';
import { unlessFloat32 } from './convolution-layout.js';
import { scalar } from './support/elementwise-rows.js';
import { likeFirst } from './support/operands.js';
import { byArithmetic, RANGE_HELP, rounded, toGrid } from './support/round-to-grid.js';
import { constantInteger, rankOf } from './support/types.js';

interface Multiples extends SymmetricOptions {
  readonly given: boolean;
  readonly halfUp: boolean;
  /** −1: one scale for all. */
  readonly axis: number;
}

interface MultiplesAttributes {
  readonly signed_input: boolean;
  readonly range_given: boolean;
  readonly narrow_range: boolean;
  readonly axis: number;
  readonly round_mode?: string;
}

function multiplesOf(attributes: MultiplesAttributes, bits: number): Multiples {
  return {
    bits,
    signed: attributes.signed_input,
    narrow: attributes.narrow_range,
    given: attributes.range_given,
    halfUp: attributes.round_mode === 'HALF_UP',
    axis: attributes.axis,
  };
}

function foldMultiples(how: Multiples, [input, min, max]: readonly (Tensor | undefined)[]): Tensor[] | undefined {
  if (input?.dtype !== 'float32' || !min || !max) return undefined;
  const ranges = how.given
    ? Array.from(min.data as Float32Array, (least, i) => ({ min: least, max: (max.data as Float32Array)[i] ?? 0 }))
    : extremes(input, how.axis < 0 ? undefined : how.axis);
  const grids = ranges.map((range) => symmetricGrid(range.min, range.max, how));
  return [roundToMultiples(input, grids, Math.max(how.axis, 0), { clamp: how.given, halfUp: how.halfUp })];
}

function lowerMultiples(op: Parameters<typeof unlessFloat32>[0], build: LoweringBuilder, how: Multiples): Lowered {
  const problem = unlessFloat32(op);
  if (problem) return problem;
  const x = op.operand(0);
  if (!how.given) return multiplesOfOwnRange(build, x, how);
  const [min, max] = [build.constantOf(op.operand(1)), build.constantOf(op.operand(2))];
  if (!min || !max) return unsupported('its range is computed by the model', RANGE_HELP);
  const grids = Array.from(min.data as Float32Array, (least, i) =>
    symmetricGrid(least, (max.data as Float32Array)[i] ?? 0, how),
  );
  const [only] = grids;
  // Halves may go another way than TensorFlow's there, as in every quantized model.
  if (only && grids.length === 1 && how.bits <= 16) return toGrid(build, x, only, how);
  return byArithmetic(build, x, grids, Math.max(how.axis, 0), { clamp: true, halfUp: how.halfUp });
}

/** Smaller than what any model computes with: the scale of nothing but zeros must not be zero. */
const LEAST_SCALE = 1e-37;

/** The range is that of the values at hand, so the scale is computed at run time. */
function multiplesOfOwnRange(
  build: LoweringBuilder,
  x: Value,
  { bits, signed, narrow, axis, halfUp }: Multiples,
): Lowered {
  const rank = rankOf(x);
  if (rank === undefined)
    return unsupported('the rank of its input is unknown', 'Give the input of the model a shape.');
  const axes = build.ints(Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis));
  const last = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const per = (value: Value, integer: number): Value =>
    build.value(tfl.Mul, [value, scalar(build, 'float32', 1 / integer)]);
  let scale = per(build.value(tfl.ReduceMax, [x, axes], { keep_dims: true }), last);
  if (signed) {
    const least = build.value(tfl.ReduceMin, [x, axes], { keep_dims: true });
    scale = build.value(tfl.Maximum, [scale, per(least, narrow ? -last : -last - 1)]);
  }
  scale = build.value(tfl.Maximum, [scale, scalar(build, 'float32', LEAST_SCALE)]);
  return build.value(tfl.Mul, [rounded(build, build.value(tfl.Div, [x, scale]), halfUp), scale]);
}

const multiplesAttributes = {
  signed_input: attr.bool(true),
  T: attr.dtype(),
  narrow_range: attr.bool(false),
  axis: attr.int(-1),
};

/** With the bits as an attribute; the fourth version differs from the second in its gradient only. */
function quantizeAndDequantize(name: string) {
  return defineTfOp({
    name,
    summary: 'Rounded to multiples of a scale, as symmetric quantization would round',
    operands: ['input', 'input_min', 'input_max'],
    attributes: {
      ...multiplesAttributes,
      num_bits: attr.int(8),
      range_given: attr.bool(false),
      round_mode: attr.string('HALF_TO_EVEN'),
    },
    infer: likeFirst,
    fold: ({ attributes }, operands) => foldMultiples(multiplesOf(attributes, attributes.num_bits), operands),
    lower: (op, build) => lowerMultiples(op, build, multiplesOf(op.attributes, op.attributes.num_bits)),
  });
}

export const QuantizeAndDequantizeV2 = quantizeAndDequantize('QuantizeAndDequantizeV2');
export const QuantizeAndDequantizeV4 = quantizeAndDequantize('QuantizeAndDequantizeV4');

export const QuantizeAndDequantizeV3 = defineTfOp({
  name: 'QuantizeAndDequantizeV3',
  summary: 'Rounded to multiples of a scale, for as many bits as the last operand says',
  operands: ['input', 'input_min', 'input_max', 'num_bits'],
  attributes: { ...multiplesAttributes, range_given: attr.bool(true) },
  infer: likeFirst,
  fold(op, operands) {
    const bits = constantInteger(op.operand(3));
    return bits === undefined ? undefined : foldMultiples(multiplesOf(op.attributes, bits), operands);
  },
  lower(op, build) {
    const bits = constantInteger(op.operand(3));
    if (bits === undefined) return unsupported('its number of bits is computed by the model', RANGE_HELP);
    return lowerMultiples(op, build, multiplesOf(op.attributes, bits));
  },
});
