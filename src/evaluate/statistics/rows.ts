import type { ResampledMetric } from './statistic.js';

/** One number a row, for a metric whose value is their mean. */
export function numbersOf(metric: ResampledMetric, rows: readonly Float64Array[]): Float64Array | undefined {
  // Of decibels, differences do not add up.
  if (metric.kind === 'general' || metric.unit === 'dB') return undefined;
  return Float64Array.from(rows, (row) => row[0] as number);
}

/** The same where each is right or wrong: 1 or 0. */
export function answersOf(metric: ResampledMetric, rows: readonly Float64Array[]): Float64Array | undefined {
  const numbers = numbersOf(metric, rows);
  return numbers?.every((number) => number === 0 || number === 1) ? numbers : undefined;
}

/** What all resamples together may read: about 2 s, of numbers that are added and of rows that any metric reads. */
const READS = { mean: 5e7, general: 5e6 };
const [FEWEST, MOST] = [400, 2000];

/**
 * How many resamples are drawn: 2000, fewer for many samples (of a general metric 500 for 10,000), never below 400.
 * It depends on nothing else, so that every machine draws the same ones.
 */
export function resamplesFor(metric: ResampledMetric, samples: number): number {
  const reads = metric.kind === 'general' ? READS.general : READS.mean;
  return Math.min(MOST, Math.max(FEWEST, Math.floor(reads / samples)));
}
