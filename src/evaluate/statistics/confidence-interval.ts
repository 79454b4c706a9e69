import { bootstrap, bootstrapInterval, correctionOf, MOST_UNDEFINED } from './bootstrap.js';
import { type Interval, LEVEL } from './interval.js';
import { randomSource } from './random-source.js';
import { answersOf, numbersOf, resamplesFor } from './rows.js';
import { wilsonInterval } from './share-interval.js';
import { meanStatistic, metricStatistic, type ResampledMetric } from './statistic.js';

export interface IntervalOptions {
  readonly seed: number;
  /** 0.95 if not given. */
  readonly level?: number;
}

/**
 * Where the metric's true value lies, judged by the rows of a sample each (for a batch, of a data row each).
 * A share of right answers has Wilson's interval, anything else a bootstrap interval. Undefined where the value is, for
 * less than two samples, where all resamples have the same value, and where more than a tenth of them have none.
 */
export function confidenceInterval(
  metric: ResampledMetric,
  rows: readonly Float64Array[],
  { seed, level = LEVEL }: IntervalOptions,
): Interval | undefined {
  const answers = answersOf(metric, rows);
  if (answers && answers.length > 0) {
    const hits = answers.reduce((sum, hit) => sum + hit, 0);
    return wilsonInterval(hits, answers.length, level);
  }
  const numbers = numbersOf(metric, rows);
  const statistic = numbers ? meanStatistic(numbers) : metricStatistic(metric, rows);
  if (rows.length < 2 || !Number.isFinite(statistic.value)) return undefined;
  const resamples = bootstrap(statistic, randomSource(seed), resamplesFor(metric, rows.length));
  if (resamples.undefinedShare > MOST_UNDEFINED) return undefined;
  return bootstrapInterval(statistic, resamples, level, correctionOf(statistic, resamples));
}
