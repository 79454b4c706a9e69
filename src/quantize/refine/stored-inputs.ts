import { type ActivationType, type Affine, limits } from '../affine.js';
import type { Patches } from './patches.js';

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
  const { scale, least, greatest } = stepsOf(type);
  const exact = new Float64Array(size);
  const stored = new Float64Array(size);
  addRows(data, rows, size, scale, least, greatest, exact, stored);
  for (let i = 0; i < size; i++) {
    exact[i] = (exact[i] as number) / rows;
    stored[i] = ((stored[i] as number) * scale) / rows;
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
      let step = Math.floor((data[r * size + i] as number) / scale + 0.5);
      if (step < least) step = least;
      else if (step > greatest) step = greatest;
      stored[to++] = scale * step - (offsets[i] as number);
    }
  }
  return stored;
}

function stepsOf({ affine: { scale, zeroPoint }, dtype }: StoredType) {
  return { scale, least: limits[dtype].min - zeroPoint, greatest: limits[dtype].max - zeroPoint };
}

/**
 * Adds up columns, and what they are stored as in steps. Most of the time of refining is spent here: `Math.round` takes
 * several times as long as `Math.floor`, which with a half gives the same for a quotient of two float32 numbers, as none
 * lies so near below a half that the sum is rounded up to the next whole number.
 */
function addRows(
  data: Float32Array,
  rows: number,
  size: number,
  scale: number,
  least: number,
  greatest: number,
  exact: Float64Array,
  stored: Float64Array,
): void {
  for (let r = 0, at = 0; r < rows; r++) {
    for (let i = 0; i < size; i++, at++) {
      const value = data[at] as number;
      exact[i] = (exact[i] as number) + value;
      let step = Math.floor(value / scale + 0.5);
      if (step < least) step = least;
      else if (step > greatest) step = greatest;
      stored[i] = (stored[i] as number) + step;
    }
  }
}
