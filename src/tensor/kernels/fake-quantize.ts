import { elementCount } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** Evenly spaced numbers, of which zero is one, that values are rounded to. All of them are float32 numbers. */
export interface Grid {
  readonly least: number;
  readonly greatest: number;
  /** Distance of neighbours; 0 where the only number is zero. */
  readonly scale: number;
  /** 1 / scale as TensorFlow computes it, 0 where that is 0. */
  readonly inverse: number;
  /** Which integer stands for zero, where the least number of a grid that is not narrow has 0. */
  readonly zeroPoint: number;
}

const f = Math.fround;
const zeroGrid: Grid = { least: 0, greatest: 0, scale: 0, inverse: 0, zeroPoint: 0 };

/**
 * The grid of 2^bits numbers (one less if `narrow`) from `min` to `max`, moved so that zero is on it; undefined where
 * `min` is not below `max`, unless both are 0. Mirrors Nudge of tensorflow/core/kernels/fake_quant_ops_functor.h.
 */
export function nudgedGrid(min: number, max: number, bits: number, narrow: boolean): Grid | undefined {
  if (min === 0 && max === 0) return zeroGrid;
  if (!(min < max)) return undefined;
  const first = narrow ? 1 : 0;
  const last = 2 ** bits - 1;
  const scale = f(f(f(max) - f(min)) / (last - first));
  const exact = f(first - f(f(min) / scale));
  const zeroPoint = Math.min(last, Math.max(first, Math.floor(exact + 0.5)));
  const least = f((first - zeroPoint) * scale);
  const greatest = f((last - zeroPoint) * scale);
  return { least, greatest, scale, inverse: f(1 / scale), zeroPoint };
}

export interface SymmetricOptions {
  readonly bits: number;
  readonly signed: boolean;
  readonly narrow: boolean;
}

/**
 * The grid of multiples of one number that holds `min` and `max`, for integers of so many bits. Mirrors
 * tensorflow/core/kernels/quantize_and_dequantize_op.h.
 */
export function symmetricGrid(min: number, max: number, { bits, signed, narrow }: SymmetricOptions): Grid {
  const first = signed ? -(2 ** (bits - 1)) + (narrow ? 1 : 0) : 0;
  const last = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const fromMin = first * min > 0 ? f(first / f(min)) : Number.POSITIVE_INFINITY;
  const fromMax = last * max > 0 ? f(last / f(max)) : Number.POSITIVE_INFINITY;
  const inverse = Math.min(fromMin, fromMax);
  if (inverse === Number.POSITIVE_INFINITY) return zeroGrid;
  const scale = fromMin < fromMax ? f(f(min) / first) : f(f(max) / last);
  return {
    least: f(first * scale),
    greatest: f(last * scale),
    scale,
    inverse,
    zeroPoint: signed ? 2 ** (bits - 1) : 0,
  };
}

/** Rounds to grids, one for all elements or one for each index along `axis`; halves go up. */
export function roundToGrids(x: Tensor, grids: readonly Grid[], axis: number): Tensor {
  return mapByGrid(x, grids, axis, 'grid', (value, { least, greatest, scale, inverse }) => {
    const shifted = f(Math.max(least, Math.min(greatest, value)) - least);
    const origin = Math.floor(f(f(-least * inverse) + 0.5));
    return Math.floor(f(f(f(shifted * inverse) - origin) + 0.5)) * scale;
  });
}

/** Rounds to multiples of the scales; halves go to the even one, or up. */
export function roundToMultiples(
  x: Tensor,
  grids: readonly Grid[],
  axis: number,
  { clamp, halfUp }: { readonly clamp: boolean; readonly halfUp: boolean },
): Tensor {
  return mapByGrid(x, grids, axis, `multiples ${clamp} ${halfUp}`, (value, { least, greatest, scale, inverse }) => {
    const steps = f((clamp ? Math.max(least, Math.min(greatest, value)) : value) * inverse);
    return (halfUp ? Math.floor(f(steps + 0.5)) : roundHalfEven(steps)) * scale;
  });
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest === 0.5) return down % 2 === 0 ? down : down + 1;
  return rest < 0.5 ? down : down + 1;
}

/** `x` is float32; one that is made late stays so. `name` tells the map from others. */
function mapByGrid(
  x: Tensor,
  grids: readonly Grid[],
  axis: number,
  name: string,
  map: (value: number, grid: Grid) => number,
): Tensor {
  const run = grids.length === 1 ? x.size : elementCount(x.shape.slice(axis + 1));
  const key = `${name} ${axis} ${JSON.stringify(grids.map(({ least, greatest, scale }) => [least, greatest, scale]))}`;
  return x.derive(x.shape, key, (bytes) => {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
    const values = new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
    for (let start = 0, slice = 0; start < values.length; start += run, slice++) {
      const grid = grids[slice % grids.length] as Grid;
      for (let i = start; i < start + run; i++) values[i] = map(values[i] as number, grid);
    }
    return aligned;
  });
}

/** Least and greatest element, of all or for each index along `axis`. `x` is float32. */
export function extremes(x: Tensor, axis: number | undefined): { readonly min: number; readonly max: number }[] {
  const values = x.data as Float32Array;
  const count = axis === undefined ? 1 : (x.shape[axis] ?? 1);
  const run = axis === undefined ? values.length : elementCount(x.shape.slice(axis + 1));
  const mins = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const maxs = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    const slice = Math.floor(i / run) % count;
    const value = values[i] as number;
    if (value < (mins[slice] as number)) mins[slice] = value;
    if (value > (maxs[slice] as number)) maxs[slice] = value;
  }
  return Array.from(mins, (min, i) => ({ min, max: maxs[i] as number }));
}
