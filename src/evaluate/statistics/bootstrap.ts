import { normalBelow, normalQuantile, studentAbove, studentQuantile } from './distributions.js';
import type { Interval } from './interval.js';
import type { RandomSource } from './random-source.js';
import type { Statistic } from './statistic.js';

/** What a statistic gave for resamples of its samples, in ascending order; undefined values are left out. */
export interface Resamples {
  readonly values: Float64Array;
  readonly undefinedShare: number;
}

/** By how much resamples are off (Efron 1987), in standard errors: all of them, and more so the larger they are. */
export interface Correction {
  readonly bias: number;
  readonly acceleration: number;
}

export const NO_CORRECTION: Correction = { bias: 0, acceleration: 0 };

/** How many groups of samples are left out in turn to find the acceleration. */
const GROUPS = 100;

/** With a larger share of resamples without a value nothing is said about the others. */
export const MOST_UNDEFINED = 0.1;

/** Fewer resamples than this beyond a threshold say too little about how far out it lies. */
const FEW = 10;

/** Far out, the correction by the acceleration would turn round. */
const LEAST_SCALE = 0.1;

/** Draws `count` resamples. */
export function bootstrap(statistic: Statistic, random: RandomSource, count: number): Resamples {
  const all = Float64Array.from({ length: count }, () => statistic.resampled(random));
  const values = all.filter((value) => !Number.isNaN(value)).sort();
  return { values, undefinedShare: 1 - values.length / count };
}

export function correctionOf(statistic: Statistic, { values }: Resamples): Correction {
  const below = Math.min(0.99, Math.max(0.01, shareBelow(values, statistic.value)));
  return { bias: normalQuantile(below), acceleration: accelerationOf(statistic) };
}

/**
 * The interval between two quantiles of the resamples, further apart by as much as Student's distribution is wider than
 * the normal one, so that it also holds for few samples (Hesterberg 2015, "expanded percentile"). Undefined if all
 * resamples gave one value: that says nothing of others.
 */
export function bootstrapInterval(
  statistic: Statistic,
  { values }: Resamples,
  level: number,
  { bias, acceleration }: Correction,
): Interval | undefined {
  if (areEqual(values)) return undefined;
  const count = tellingOf(statistic);
  const z = Math.sqrt(count / (count - 1)) * studentQuantile((1 + level) / 2, count - 1);
  const end = (side: number) => {
    const shifted = bias + side * z;
    return quantile(values, normalBelow(bias + shifted / Math.max(1 - acceleration * shifted, LEAST_SCALE)));
  };
  return { low: end(-1), high: end(1), level, method: 'bootstrap', resamples: values.length };
}

/**
 * The one-sided p-value of "the true value is `threshold` or less": what the level of the interval whose lower end is
 * the threshold leaves out on that side.
 */
export function bootstrapTest(
  statistic: Statistic,
  { values }: Resamples,
  threshold: number,
  { bias, acceleration }: Correction,
): number {
  const count = tellingOf(statistic);
  if (areEqual(values)) return statistic.value > threshold ? 2 ** -count : 1;
  const shifted = quantileOfThreshold(values, threshold) - bias;
  const z = bias - shifted / Math.max(1 + acceleration * shifted, LEAST_SCALE);
  return studentAbove(z * Math.sqrt((count - 1) / count), count - 1);
}

/** The normal quantile of the share of resamples below the threshold; beyond nearly all of them, from their spread. */
function quantileOfThreshold(values: Float64Array, threshold: number): number {
  const count = values.length;
  const share = (shareBelow(values, threshold) * count + 0.5) / (count + 1);
  const counted = normalQuantile(share);
  if (Math.min(share, 1 - share) * count >= FEW) return counted;
  const reckoned = (threshold - meanOf(values)) / deviationOf(values);
  if (!Number.isFinite(reckoned)) return counted;
  return share < 0.5 ? Math.min(counted, reckoned) : Math.max(counted, reckoned);
}

/** But for rounding. */
function areEqual(values: Float64Array): boolean {
  const [first, last] = [values[0] as number, values[values.length - 1] as number];
  return first === last || last - first <= 1e-12 * Math.max(Math.abs(first), Math.abs(last));
}

/** With few telling samples, Student's distribution is as wide as for no more samples than these. */
function tellingOf({ telling }: Statistic): number {
  return Math.max(2, telling);
}

/** The standard error of the statistic. */
export function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, item) => sum + (item - mean) ** 2, 0) / values.length);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, item) => sum + item, 0) / values.length;
}

/** The share of resamples below a threshold, of those equal to it the half. */
function shareBelow(values: Float64Array, threshold: number): number {
  let below = 0;
  for (const value of values) below += value < threshold ? 1 : value === threshold ? 0.5 : 0;
  return below / values.length;
}

function quantile(sorted: Float64Array, share: number): number {
  const position = Math.min(sorted.length - 1, Math.max(0, share * (sorted.length + 1) - 1));
  const [low, high] = [sorted[Math.floor(position)] as number, sorted[Math.ceil(position)] as number];
  return low === high ? low : low + (position - Math.floor(position)) * (high - low);
}

function accelerationOf(statistic: Statistic): number {
  const { samples } = statistic;
  const groups = Math.min(samples, GROUPS);
  const border = (group: number) => Math.floor((group * samples) / groups);
  const left = Float64Array.from({ length: groups }, (_, group) => statistic.without(border(group), border(group + 1)));
  const defined = left.filter(Number.isFinite);
  const mean = meanOf(defined);
  let [squares, cubes] = [0, 0];
  for (const value of defined) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}
