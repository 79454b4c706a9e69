import type { Metric, MetricOptions } from '../metric.js';
import { type Against, pairsOf, targetLabels } from './pairs.js';
import { weightedCount, weightedMean, weightOf } from './weighted.js';

/**
 * The coefficient of determination: 1 - Σ error² / Σ (expected - mean)², for each element of the output over all rows,
 * and their mean. As scikit-learn's `r2_score`, 1 for a constant that is met exactly, 0 for another, NaN for fewer than
 * two rows. A row keeps two numbers for each element of the output, so it suits small outputs. NaN in a row makes it NaN.
 */
export function r2(name: string, against: Against, options: MetricOptions): Metric {
  return {
    name,
    direction: 'higher',
    kind: 'general',
    comparesWithReference: against === 'float',
    labels: (signature) => (against === 'labels' ? targetLabels(name, options, signature) : []),
    observe(observation) {
      const pairs = pairsOf(name, against, options, observation);
      return Array.from({ length: observation.rows }, (_, row) => {
        if (pairs === undefined) return Float64Array.of(Number.NaN, Number.NaN);
        const numbers: number[] = [];
        for (const { expected, actual, size } of pairs) {
          for (let i = row * size; i < (row + 1) * size; i++) {
            const wanted = expected[i] as number;
            numbers.push(wanted, ((actual[i] as number) - wanted) ** 2);
          }
        }
        return Float64Array.from(numbers);
      });
    },
    value(rows, weights) {
      if (weightedCount(rows, weights) < 2) return Number.NaN;
      const width = rows[0]?.length ?? 0;
      let sum = 0;
      for (let column = 0; column < width; column += 2) sum += ofElement(rows, weights, column);
      return rows.every(({ length }) => length === width) ? sum / (width / 2) : Number.NaN;
    },
  };
}

function ofElement(rows: readonly Float64Array[], weights: Uint32Array | undefined, column: number): number {
  const mean = weightedMean(rows, weights, column);
  let [errors, spread] = [0, 0];
  let first: number | undefined;
  let constant = true;
  for (let i = 0; i < rows.length; i++) {
    const weight = weightOf(weights, i);
    if (weight === 0) continue;
    const row = rows[i] as Float64Array;
    errors += weight * (row[column + 1] as number);
    spread += weight * ((row[column] as number) - mean) ** 2;
    first ??= row[column];
    constant &&= row[column] === first;
  }
  if (constant && !Number.isNaN(errors)) return errors === 0 ? 1 : 0;
  return 1 - errors / spread;
}
