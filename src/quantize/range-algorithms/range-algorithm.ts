import type { Range } from '../affine.js';
import type { ActivationCalibration } from '../recipe.js';
import { entropyRange } from './entropy.js';
import { Histogram } from './histogram.js';
import { leastErrorRange } from './mse.js';
import { percentileRange } from './percentile.js';

/** How the range of a tensor follows from its values. */
export interface RangeAlgorithm extends ActivationCalibration {
  /** For `mse` and `entropy`: of the numbers that the range will be cut into. Default: 8. */
  readonly bits?: 8 | 16;
}

/** Gathers what an algorithm needs to know of one tensor, sample by sample. */
export interface RangeObserver {
  /** Whether `observe` has to be given values. */
  readonly needsValues: boolean;
  /** `extent` is from the least to the greatest value of the sample; `values` are all or an even part of these. */
  observe(extent: Range, values?: Float32Array): void;
  /** Of all that was seen; undefined before anything was. */
  range(): Range | undefined;
}

/** The observer of an algorithm; without one, that of `min-max`. */
export function createObserver(algorithm: RangeAlgorithm = {}): RangeObserver {
  const { percentile = 99.99, momentum = 0.95, bits = 8 } = algorithm;
  switch (algorithm.algorithm ?? 'min-max') {
    case 'min-max':
      return new ExtentObserver((all, sample) => ({
        min: Math.min(all.min, sample.min),
        max: Math.max(all.max, sample.max),
      }));
    case 'moving-average':
      return new ExtentObserver((average, sample) => ({
        min: momentum * average.min + (1 - momentum) * sample.min,
        max: momentum * average.max + (1 - momentum) * sample.max,
      }));
    case 'percentile':
      return new HistogramObserver((histogram) => percentileRange(histogram, percentile));
    case 'mse':
      return new HistogramObserver((histogram) => leastErrorRange(histogram, bits));
    case 'entropy':
      return new HistogramObserver((histogram) => entropyRange(histogram, bits));
  }
}

/**
 * Keeps a range and changes it by that of each sample. Of all values: what the official converter does. A moving
 * average, where single samples count little: what ai-edge-quantizer does, with a momentum of 0.95.
 */
class ExtentObserver implements RangeObserver {
  readonly needsValues = false;
  readonly #join: (seen: Range, sample: Range) => Range;
  #range: Range | undefined;

  constructor(join: (seen: Range, sample: Range) => Range) {
    this.#join = join;
  }

  observe({ min, max }: Range): void {
    this.#range = this.#range ? this.#join(this.#range, { min, max }) : { min, max };
  }

  range(): Range | undefined {
    return this.#range;
  }
}

class HistogramObserver implements RangeObserver {
  readonly needsValues = true;
  readonly #histogram = new Histogram();
  readonly #choose: (histogram: Histogram) => Range;

  constructor(choose: (histogram: Histogram) => Range) {
    this.#choose = choose;
  }

  observe(extent: Range, values?: Float32Array): void {
    if (!values) throw new Error('this observer needs values');
    this.#histogram.add(values, extent);
  }

  range(): Range | undefined {
    return this.#histogram.total === 0 ? undefined : this.#choose(this.#histogram);
  }
}
