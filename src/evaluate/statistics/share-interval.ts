import { normalBelow, normalQuantile } from './distributions.js';
import type { Interval } from './interval.js';

/** What right and wrong answers of two models to the same samples say. */
export interface PairedAnswers {
  readonly samples: number;
  /** Samples that only the reference has right. */
  readonly lost: number;
  /** Samples that only the candidate has right. */
  readonly gained: number;
}

/** Wilson's score interval of the share `hits` / `samples`, which never has zero width. */
export function wilsonInterval(hits: number, samples: number, level: number): Interval {
  const z = normalQuantile((1 + level) / 2);
  const middle = (hits + z ** 2 / 2) / (samples + z ** 2);
  const half = (z / (samples + z ** 2)) * Math.sqrt((hits * (samples - hits)) / samples + z ** 2 / 4);
  const low = hits === 0 ? 0 : middle - half;
  return { low, high: hits === samples ? 1 : middle + half, level, method: 'wilson' };
}

/** Tango's score interval (1998) of the share lost less the share gained. */
export function scoreInterval(answers: PairedAnswers, level: number): Interval {
  const z = normalQuantile((1 + level) / 2);
  const measured = (answers.lost - answers.gained) / answers.samples;
  const low = bisect(-1, measured, (drop) => score(answers, drop) > z);
  const high = bisect(measured, 1, (drop) => score(answers, drop) > -z);
  return { low, high, level, method: 'score' };
}

/** The one-sided p-value of "the true drop is `drop` or less", by the same score. */
export function scoreTest(answers: PairedAnswers, drop: number): number {
  return normalBelow(-score(answers, drop));
}

/** How many standard errors what was measured lies above a true drop; falls as `drop` grows. */
function score({ samples, lost, gained }: PairedAnswers, drop: number): number {
  const excess = lost - gained - samples * drop;
  if (Math.abs(drop) >= 1) return excess === 0 ? 0 : Math.sign(excess) * Number.POSITIVE_INFINITY;
  // The likeliest share gained, if the true drop were this one: the larger root of a x² + b x + c.
  const a = 2 * samples;
  const b = (2 * samples - lost + gained) * drop - lost - gained;
  const c = -gained * drop * (1 - drop);
  const share = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = samples * (2 * share + drop * (1 - drop));
  if (variance <= 0) return excess === 0 ? 0 : Math.sign(excess) * Number.POSITIVE_INFINITY;
  return excess / Math.sqrt(variance);
}

/** Where a condition that holds at `low` and not at `high` ends. */
function bisect(low: number, high: number, holds: (value: number) => boolean): number {
  let [from, to] = [low, high];
  for (let i = 0; i < 60; i++) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}
