import { type ActivationType, type Affine, limits } from '../affine.js';
import type { Patches } from './patches.js';
import { LANES, refineKernels } from './refine-kernels.js';

/** How a layer's input is stored. */
export interface StoredType {
  readonly affine: Affine;
  readonly dtype: ActivationType;
}

/** The mean of each number of a window, and of what it is stored as. */
export interface WindowMeans {
  readonly exact: Float64Array;
  readonly stored: Float64Array;
}

/** Of the windows `patches`, of which there is one at least. */
export function meansOf({ data, rows, size }: Patches, type: StoredType): WindowMeans {
  const steps = stepsOf(type);
  const exact = new Float64Array(size);
  const stored = new Float64Array(size);
  addColumns(data.subarray(0, rows * size), rows, size, steps, exact, stored);
  for (let i = 0; i < size; i++) {
    exact[i] = (exact[i] as number) / rows;
    stored[i] = ((stored[i] as number) * steps.scale) / rows;
  }
  return { exact, stored };
}

/** Rows of what the units of one of `groups` groups see as it is stored, less `centre`. */
export function storedRows(
  { data, rows, size }: Patches,
  group: number,
  groups: number,
  type: StoredType,
  centre: Float64Array | undefined,
): Float64Array {
  const { scale, least, greatest } = stepsOf(type);
  const stored = new Float64Array((rows * size) / groups);
  const offsets = centre ?? new Float64Array(size);
  let to = 0;
  for (let r = 0; r < rows; r++) {
    for (let i = group; i < size; i += groups) {
      const step = stepOf(data[r * size + i] as number, scale, least, greatest);
      stored[to++] = scale * step - (offsets[i] as number);
    }
  }
  return stored;
}

interface Steps {
  readonly scale: number;
  readonly least: number;
  readonly greatest: number;
}

function stepsOf({ affine: { scale, zeroPoint }, dtype }: StoredType): Steps {
  return { scale, least: limits[dtype].min - zeroPoint, greatest: limits[dtype].max - zeroPoint };
}

/**
 * Adds up columns, and what they are stored as in steps. `Math.round` would take several times as long as `Math.floor`,
 * which with a half gives the same for a quotient of two float32 numbers, as none lies so near below a half that the sum
 * is rounded up to the next whole number.
 */
function addColumns(
  data: Float32Array,
  rows: number,
  size: number,
  { scale, least, greatest }: Steps,
  exact: Float64Array,
  stored: Float64Array,
): void {
  const whole = size - (size % LANES);
  if (whole > 0) {
    const [type, sums, source] = [0, 32, 32 + 16 * whole];
    const kernels = refineKernels(source + data.byteLength);
    const { buffer } = kernels.memory;
    new Float64Array(buffer, type, 4).set([scale, 0.5, least, greatest]);
    new Float32Array(buffer, source, data.length).set(data);
    kernels.addColumns(source, rows, 4 * size, source + 4 * whole, type, sums, sums + 8 * whole);
    exact.set(new Float64Array(buffer, sums, whole));
    stored.set(new Float64Array(buffer, sums + 8 * whole, whole));
  }
  for (let r = 0; r < rows; r++) {
    for (let i = whole; i < size; i++) {
      const value = data[r * size + i] as number;
      exact[i] = (exact[i] as number) + value;
      stored[i] = (stored[i] as number) + stepOf(value, scale, least, greatest);
    }
  }
}

function stepOf(value: number, scale: number, least: number, greatest: number): number {
  let step = Math.floor(value / scale + 0.5);
  // `Math.min` takes longer where both are the same, as they often are.
  if (step < least) step = least;
  else if (step > greatest) step = greatest;
  return step;
}
