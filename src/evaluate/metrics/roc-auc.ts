import type { Metric, MetricOptions } from '../metric.js';
import { classesOf, classLabels, scored } from './classes.js';
import { softmax } from './softmax.js';
import { Prepared, weightOf } from './weighted.js';

/**
 * The area under the ROC curve: the chance that a row of the class has a higher score than one of another, equal scores
 * counting half. Of two classes, that of class 1; of more, the mean of each against the rest, over the classes that have
 * both (scikit-learn's `roc_auc_score`, `multi_class="ovr"`, which takes no data without). With one class only, or NaN
 * among the scores, it is NaN. Logits become probabilities first: in several classes these rank rows otherwise.
 */
export function rocAuc(oneClass: number | undefined, options: MetricOptions): Metric {
  const name = oneClass === undefined ? 'roc-auc' : `roc-auc[${oneClass}]`;
  // Rows are the label and the score of each class.
  const rankings = new Prepared<Map<number, Ranking>>(() => new Map());
  return {
    name,
    direction: 'higher',
    kind: 'general',
    comparesWithReference: false,
    labels: (signature) => classLabels(name, options, signature),
    observe(observation) {
      const output = scored(name, options, observation);
      const labels = classesOf(options, observation, output.classes);
      return labels.map((label, row) => {
        return Float64Array.of(label, ...ranked(output.scores(row), options.scores === 'logits'));
      });
    },
    value(rows, weights) {
      const columns = (rows[0]?.length ?? 1) - 1;
      const known = rankings.for(rows, weights);
      const areaOf = (positive: number, column: number) => {
        let ranking = known.get(column);
        if (ranking === undefined) {
          ranking = rank(rows, positive, column);
          known.set(column, ranking);
        }
        return area(ranking, weights);
      };
      if (columns === 1) return oneClass === 0 ? 1 - areaOf(1, 1) : areaOf(1, 1);
      if (oneClass !== undefined) return oneClass < columns ? areaOf(oneClass, oneClass + 1) : Number.NaN;
      let [sum, defined] = [0, 0];
      for (const positive of classesWithRest(rows, weights)) {
        sum += areaOf(positive, positive + 1);
        defined++;
      }
      return sum / defined;
    },
  };
}

/** Of two classes one number that ranks rows, of more one for each. */
function ranked(scores: Float64Array, logits: boolean): Float64Array {
  if (scores.length > 2) return logits ? softmax(scores) : scores;
  const [first, second] = scores as unknown as [number, number];
  if (Number.isNaN(first)) return Float64Array.of(Number.NaN);
  // The difference ranks rows as the probability does, and does not saturate.
  return Float64Array.of(logits ? second - first : second);
}

function classesWithRest(rows: readonly Float64Array[], weights: Uint32Array | undefined): readonly number[] {
  const classes = new Set<number>();
  for (let i = 0; i < rows.length; i++) {
    if (weightOf(weights, i) > 0) classes.add((rows[i] as Float64Array)[0] as number);
  }
  return classes.size > 1 ? [...classes].sort((a, b) => a - b) : [];
}

/** Rows by their score, the lowest first and NaN last. */
interface Ranking {
  /** Places of the rows. */
  readonly order: Uint32Array;
  readonly scores: Float64Array;
  /** 1 for rows of the class. */
  readonly positive: Uint8Array;
}

function rank(rows: readonly Float64Array[], positive: number, column: number): Ranking {
  const scores = Float64Array.from(rows, (row) => row[column] as number);
  const key = scores.map((score) => (Number.isNaN(score) ? Number.POSITIVE_INFINITY : score));
  const order = Uint32Array.from(rows.keys()).sort((a, b) => {
    const [x, y] = [key[a] as number, key[b] as number];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  return {
    order,
    scores: Float64Array.from(order, (i) => scores[i] as number),
    positive: Uint8Array.from(order, (i) => Number(rows[i]?.[0] === positive)),
  };
}

function area({ order, scores, positive }: Ranking, weights: Uint32Array | undefined): number {
  // Negatives with lower scores than the current one; positives and negatives with this one.
  let [lower, positives, negatives] = [0, 0, 0];
  let [total, won] = [0, 0];
  let current = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < order.length; k++) {
    const weight = weightOf(weights, order[k] as number);
    if (weight === 0) continue;
    const score = scores[k] as number;
    if (Number.isNaN(score)) return Number.NaN;
    if (score !== current) {
      won += positives * (lower + negatives / 2);
      total += positives;
      lower += negatives;
      positives = 0;
      negatives = 0;
      current = score;
    }
    if (positive[k] === 1) positives += weight;
    else negatives += weight;
  }
  won += positives * (lower + negatives / 2);
  return won / ((total + positives) * (lower + negatives));
}
