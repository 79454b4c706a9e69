import type { Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { Grid } from '#tensor/kernels/fake-quantize.js';
import { full } from '#tensor/kernels/sequence.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import type { Lowered } from '../../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../../lowering-builder.js';
import { scalar } from './elementwise-rows.js';
import { worthFolding } from './folding.js';
import { rankOf, staticShapeOf } from './types.js';

/** What helps where a range is no constant. */
export const RANGE_HELP =
  'Export the trained model for inference, so that the ranges are constants, or remove the quantization and give calibration data.';

/** A number per slice along the last axis, or one. */
function constants(build: LoweringBuilder, values: readonly number[], shape: readonly number[]): Value {
  const [first] = values;
  return values.every((value) => value === first)
    ? scalar(build, 'float32', first ?? 0)
    : build.constant(Tensor.float32(values, shape));
}

/** Grids as operands of elementwise ops: vectors along `axis` of a tensor of this rank. */
function gridOperands(build: LoweringBuilder, grids: readonly Grid[], rank: number, axis: number) {
  const shape = grids.length === 1 ? [] : [grids.length, ...new Array<number>(rank - 1 - axis).fill(1)];
  return {
    least: () =>
      constants(
        build,
        grids.map(({ least }) => least),
        shape,
      ),
    greatest: () =>
      constants(
        build,
        grids.map(({ greatest }) => greatest),
        shape,
      ),
    scale: () =>
      constants(
        build,
        grids.map(({ scale }) => scale),
        shape,
      ),
    inverse: () =>
      constants(
        build,
        grids.map(({ inverse }) => inverse),
        shape,
      ),
  };
}

/** Into 8 bits and back, as the official converter writes it; runtimes have fast kernels for both. */
function throughInt8(build: LoweringBuilder, x: Value, { scale, zeroPoint }: Grid): Value {
  const type = tensorType('int8', tensorTypeOf(x).shape, { scale: [scale], zeroPoint: [zeroPoint - 128] });
  return build.value(tfl.Dequantize, [build.op(tfl.Quantize, [x], {}, [type]).result()]);
}

interface Rounding {
  /** Values beyond the grid go to its ends. */
  readonly clamp: boolean;
  readonly halfUp: boolean;
}

/** Clamped, divided, rounded and multiplied. */
export function byArithmetic(
  build: LoweringBuilder,
  x: Value,
  grids: readonly Grid[],
  axis: number,
  { clamp, halfUp }: Rounding,
): Value {
  const { least, greatest, scale, inverse } = gridOperands(build, grids, rankOf(x) ?? axis + 1, axis);
  const clamped = clamp ? build.value(tfl.Minimum, [build.value(tfl.Maximum, [x, least()]), greatest()]) : x;
  return build.value(tfl.Mul, [rounded(build, build.value(tfl.Mul, [clamped, inverse()]), halfUp), scale()]);
}

/** To integers; halves go up, or to the even one. */
export function rounded(build: LoweringBuilder, value: Value, halfUp: boolean): Value {
  if (!halfUp) return build.value(tfl.Round, [value]);
  return build.value(tfl.Floor, [build.value(tfl.Add, [value, scalar(build, 'float32', 0.5)])]);
}

function zerosLike(build: LoweringBuilder, x: Value): Value {
  const shape = staticShapeOf(x);
  const zero = Tensor.float32([0], []);
  if (shape && worthFolding('float32', shape, [zero])) return build.constant(full(shape, zero));
  return build.value(tfl.ZerosLike, [x]);
}

interface Emulation {
  readonly bits: number;
  readonly narrow: boolean;
}

/** One grid for the whole tensor, by the fewest ops that round to it. */
export function toGrid(build: LoweringBuilder, x: Value, grid: Grid, { bits, narrow }: Emulation): Lowered {
  if (grid.scale === 0) return zerosLike(build, x);
  if (bits !== 8 && bits >= 2 && bits <= 16 && !narrow) {
    return build.value(tfl.FakeQuant, [x], { min: grid.least, max: grid.greatest, num_bits: bits });
  }
  if (bits <= 8) {
    // The kernel would use the integers that are left out, too.
    const upwards = narrow ? build.value(tfl.Maximum, [x, scalar(build, 'float32', grid.least)]) : x;
    if (bits === 8) return throughInt8(build, upwards, grid);
    const bounded = build.value(tfl.Minimum, [upwards, scalar(build, 'float32', grid.greatest)]);
    // Wherever zero is, all numbers of the grid are there; in the middle, so are those beyond it.
    return throughInt8(build, bounded, { ...grid, zeroPoint: 128 });
  }
  return byArithmetic(build, x, [grid], 0, { clamp: true, halfUp: true });
}
