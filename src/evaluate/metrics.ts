/** What a model is judged by. */
export const metrics = ['top-1', 'mae', 'rmse', 'cosine', 'sqnr'] as const;

/** `top-1` is the share of samples whose label scores highest; the others compare outputs with the float model's. */
export type Metric = (typeof metrics)[number];

/**
 * How much worse than the float model a value of the metric is, 0 for as good, NaN where that cannot be said: for
 * `top-1` the difference in accuracy (negative for a better model), for `mae` and `rmse` the error itself, for `cosine`
 * what is missing to 1, for `sqnr` (in decibels) the noise as a share of the signal's power, so that 0.01 is 20 dB.
 */
export function dropOf(metric: Metric, value: number, float: number): number {
  switch (metric) {
    case 'top-1':
      return float - value;
    case 'mae':
    case 'rmse':
      return value;
    case 'cosine':
      // Rounding may give a little more than 1.
      return Math.max(0, 1 - value);
    case 'sqnr':
      return 10 ** (-value / 10);
  }
}
