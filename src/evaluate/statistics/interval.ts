/** Where the true value lies with the probability `level`, as far as the samples can tell. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /**
   * `wilson`: Wilson's score interval of a share; `score`: Tango's of the difference of two shares on the same samples;
   * `bootstrap`: of quantiles of `resamples` resamples.
   */
  readonly method: 'wilson' | 'score' | 'bootstrap';
  readonly resamples?: number;
}

export const LEVEL = 0.95;
