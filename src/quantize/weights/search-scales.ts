import type { Channels } from './channels.js';

/** Tried parts of the range, from all of it downwards. */
const STEPS: Readonly<Record<4 | 8, { readonly count: number; readonly least: number }>> = {
  4: { count: 16, least: 0.4 },
  8: { count: 12, least: 0.88 },
};

/**
 * For each slice the range, at most `greatest`, that gives the least sum of squared errors when its weights are rounded
 * to `[-limit, limit]` steps: a few large weights that saturate cost less than coarse steps for all others. A grid
 * search, linear in the weights.
 */
export function searchRanges(
  data: Float32Array,
  channels: Channels,
  greatest: Float64Array,
  bits: 4 | 8,
): Float64Array {
  const { outer, size, inner } = channels;
  const limit = 2 ** (bits - 1) - 1;
  const { count, least } = STEPS[bits];
  const slice = new Float64Array(outer * inner);
  const result = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    gather(data, channels, c, slice);
    const most = greatest[c] as number;
    let best = Infinity;
    for (let step = 0; step < count && most > 0; step++) {
      const range = most * (1 - ((1 - least) * step) / (count - 1));
      const error = squaredError(slice, Math.fround(range / limit), limit, best);
      if (error >= best) continue;
      best = error;
      result[c] = range;
    }
  }
  return result;
}

function gather(data: Float32Array, { outer, size, inner }: Channels, channel: number, slice: Float64Array): void {
  let to = 0;
  for (let o = 0; o < outer; o++) {
    const from = (o * size + channel) * inner;
    for (let i = 0; i < inner; i++) slice[to++] = data[from + i] as number;
  }
}

/** Gives up, with what it has, once `bound` is exceeded. */
function squaredError(slice: Float64Array, scale: number, limit: number, bound: number): number {
  let error = 0;
  const inverse = 1 / scale;
  for (let i = 0; i < slice.length; i++) {
    const value = (slice[i] as number) * inverse;
    const rounded = Math.min(limit, Math.max(-limit, Math.round(value)));
    const difference = (value - rounded) * scale;
    error += difference * difference;
    if ((i & 255) === 255 && error >= bound) return error;
  }
  return error;
}
