import { binomialAtLeast, logBinomial, normalQuantile } from './distributions.js';
import { SIGNIFICANCE } from './judge.js';
import type { Spread } from './paired-drop.js';
import { wilsonInterval } from './share-interval.js';

export interface SettleQuestion {
  readonly spread: Spread;
  /** The drop that is allowed, as `dropOf` counts it. */
  readonly limit: number;
  /** How many drops the run checks, for Holm's adjustment. */
  readonly checks: number;
}

/** Of true drops of twice the limit so many are to be caught: more than the 95 % promised, as much is estimated here. */
const POWER = 0.975;
/** How sure it is that the spread is not larger than what is reckoned with. */
const SPREAD_LEVEL = 0.9;
/** What is assumed of the tails of a sample's influence, when the error of the measured spread is reckoned. */
const KURTOSIS = 9;
const MOST = 1e9;

/**
 * How many samples it takes until a true drop of twice the limit fails the default rule (see `judge`) in at least 95 %
 * of runs, even as the most significant of all its checks. From the spread of the samples at hand, taken at the upper
 * end of its uncertainty; so a few more samples can bring the number down. Undefined where no number of samples settles
 * it (a limit of 0, one that cannot be exceeded twice over), or the spread is unknown.
 */
export function samplesToSettle({ spread, limit, checks }: SettleQuestion): number | undefined {
  if (!(limit > 0)) return undefined;
  const level = SIGNIFICANCE / Math.max(1, checks);
  const needed = spread.kind === 'answers' ? answersNeeded(spread, limit, level) : numbersNeeded(spread, limit, level);
  return needed <= MOST ? needed : undefined;
}

function numbersNeeded(
  { samples, deviation }: Extract<Spread, { kind: 'numbers' }>,
  limit: number,
  level: number,
): number {
  const excess = normalQuantile(SPREAD_LEVEL) * Math.sqrt((KURTOSIS - 1) / samples);
  const variance = deviation ** 2 * (1 + excess);
  const power = normalQuantile(POWER);
  // The tests ask for a little more than the normal distribution (see `swapTest`).
  const test = -1.05 * normalQuantile(level);
  // Of 2 × limit, the measured drop may miss one limit, or all but what the test needs.
  const errors = Math.max(power, (power + test) / 2);
  return Math.ceil((variance / limit ** 2) * errors ** 2 + test ** 2);
}

function answersNeeded(
  { samples, lost, gained }: Extract<Spread, { kind: 'answers' }>,
  limit: number,
  level: number,
): number {
  const drop = 2 * limit;
  const measured = Math.max(0, (lost - gained) / samples);
  const { high } = wilsonInterval(lost + gained, samples, 2 * SPREAD_LEVEL - 1);
  // Answers that a true drop would change beside those that differ now.
  const differing = Math.min(1, high + Math.max(0, drop - measured));
  if (drop > 1) return Number.POSITIVE_INFINITY;
  const caught = (count: number) => powerOf(count, Math.max(differing, drop), drop, limit, level) >= POWER;
  let [low, enough] = [0, 1];
  while (!caught(enough)) {
    if (enough > MOST) return Number.POSITIVE_INFINITY;
    [low, enough] = [enough, enough * 2];
  }
  while (enough - low > Math.max(1, enough / 1000)) {
    const middle = Math.floor((low + enough) / 2);
    if (caught(middle)) enough = middle;
    else low = middle;
  }
  return enough;
}

/**
 * The probability that, of so many samples, the share lost exceeds the share gained by more than the limit, and McNemar's
 * test at this level rejects "no drop": summed over how many samples differ.
 */
function powerOf(samples: number, differing: number, drop: number, limit: number, level: number): number {
  const mean = samples * differing;
  const deviation = Math.sqrt(mean * (1 - differing));
  const step = Math.max(1, Math.floor(deviation / 8));
  const from = Math.max(0, Math.floor(mean - 6 * deviation));
  const to = Math.min(samples, Math.ceil(mean + 6 * deviation));
  const lostShare = (1 + drop / differing) / 2;
  let [total, power] = [0, 0];
  for (let count = from; count <= to; count += step) {
    const weight = Math.exp(logBinomial(count, samples, differing));
    const beyondLimit = Math.floor((count + samples * limit) / 2) + 1;
    const lost = Math.max(beyondLimit, fewestRejected(count, level));
    total += weight;
    power += weight * binomialAtLeast(lost, count, lostShare);
  }
  return power / total;
}

/** The fewest lost of `count` differing answers with which McNemar's test rejects at this level. */
function fewestRejected(count: number, level: number): number {
  let lost = Math.max(0, Math.floor(count / 2 - (normalQuantile(level) * Math.sqrt(count)) / 2) - 1);
  while (lost > 0 && binomialAtLeast(lost - 1, count, 0.5) <= level) lost--;
  while (lost <= count && binomialAtLeast(lost, count, 0.5) > level) lost++;
  return lost;
}
