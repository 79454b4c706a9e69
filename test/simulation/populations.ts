import type { RandomSource } from '#evaluate/statistics/random-source.js';
import type { ResampledMetric } from '#evaluate/statistics/statistic.js';

/** Rows that a made-up model gives for each sample of one test set. */
export type Answer<Quality> = (quality: Quality) => Float64Array[];

/** Models of two qualities, whose metric is known without measuring it. */
export interface Population<Quality = unknown> {
  readonly name: string;
  readonly metric: ResampledMetric;
  readonly good: Quality;
  readonly goodValue: number;
  readonly bad: Quality;
  /** How much worse the bad ones are. */
  readonly drop: number;
  /** Fresh samples; each call of what is returned asks another model, all of which find the same samples hard. */
  testSet(random: RandomSource, samples: number): Answer<Quality>;
}

/** How alike models see a sample: with this probability just as all others do, else on their own. */
const ALIKE = 0.8;

/** Even between 0 and 1. */
function uniform(random: RandomSource): number {
  return ((random.bits() >>> 0) + 0.5) / 2 ** 32;
}

function normal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random));
}

/** How hard each sample is for one model, between 0 and 1. */
function hardnessFor(random: RandomSource, common: readonly number[]): number[] {
  return common.map((hardness) => (uniform(random) < ALIKE ? hardness : uniform(random)));
}

function draws<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

function meanOf(rows: readonly Float64Array[], weights?: Uint32Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const weight = weights ? (weights[i] as number) : 1;
    sum += weight * (rows[i]?.[0] as number);
    count += weight;
  }
  return sum / count;
}

/** Right or wrong: 90 % and 87 % right. */
export const accuracy: Population<number> = {
  name: 'accuracy',
  metric: { direction: 'higher', kind: 'binary', value: meanOf },
  good: 0.9,
  goodValue: 0.9,
  bad: 0.87,
  drop: 0.03,
  testSet(random, samples) {
    const common = draws(samples, () => uniform(random));
    return (right) => hardnessFor(random, common).map((hardness) => Float64Array.of(hardness < right ? 1 : 0));
  },
};

/** Shares of the class, and of the rest, that a model takes for the class. */
export interface Rates {
  readonly hits: number;
  readonly falseAlarms: number;
}

const CLASS_SHARE = 0.3;

function f1Of({ hits, falseAlarms }: Rates): number {
  const right = CLASS_SHARE * hits;
  return (2 * right) / (right + (1 - CLASS_SHARE) * falseAlarms + CLASS_SHARE);
}

const goodRates: Rates = { hits: 0.85, falseAlarms: 0.06 };
const badRates: Rates = { hits: 0.77, falseAlarms: 0.07 };

/** F1 of one class: rows are the answer and the label. */
export const f1: Population<Rates> = {
  name: 'f1',
  metric: {
    direction: 'higher',
    kind: 'general',
    value(rows, weights) {
      let [right, counted] = [0, 0];
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as Float64Array;
        const [answer, label] = [row[0] as number, row[1] as number];
        const weight = weights ? (weights[i] as number) : 1;
        right += 2 * weight * answer * label;
        counted += weight * (answer + label);
      }
      return right / counted;
    },
  },
  good: goodRates,
  goodValue: f1Of(goodRates),
  bad: badRates,
  drop: f1Of(goodRates) - f1Of(badRates),
  testSet(random, samples) {
    const common = draws(samples, () => uniform(random));
    const labels = common.map(() => (uniform(random) < CLASS_SHARE ? 1 : 0));
    return ({ hits, falseAlarms }) =>
      hardnessFor(random, common).map((hardness, i) => {
        const label = labels[i] as number;
        return Float64Array.of(hardness < (label ? hits : falseAlarms) ? 1 : 0, label);
      });
  },
};

/** As good as the good ones by F1, but eager to take samples for the class. */
export const f1Eager: Rates = {
  hits: 0.92,
  falseAlarms: (CLASS_SHARE * ((2 * 0.92) / f1Of(goodRates) - 0.92 - 1)) / (1 - CLASS_SHARE),
};

/** Root of the mean squared error: rows are the squared error. Errors are alike normal ones of deviation 1 and 1.1. */
export const rmse: Population<number> = {
  name: 'rmse',
  metric: {
    direction: 'lower',
    kind: 'general',
    value: (rows, weights) => Math.sqrt(meanOf(rows, weights)),
  },
  good: 1,
  goodValue: 1,
  bad: 1.1,
  drop: 0.1,
  testSet(random, samples) {
    const common = draws(samples, () => normal(random));
    const own = Math.sqrt(1 - ALIKE ** 2);
    return (deviation) =>
      common.map((error) => Float64Array.of((deviation * (ALIKE * error + own * normal(random))) ** 2));
  },
};

/** Mean absolute error of errors that are skewed: exponential ones of mean 1 and 1.2. */
export const mae: Population<number> = {
  name: 'mae',
  metric: { direction: 'lower', kind: 'mean', value: meanOf },
  good: 1,
  goodValue: 1,
  bad: 1.2,
  drop: 0.2,
  testSet(random, samples) {
    const common = draws(samples, () => uniform(random));
    return (mean) => hardnessFor(random, common).map((hardness) => Float64Array.of(-mean * Math.log(hardness)));
  },
};
