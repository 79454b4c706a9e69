import { holm } from './holm.js';

/** A "no drop" whose adjusted p-value is below this is rejected. */
export const SIGNIFICANCE = 0.05;

/** A check of one drop against its limit, both in the metric's unit. */
export interface DropCheck {
  readonly id: string;
  readonly drop: number;
  readonly limit: number;
  /** One-sided, of "there is no drop". */
  readonly p: number;
  /** One-sided, of "the drop is within the limit"; without it no drop within its limit is called certain. */
  readonly pLimit?: number;
}

/**
 * `pass`: the measured drop is within the limit. `within-noise`: it exceeds the limit, but equally good models may
 * measure so on that many samples. `fail`: it exceeds the limit, and there is a drop (or the judging is strict, or the
 * drop is undefined).
 */
export type Verdict = 'pass' | 'within-noise' | 'fail';

export interface JudgedDrop extends DropCheck {
  readonly verdict: Verdict;
  /**
   * Beyond the limit: `certain` if "no drop" is rejected with regard to all checks of the run. Within it: `certain` if
   * a drop as large as the limit is rejected, by itself.
   */
  readonly certainty: 'certain' | 'within noise';
  /** `p` as Holm adjusts it to the number of checks. */
  readonly adjustedP: number;
}

/**
 * The verdicts on all drops of a run. They depend on each other: by default a check fails if the measured drop exceeds
 * the limit and its Holm-adjusted p-value is below 5 %, so that of runs in which no model got worse at most 5 % fail.
 * `strict` fails on the measured drop alone. Shards of a run are judged together when they are merged.
 */
export function judge(checks: readonly DropCheck[], { strict }: { readonly strict: boolean }): JudgedDrop[] {
  const adjusted = holm(checks.map(({ p }) => p));
  return checks.map((check, i) => {
    const adjustedP = adjusted[i] as number;
    const within = check.drop <= check.limit;
    const dropIsCertain = Number.isNaN(check.drop) || adjustedP < SIGNIFICANCE;
    const limitIsCertain = check.pLimit !== undefined && 1 - check.pLimit < SIGNIFICANCE;
    const certainty = (within ? limitIsCertain : dropIsCertain) ? 'certain' : 'within noise';
    const verdict = within ? 'pass' : strict || dropIsCertain ? 'fail' : 'within-noise';
    return { ...check, verdict, certainty, adjustedP };
  });
}
