import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { type DType, dtypes } from '#tensor/dtype.js';
import { numbersOf } from '#tensor/kernels/numbers.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { tensorTypeOf } from '../lowering-builder.js';
import { cast } from './support/lower-elementwise.js';
import { normalAxis, shapeOf, typeOf } from './support/types.js';

/** What a stored number stands for: number × factor + term. */
interface Affine {
  readonly factor: number;
  readonly term: number;
}

function affine(mode: string, dtype: DType, narrow: boolean, low: number, high: number): Affine {
  const bits = 8 * dtypes[dtype].bytes;
  const signed = dtypes[dtype].kind === 'int';
  const least = signed ? -(2 ** (bits - 1)) : 0;
  const greatest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  if (mode === 'SCALED') {
    const lowest = narrow ? least + 1 : least;
    return { factor: signed ? Math.max(low / lowest, high / greatest) : high / greatest, term: 0 };
  }
  if (mode === 'MIN_FIRST') {
    const factor = ((high - low) * (2 ** bits / (2 ** bits - 1))) / 2 ** bits;
    const start = low === high ? low : Math.round(low / factor) * factor;
    return { factor, term: start - least * factor };
  }
  const factor = (high - low) / (greatest - least);
  return { factor, term: low + (signed ? (greatest - least + 1) / 2 : 0) * factor };
}

export const Dequantize = defineTfOp({
  name: 'Dequantize',
  summary: 'The real numbers that quantized ones stand for',
  operands: ['input', 'min_range', 'max_range'],
  attributes: {
    T: attr.dtype(),
    mode: attr.string('MIN_COMBINED'),
    narrow_range: attr.bool(false),
    axis: attr.int(-1),
    dtype: attr.dtype('float32'),
  },
  infer: (op) => [typeOf(op.attributes.dtype, shapeOf(op.operand(0)))],
  lower: (op, build) => {
    const input = op.operand(0);
    const { dtype, shape } = tensorTypeOf(input);
    const { mode, narrow_range, axis } = op.attributes;
    const [low, high] = [1, 2].map((i) => build.constantOf(op.operand(i))) as (Tensor | undefined)[];
    if (!low || !high || shape === null) {
      return unsupported(
        'its range is computed, or the rank of its operand is not known',
        'Give the range as constants.',
      );
    }
    const [lows, highs] = [numbersOf(low), numbersOf(high)];
    const ranges = Array.from(lows, (from, i) => affine(mode, dtype, narrow_range, from, highs[i] as number));
    const behind = axis < 0 ? [] : new Array<number>(shape.length - normalAxis(axis, shape.length) - 1).fill(1);
    const spread = (of: (range: Affine) => number): Value =>
      build.constant(Tensor.float32(ranges.map(of), axis < 0 ? [] : [ranges.length, ...behind]));
    const scaled = build.value(tfl.Mul, [cast(build, input, 'float32'), spread(({ factor }) => factor)]);
    const moved = ranges.every(({ term }) => term === 0)
      ? scaled
      : build.value(tfl.Add, [scaled, spread(({ term }) => term)]);
    return cast(build, moved, tensorTypeOf(op.result()).dtype);
  },
});
