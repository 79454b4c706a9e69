import { studentAbove } from './distributions.js';
import type { RandomSource } from './random-source.js';
import type { PairedStatistic } from './statistic.js';

/** So many swaps with a drop at least as large settle that there is nothing to see (Besag and Clifford 1991). */
const ENOUGH = 50;
/** With fewer, the share is too coarse for what Holm's adjustment asks, and the tail of the swaps' spread is taken. */
const FEW = 10;

/**
 * The one-sided p-value of "no drop", from at most `count` random swaps of the two models' results, sample by sample:
 * exact, for any metric, if it does not matter which of two equally good models gave which result. Never below what all
 * the swaps there are could show.
 */
export function swapTest(statistic: PairedStatistic, random: RandomSource, count: number): number {
  const { value, telling } = statistic;
  if (telling === 0) return 1;
  // But for rounding, which depends on the order of what is added.
  const bar = Number.isFinite(value) ? value - 1e-9 * Math.abs(value) : value;
  let [larger, squares, drawn] = [0, 0, 0];
  while (drawn < count && larger < ENOUGH) {
    const swapped = statistic.swapped(random);
    drawn++;
    // An undefined value counts against the drop.
    if (!(swapped < bar)) larger++;
    squares += swapped * swapped;
  }
  const least = 2 ** -telling;
  if (larger === ENOUGH) return Math.max(least, larger / drawn);
  const share = (larger + 1) / (drawn + 1);
  if (larger >= FEW || telling < 2 || !Number.isFinite(squares)) return Math.max(least, share);
  // The spread is known from so many swaps only: two of its own standard errors are added.
  const spread = Math.sqrt(squares / drawn) * (1 + 2 / Math.sqrt(2 * drawn));
  const tail = studentAbove(value / spread, telling - 1);
  return Math.max(least, Math.min(share, tail));
}
