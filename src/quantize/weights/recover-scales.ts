import type { Channels } from './channels.js';

/** How far from a multiple float32 arithmetic puts a value that was one, as a part of the greatest value. */
const TOLERANCE = 2e-6;

/** Fewer weights lie on some grid by chance. */
const LEAST_WEIGHTS = 8;

/**
 * For each slice the step of a grid on which all its weights lie, the finest of at most `limit` steps; 0 where there is
 * none. Weights that were trained for quantization, or were quantized before, lie on such a grid, also when a scale was
 * folded into them: by its step they are stored without a further error. A slice of other weights costs a few divisions.
 */
export function recoverScales(
  data: Float32Array,
  channels: Channels,
  greatest: Float64Array,
  limit: number,
): Float64Array {
  const scales = new Float64Array(channels.size);
  if (channels.outer * channels.inner < LEAST_WEIGHTS) return scales;
  for (let c = 0; c < channels.size; c++) scales[c] = scaleOf(data, channels, c, greatest[c] as number, limit);
  return scales;
}

function scaleOf(data: Float32Array, channels: Channels, channel: number, most: number, limit: number): number {
  if (most === 0) return 0;
  for (let steps = 1; steps <= limit; steps++) {
    if (areMultiples(data, channels, channel, steps, most)) return most / (steps * Math.floor(limit / steps));
  }
  return 0;
}

function areMultiples(
  data: Float32Array,
  { outer, size, inner }: Channels,
  channel: number,
  count: number,
  most: number,
): boolean {
  const inverse = count / most;
  const tolerance = TOLERANCE * count;
  for (let o = 0; o < outer; o++) {
    const from = (o * size + channel) * inner;
    for (let i = 0; i < inner; i++) {
      const steps = (data[from + i] as number) * inverse;
      // Several times as fast as `Math.round`.
      if (Math.abs(steps - Math.floor(steps + 0.5)) > tolerance) return false;
    }
  }
  return true;
}
