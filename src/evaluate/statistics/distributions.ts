import jStat from 'jstat';

/** The standard normal quantile: below it lies the share `p`. */
export function normalQuantile(p: number): number {
  return jStat.normal.inv(p, 0, 1);
}

/** The share of the standard normal distribution below `z`. */
export function normalBelow(z: number): number {
  return jStat.normal.cdf(z, 0, 1);
}

/** The quantile of Student's t with so many degrees of freedom. */
export function studentQuantile(p: number, freedom: number): number {
  return jStat.studentt.inv(p, freedom);
}

/** The share of Student's t at or above `t`. */
export function studentAbove(t: number, freedom: number): number {
  if (Number.isFinite(t)) return jStat.studentt.cdf(-t, freedom);
  return t > 0 ? 0 : 1;
}

/** The probability of at least `successes` of `trials` that succeed with probability `p` each. */
export function binomialAtLeast(successes: number, trials: number, p: number): number {
  if (successes <= 0) return 1;
  if (successes > trials) return 0;
  return jStat.ibeta(p, successes, trials - successes + 1);
}

/** The logarithm of the probability of just so many successes. */
export function logBinomial(successes: number, trials: number, p: number): number {
  const ways = jStat.gammaln(trials + 1) - jStat.gammaln(successes + 1) - jStat.gammaln(trials - successes + 1);
  const hits = successes === 0 ? 0 : successes * Math.log(p);
  const misses = successes === trials ? 0 : (trials - successes) * Math.log(1 - p);
  return ways + hits + misses;
}
