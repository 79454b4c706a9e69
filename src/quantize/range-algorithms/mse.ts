import type { Range } from '../affine.js';
import type { Histogram } from './histogram.js';

/** Each end is tried at so many places between zero and the furthest value. */
const PLACES = 128;

/**
 * The range with the least mean squared error of values that are rounded to `bits`, or cut off at its ends. Rounding
 * errors count as evenly spread over a step, so 1/12 of its square on average; zeros have none, as a quantized range
 * always holds zero exactly. Every pair of ends on a grid is tried.
 */
export function leastErrorRange(histogram: Histogram, bits: number): Range {
  const sums = new BinSums(histogram);
  const { range } = histogram;
  const levels = 2 ** bits - 1;
  const rounded = histogram.total - histogram.zeros;
  let best = range;
  let least = Number.POSITIVE_INFINITY;
  const tops = places(Math.max(0, range.max)).map((max) => ({ max, error: sums.errorAbove(max) }));
  for (const min of places(Math.min(0, range.min))) {
    const errorBelow = sums.errorBelow(min);
    for (const { max, error } of tops) {
      const step = (max - min) / levels;
      const total = errorBelow + error + (rounded * step * step) / 12;
      if (total >= least) continue;
      least = total;
      best = { min, max };
    }
  }
  // What lies off zero altogether is not widened to hold it here: that is for the scales to do.
  return { min: range.min > 0 ? range.min : best.min, max: range.max < 0 ? range.max : best.max };
}

function places(end: number): number[] {
  if (end === 0) return [0];
  // From the widest down: of equal errors the range that cuts off least is the first.
  return Array.from({ length: PLACES }, (_, i) => (end * (PLACES - i)) / PLACES);
}

/** Sums over the bins below each bin, of counts and of the first two moments of the bins' centres. */
class BinSums {
  readonly #histogram: Histogram;
  readonly #count: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(histogram: Histogram) {
    const { counts, start, width } = histogram;
    this.#histogram = histogram;
    this.#count = new Float64Array(counts.length + 1);
    this.#first = new Float64Array(counts.length + 1);
    this.#second = new Float64Array(counts.length + 1);
    counts.forEach((count, bin) => {
      const centre = start + (bin + 0.5) * width;
      this.#count[bin + 1] = (this.#count[bin] as number) + count;
      this.#first[bin + 1] = (this.#first[bin] as number) + count * centre;
      this.#second[bin + 1] = (this.#second[bin] as number) + count * centre * centre;
    });
  }

  /** Sum of the squared distances of all values below `end` from it. */
  errorBelow(end: number): number {
    return this.#error(0, this.#binOf(end), end);
  }

  errorAbove(end: number): number {
    return this.#error(this.#binOf(end), this.#count.length - 1, end);
  }

  /** The first bin whose centre is not below `value`. */
  #binOf(value: number): number {
    const { start, width, counts } = this.#histogram;
    return Math.min(Math.max(Math.ceil((value - start) / width - 0.5), 0), counts.length);
  }

  #error(from: number, to: number, end: number): number {
    const sum = (sums: Float64Array) => (sums[to] as number) - (sums[from] as number);
    // Rounding may leave a little less than nothing.
    return Math.max(0, sum(this.#second) - 2 * end * sum(this.#first) + end * end * sum(this.#count));
  }
}
