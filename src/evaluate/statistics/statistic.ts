import { dropOf, type Metric } from '../metric.js';
import type { RandomSource } from './random-source.js';

/** What the statistics ask of a metric. */
export type ResampledMetric = Pick<Metric, 'direction' | 'kind' | 'unit' | 'value'>;

/** A number that samples give, and what it would be for others. */
export interface Statistic {
  readonly samples: number;
  /** How many of the samples have a say in it. */
  readonly telling: number;
  readonly value: number;
  /** Its value for as many samples, drawn from these with replacement. */
  resampled(random: RandomSource): number;
  /** Its value without the samples from `from` up to, not including, `to`. */
  without(from: number, to: number): number;
}

/** How much worse a candidate is than its reference on the same samples; those in which they differ are telling. */
export interface PairedStatistic extends Statistic {
  /** The drop between two models that each took, sample by sample and by the toss of a coin, the result of either. */
  swapped(random: RandomSource): number;
}

/** The mean of one number a sample. */
export function meanStatistic(numbers: Float64Array): Statistic {
  const samples = numbers.length;
  const total = sumOf(numbers, 0, samples);
  return {
    samples,
    telling: samples,
    value: total / samples,
    resampled(random) {
      let sum = 0;
      for (let i = 0; i < samples; i++) sum += numbers[random.below(samples)] as number;
      return sum / samples;
    },
    without: (from, to) => (total - sumOf(numbers, from, to)) / (samples - (to - from)),
  };
}

/** The mean of the differences of one number a sample. */
export function meanDrop(differences: Float64Array): PairedStatistic {
  const unequal = differences.filter((difference) => difference !== 0);
  return {
    ...meanStatistic(differences),
    telling: unequal.length,
    swapped(random) {
      let sum = 0;
      let bits = 0;
      for (let i = 0; i < unequal.length; i++) {
        bits = i % 32 === 0 ? random.bits() : bits >>> 1;
        sum += bits & 1 ? (unequal[i] as number) : -(unequal[i] as number);
      }
      return sum / differences.length;
    },
  };
}

/** The value of any metric. */
export function metricStatistic(metric: ResampledMetric, rows: readonly Float64Array[]): Statistic {
  const weights = new Uint32Array(rows.length);
  return {
    samples: rows.length,
    telling: rows.length,
    value: metric.value(rows),
    resampled: (random) => metric.value(rows, draw(weights, random)),
    without: (from, to) => metric.value(rows, weights.fill(1).fill(0, from, to)),
  };
}

/** The drop of any metric, from rows of the same samples. */
export function metricDrop(
  metric: ResampledMetric,
  reference: readonly Float64Array[],
  candidate: readonly Float64Array[],
): PairedStatistic {
  const samples = reference.length;
  const weights = new Uint32Array(samples);
  const drop = (weighted?: Uint32Array) =>
    dropOf(metric, metric.value(candidate, weighted), metric.value(reference, weighted));
  const differing = reference.flatMap((row, i) => (sameRow(row, candidate[i] as Float64Array) ? [] : [i]));
  // Swapped models are weighted choices from the rows of both: that is quick where a metric sorts its rows once.
  const both = [...reference, ...candidate];
  const left = new Uint32Array(2 * samples).fill(1, 0, samples);
  const right = new Uint32Array(2 * samples).fill(1, samples);
  return {
    samples,
    telling: differing.length,
    value: drop(),
    resampled(random) {
      draw(weights, random);
      return drop(weights);
    },
    without: (from, to) => drop(weights.fill(1).fill(0, from, to)),
    swapped(random) {
      let bits = 0;
      for (let position = 0; position < differing.length; position++) {
        bits = position % 32 === 0 ? random.bits() : bits >>> 1;
        const [i, stays] = [differing[position] as number, bits & 1];
        left[i] = right[samples + i] = stays;
        right[i] = left[samples + i] = 1 - stays;
      }
      return dropOf(metric, metric.value(both, right), metric.value(both, left));
    },
  };
}

function sameRow(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((number, i) => Object.is(number, b[i])));
}

function draw(weights: Uint32Array, random: RandomSource): Uint32Array {
  const samples = weights.length;
  weights.fill(0);
  for (let i = 0; i < samples; i++) (weights[random.below(samples)] as number)++;
  return weights;
}

function sumOf(numbers: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += numbers[i] as number;
  return sum;
}
