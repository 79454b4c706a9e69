import type { Range } from '../affine.js';
import type { Histogram } from './histogram.js';

const BINS = 2048;
/** Counts as so much of a value where there is none: the divergence from nothing is infinite. */
const SMOOTHING = 1e-4;
/** Thresholds are tried at this fraction of the levels. */
const STEPS = 16;

/**
 * The range that loses the least information, by the method of TensorRT: S. Migacz, "8-bit inference with TensorRT"
 * (GTC 2017). Of the histogram of magnitudes each possible threshold is tried: the distribution with everything beyond
 * the threshold moved to its last bin, against the same cut into as many levels as there will be, by their
 * Kullback–Leibler divergence. Values on one side of zero have all levels for themselves, otherwise half. Zeros are
 * left out, as they are kept exactly whatever the threshold.
 */
export function entropyRange(histogram: Histogram, bits: number): Range {
  const { range } = histogram;
  const { counts, width } = magnitudes(histogram);
  const levels = range.min >= 0 || range.max <= 0 ? 2 ** bits : 2 ** (bits - 1);
  let best = counts.length;
  let least = Number.POSITIVE_INFINITY;
  let inside = 0;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const step = Math.max(1, levels / STEPS);
  for (let bins = 1; bins <= counts.length; bins++) {
    inside += counts[bins - 1] as number;
    if (bins < levels || (counts.length - bins) % step !== 0) continue;
    const divergence = divergenceAt(counts, bins, levels, total - inside, total);
    // Of equal ones the widest: what it cuts off is nothing.
    if (divergence > least) continue;
    least = divergence;
    best = bins;
  }
  const threshold = best * width;
  return {
    min: Math.max(range.min, Math.min(-threshold, range.max)),
    max: Math.min(range.max, Math.max(threshold, range.min)),
  };
}

/** Counts of absolute values other than zero. */
function magnitudes(histogram: Histogram): { counts: Float64Array; width: number } {
  const { width, start, zeros } = histogram;
  const first = width === 0 ? 0 : Math.round(start / width);
  const last = first + histogram.counts.length - 1;
  const length = Math.max(last + 1, -first, 1);
  const joined = Math.ceil(length / BINS);
  const counts = new Float64Array(Math.ceil(length / joined));
  histogram.counts.forEach((count, i) => {
    const bin = first + i;
    const at = Math.floor((bin >= 0 ? bin : -bin - 1) / joined);
    counts[at] = (counts[at] as number) + (bin === 0 ? count - zeros : count);
  });
  return { counts, width: width * joined };
}

/** Of the first `bins`, with `outside` values moved to the last one, from the same in `levels` equal groups of bins. */
function divergenceAt(counts: Float64Array, bins: number, levels: number, outside: number, total: number): number {
  let divergence = 0;
  let inside = 0;
  for (let bin = 0; bin < bins; bin++) inside += counts[bin] as number;
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((level * bins) / levels);
    const to = Math.floor(((level + 1) * bins) / levels);
    let sum = 0;
    let used = 0;
    for (let bin = from; bin < to; bin++) {
      const count = counts[bin] as number;
      sum += count;
      if (count > 0) used++;
    }
    for (let bin = from; bin < to; bin++) {
      const count = counts[bin] as number;
      const reference = bin === bins - 1 ? count + outside : count;
      if (reference === 0) continue;
      // An empty last bin that stands for what lies outside has nothing to be compared with.
      const quantized = (count === 0 ? SMOOTHING : sum / used) / inside;
      divergence += (reference / total) * Math.log(reference / total / quantized);
    }
  }
  return divergence;
}
