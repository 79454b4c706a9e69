import type { Channels } from './channels.js';

/**
 * Changes the rounding of some weights of each slice, those that lie nearest to the middle between two steps, so that
 * the errors of all weights of the slice add up to no more than half a step. Inputs of a layer are alike in that they
 * have a mean, so what the errors add up to shows in every result, while each by itself hardly does: the channel-wise
 * flips of SQuant (C. Guo et al., 2022), which need no data. `rounded` are the nearest of at most `limit` steps, of one
 * scale or one for each slice.
 */
export function balanceRounding(
  data: Float32Array,
  rounded: Int8Array,
  { outer, size, inner }: Channels,
  scale: readonly number[],
  limit: number,
): void {
  const count = outer * inner;
  const errors = new Float64Array(count);
  const places = new Int32Array(count);
  for (let c = 0; c < size; c++) {
    const step = scale[scale.length === 1 ? 0 : c] as number;
    let total = 0;
    let found = 0;
    for (let o = 0; o < outer; o++) {
      const from = (o * size + c) * inner;
      for (let at = from; at < from + inner; at++) {
        const error = (rounded[at] as number) - (data[at] as number) / step;
        // What is cut off has a whole other error, and cannot be rounded the other way.
        if (Math.abs(error) > 0.5) continue;
        total += error;
        errors[found] = error;
        places[found++] = at;
      }
    }
    const flips = Math.min(found, Math.round(Math.abs(total)));
    if (flips === 0) continue;
    const sign = Math.sign(total);
    const candidates = Array.from({ length: found }, (_, i) => i)
      .filter((i) => {
        const flipped = (rounded[places[i] as number] as number) - sign;
        return (errors[i] as number) * sign > 0 && Math.abs(flipped) <= limit;
      })
      .sort((a, b) => sign * ((errors[b] as number) - (errors[a] as number)) || a - b);
    for (const i of candidates.slice(0, flips)) {
      const at = places[i] as number;
      rounded[at] = (rounded[at] as number) - sign;
    }
  }
}
