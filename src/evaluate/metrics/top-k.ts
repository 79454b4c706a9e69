import type { Metric, MetricOptions } from '../metric.js';
import { classesOf, classified, classLabels } from './classes.js';
import { weightedMean } from './weighted.js';

const RIGHT = Float64Array.of(1);
const WRONG = Float64Array.of(0);

/**
 * The share of rows whose label is among the `k` highest scores. Of equal scores the first counts as higher, as in
 * NumPy's `argmax`; a row with NaN among its scores is wrong. A model that gives class numbers has its first guess only.
 * scikit-learn's `accuracy_score`, and `top_k_accuracy_score` but for ties, which it breaks the other way around.
 */
export function topK(k: number, options: MetricOptions): Metric {
  const name = `top-${k}`;
  return {
    name,
    direction: 'higher',
    kind: 'binary',
    comparesWithReference: false,
    labels: (signature) => classLabels(name, options, signature),
    observe(observation) {
      const output = classified(name, options, observation);
      const labels = classesOf(options, observation, output.classes);
      return labels.map((label, row) => {
        const scores = k === 1 ? undefined : output.scores(row);
        return (scores ? placeOf(label, scores) < k : output.predicted(row) === label) ? RIGHT : WRONG;
      });
    },
    value: weightedMean,
  };
}

/** How many scores come before that of the label; infinitely many where one is NaN. */
function placeOf(label: number, scores: Float64Array): number {
  const own = scores[label] as number;
  let place = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (Number.isNaN(score)) return Number.POSITIVE_INFINITY;
    if (score > own || (score === own && i < label)) place++;
  }
  return place;
}
