import type { Metric, MetricOptions } from '../metric.js';
import { classesOf, classified, classLabels, NO_CLASS } from './classes.js';
import { SharedRows, weightOf } from './weighted.js';

export type Share = 'precision' | 'recall' | 'f1';

/** Which classes count: all that occur, weighing the same or by their rows, or one. */
export type Average = 'macro' | 'micro' | number;

/** How often a class was given and right, given, and right to give. */
interface Counts {
  hits: number;
  predicted: number;
  actual: number;
}

/**
 * Precision (how many of the rows given to a class belong to it), recall (how many of those that belong to it were
 * found) and their harmonic mean. As scikit-learn does, the macro average takes the classes that occur in labels or
 * predictions, and what would be 0 / 0 is 0. A row with NaN among its scores is missing in its class and in no other.
 */
export function precisionRecall(share: Share, average: Average, options: MetricOptions): Metric {
  const name = average === 'macro' ? share : `${share}[${average}]`;
  const shared = new SharedRows();
  return {
    name,
    direction: 'higher',
    kind: 'general',
    comparesWithReference: false,
    labels: (signature) => classLabels(name, options, signature),
    observe(observation) {
      const output = classified(name, options, observation);
      const labels = classesOf(options, observation, output.classes);
      return labels.map((label, row) => shared.of(label, output.predicted(row)));
    },
    value(rows, weights) {
      const counts = countClasses(rows, weights);
      if (counts.size === 0) return Number.NaN;
      if (average === 'micro') return shareOf(share, total(counts));
      if (average !== 'macro') return shareOf(share, counts.get(average) ?? none());
      let sum = 0;
      for (const count of counts.values()) sum += shareOf(share, count);
      return sum / counts.size;
    },
  };
}

function countClasses(rows: readonly Float64Array[], weights: Uint32Array | undefined): Map<number, Counts> {
  const counts = new Map<number, Counts>();
  const of = (label: number): Counts => {
    let count = counts.get(label);
    if (count === undefined) {
      count = none();
      counts.set(label, count);
    }
    return count;
  };
  for (let i = 0; i < rows.length; i++) {
    const weight = weightOf(weights, i);
    if (weight === 0) continue;
    const row = rows[i] as Float64Array;
    const [label, predicted] = [row[0] as number, row[1] as number];
    const own = of(label);
    own.actual += weight;
    if (predicted === label) own.hits += weight;
    if (predicted !== NO_CLASS) of(predicted).predicted += weight;
  }
  return counts;
}

function none(): Counts {
  return { hits: 0, predicted: 0, actual: 0 };
}

function total(counts: ReadonlyMap<number, Counts>): Counts {
  const sum = none();
  for (const { hits, predicted, actual } of counts.values()) {
    sum.hits += hits;
    sum.predicted += predicted;
    sum.actual += actual;
  }
  return sum;
}

function shareOf(share: Share, { hits, predicted, actual }: Counts): number {
  if (hits === 0) return 0;
  if (share === 'precision') return hits / predicted;
  return share === 'recall' ? hits / actual : (2 * hits) / (predicted + actual);
}
