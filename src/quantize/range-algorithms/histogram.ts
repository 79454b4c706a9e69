import type { Range } from '../affine.js';

/** Bins between the least and the greatest value; half as many at least, unless the values are all but equal. */
const MOST_BINS = 4096;
/** Bins are not narrower than this, against the greatest magnitude: 2 to this power. */
const FINEST = -20;
/** Nor than the least number that float32 has. */
const LEAST_EXPONENT = -149;

/**
 * Counts of numbers in bins of equal width. The width is a power of two and bins begin at its multiples, so bins are
 * joined in pairs when the range grows, without loss: what the histogram holds depends on the numbers alone, not on
 * their order. Zeros are counted apart, too, because quantization keeps them exactly.
 */
export class Histogram {
  /** Exponent of the width. */
  #exponent = Number.NEGATIVE_INFINITY;
  /** Number of the first bin: it begins at this times the width. */
  #first = 0;
  #counts = new Float64Array(0);
  #range: Range | undefined;
  #total = 0;
  #zeros = 0;

  /** Adds numbers, of which none is less than `range.min`, greater than `range.max`, or NaN. */
  add(values: Float32Array, range: Range): void {
    if (values.length === 0) return;
    this.#makeRoom(range);
    const counts = this.#counts;
    const first = this.#first;
    const inverse = 2 ** -this.#exponent;
    let zeros = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value === 0) {
        zeros++;
        continue;
      }
      const bin = Math.floor(value * inverse) - first;
      counts[bin] = (counts[bin] as number) + 1;
    }
    const zeroBin = -first;
    // The range may end at a zero only if it holds one, and then it has a bin.
    if (zeros > 0) counts[zeroBin] = (counts[zeroBin] as number) + zeros;
    this.#zeros += zeros;
    this.#total += values.length;
  }

  /** From the least to the greatest number that may have been added. */
  get range(): Range {
    return this.#range ?? { min: 0, max: 0 };
  }

  get total(): number {
    return this.#total;
  }

  /** How many of the numbers are zero. */
  get zeros(): number {
    return this.#zeros;
  }

  get width(): number {
    return this.#range ? 2 ** this.#exponent : 0;
  }

  /** Where the first bin begins. */
  get start(): number {
    return this.#first * this.width;
  }

  /** By bin. Includes zeros, which are in the bin that begins at 0. */
  get counts(): Float64Array {
    return this.#counts;
  }

  #makeRoom({ min, max }: Range): void {
    const before = this.#range;
    const range = before ? { min: Math.min(before.min, min), max: Math.max(before.max, max) } : { min, max };
    if (before && range.min === before.min && range.max === before.max) return;
    this.#range = range;
    const exponent = Math.max(this.#exponent, widthExponent(range));
    const inverse = 2 ** -exponent;
    const first = Math.floor(range.min * inverse);
    const counts = new Float64Array(Math.floor(range.max * inverse) - first + 1);
    const old = this.#counts;
    const shift = 2 ** (this.#exponent - exponent);
    for (let i = 0; i < old.length; i++) {
      const bin = Math.floor((this.#first + i) * shift) - first;
      if (old[i] !== 0) counts[bin] = (counts[bin] as number) + (old[i] as number);
    }
    this.#exponent = exponent;
    this.#first = first;
    this.#counts = counts;
  }
}

/** The least exponent with which the range takes no more bins than there may be. */
function widthExponent({ min, max }: Range): number {
  const magnitude = Math.max(Math.abs(min), Math.abs(max));
  let exponent = Math.max(LEAST_EXPONENT, exponentOf(magnitude) + FINEST, exponentOf(max - min) - Math.log2(MOST_BINS));
  while (Math.floor(max * 2 ** -exponent) - Math.floor(min * 2 ** -exponent) >= MOST_BINS) exponent++;
  return exponent;
}

const double = new DataView(new ArrayBuffer(8));

/** Of the power of two not above a number; not by a logarithm, whose last bit may differ between machines. */
function exponentOf(value: number): number {
  double.setFloat64(0, value);
  return ((double.getUint32(0) >>> 20) & 0x7ff) - 1023;
}
