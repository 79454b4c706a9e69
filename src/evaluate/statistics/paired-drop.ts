import { dropOf } from '../metric.js';
import {
  bootstrap,
  bootstrapInterval,
  bootstrapTest,
  correctionOf,
  deviationOf,
  MOST_UNDEFINED,
  NO_CORRECTION,
} from './bootstrap.js';
import { binomialAtLeast } from './distributions.js';
import { type Interval, LEVEL } from './interval.js';
import { randomSource } from './random-source.js';
import { answersOf, numbersOf, resamplesFor } from './rows.js';
import { type PairedAnswers, scoreInterval, scoreTest } from './share-interval.js';
import { meanDrop, metricDrop, type PairedStatistic, type ResampledMetric } from './statistic.js';
import { swapTest } from './swap-test.js';

export interface PairedOptions {
  readonly seed: number;
  /** 0.95 if not given. */
  readonly level?: number;
  /** The drop that is allowed, as `dropOf` counts it. */
  readonly limit: number;
}

/** How much worse a candidate is than its reference on the same samples, and how sure that is. Plain data. */
export interface PairedDrop {
  /** Of the candidate against the reference (see `dropOf`): positive is worse. NaN if undefined. */
  readonly drop: number;
  /** Undefined where the drop is, or nothing can be said: all samples agree, or there are too few. */
  readonly interval: Interval | undefined;
  /** One-sided, of "there is no drop". NaN if the drop is. */
  readonly p: number;
  /** One-sided, of "the drop is within the limit"; near 1 where the drop is certainly within it. NaN if unknown. */
  readonly pLimit: number;
  /** `mcnemar`: exact, for right and wrong answers; `swap`: by swapping results at random, together with bootstrap. */
  readonly test: 'mcnemar' | 'swap';
  readonly spread: Spread;
}

/** How much one sample says, which tells how many it takes. */
export type Spread =
  | ({ readonly kind: 'answers' } & PairedAnswers)
  /** `deviation`: the drop's standard error times the root of the number of samples. NaN if unknown. */
  | { readonly kind: 'numbers'; readonly samples: number; readonly deviation: number };

/**
 * Compares rows of the same samples in the same order. Throws if there are not as many of each.
 *
 * "No drop" is tested by McNemar's exact test where answers are right or wrong. Else it is rejected only where two tests
 * agree, the larger p-value counting: swapping results at random, which is exact for few samples where it does not
 * matter which model gave which result, and the bootstrap, which holds for many samples where it does.
 */
export function pairedDrop(
  metric: ResampledMetric,
  reference: readonly Float64Array[],
  candidate: readonly Float64Array[],
  { seed, level = LEVEL, limit }: PairedOptions,
): PairedDrop {
  if (reference.length !== candidate.length) {
    throw new Error(`${reference.length} rows cannot be paired with ${candidate.length}`);
  }
  const answers = pairedAnswers(metric, reference, candidate);
  const drop = dropOf(metric, metric.value(candidate), metric.value(reference));
  if (answers && answers.samples > 0) {
    const { lost, gained } = answers;
    return {
      drop,
      interval: scoreInterval(answers, level),
      p: binomialAtLeast(lost, lost + gained, 0.5),
      pLimit: scoreTest(answers, limit),
      test: 'mcnemar',
      spread: { kind: 'answers', ...answers },
    };
  }
  const statistic = dropStatistic(metric, reference, candidate);
  return {
    drop,
    test: 'swap',
    ...resampledDrop(statistic, resamplesFor(metric, statistic.samples), seed, level, limit),
  };
}

function resampledDrop(
  statistic: PairedStatistic,
  count: number,
  seed: number,
  level: number,
  limit: number,
): Pick<PairedDrop, 'interval' | 'p' | 'pLimit' | 'spread'> {
  const { samples, value } = statistic;
  const unknown = { kind: 'numbers', samples, deviation: Number.NaN } as const;
  if (Number.isNaN(value)) return { interval: undefined, p: Number.NaN, pLimit: Number.NaN, spread: unknown };
  if (statistic.telling === 0) {
    return { interval: undefined, p: 1, pLimit: 1, spread: { ...unknown, deviation: 0 } };
  }
  const random = randomSource(seed);
  const swapped = swapTest(statistic, random, count);
  const resamples = samples > 1 ? bootstrap(statistic, random, count) : undefined;
  if (!resamples || resamples.undefinedShare > MOST_UNDEFINED) {
    return { interval: undefined, p: swapped, pLimit: Number.NaN, spread: unknown };
  }
  // Measured (test/simulation): uncorrected, the interval of a drop holds it more often, as few samples differ; corrected,
  // the test of skewed differences keeps its level.
  return {
    interval: Number.isFinite(value) ? bootstrapInterval(statistic, resamples, level, NO_CORRECTION) : undefined,
    p: Math.max(swapped, bootstrapTest(statistic, resamples, 0, correctionOf(statistic, resamples))),
    pLimit: bootstrapTest(statistic, resamples, limit, NO_CORRECTION),
    spread: { ...unknown, deviation: deviationOf(resamples.values) * Math.sqrt(samples) },
  };
}

function dropStatistic(
  metric: ResampledMetric,
  reference: readonly Float64Array[],
  candidate: readonly Float64Array[],
): PairedStatistic {
  const [before, after] = [numbersOf(metric, reference), numbersOf(metric, candidate)];
  if (!before || !after) return metricDrop(metric, reference, candidate);
  return meanDrop(before.map((number, i) => dropOf(metric, after[i] as number, number)));
}

function pairedAnswers(
  metric: ResampledMetric,
  reference: readonly Float64Array[],
  candidate: readonly Float64Array[],
): PairedAnswers | undefined {
  const [before, after] = [answersOf(metric, reference), answersOf(metric, candidate)];
  if (!before || !after) return undefined;
  let [lost, gained] = [0, 0];
  for (const [i, answer] of before.entries()) {
    const worse = dropOf(metric, after[i] as number, answer);
    if (worse > 0) lost++;
    else if (worse < 0) gained++;
  }
  return { samples: before.length, lost, gained };
}
