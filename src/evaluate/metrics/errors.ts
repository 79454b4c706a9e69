import type { Metric, MetricOptions } from '../metric.js';
import { type Against, type Pair, pairsOf, targetLabels } from './pairs.js';
import { weightedMean, weightedSum, weightOf } from './weighted.js';

export type ErrorName = 'mae' | 'rmse' | 'cosine' | 'sqnr' | 'max-error';

/** Adds one element to a row's numbers. */
type Add = (sums: Float64Array, expected: number, actual: number) => void;

interface Definition extends Pick<Metric, 'direction' | 'kind' | 'unit' | 'value'> {
  /** Numbers a row. */
  readonly width: number;
  readonly add: Add;
  /** Whether the numbers are means over the row's elements. */
  readonly mean: boolean;
}

const definitions: Readonly<Record<ErrorName, Definition>> = {
  mae: {
    direction: 'lower',
    kind: 'mean',
    width: 1,
    mean: true,
    add(sums, expected, actual) {
      (sums[0] as number) += Math.abs(difference(expected, actual));
    },
    value: weightedMean,
  },
  rmse: {
    direction: 'lower',
    kind: 'general',
    width: 1,
    mean: true,
    add(sums, expected, actual) {
      (sums[0] as number) += difference(expected, actual) ** 2;
    },
    value: (rows, weights) => Math.sqrt(weightedMean(rows, weights)),
  },
  cosine: {
    direction: 'higher',
    kind: 'general',
    width: 4,
    mean: false,
    add(sums, expected, actual) {
      (sums[0] as number) += expected * actual;
      (sums[1] as number) += expected * expected;
      (sums[2] as number) += actual * actual;
      (sums[3] as number) += difference(expected, actual) ** 2;
    },
    value(rows, weights) {
      const [product, a, b, noise] = [0, 1, 2, 3].map((column) => weightedSum(rows, weights, column)) as Four;
      if (rows.length > 0 && noise === 0) return 1;
      // Rounding may give a little more than 1.
      return Math.min(1, Math.max(-1, product / Math.sqrt(a) / Math.sqrt(b)));
    },
  },
  sqnr: {
    direction: 'higher',
    kind: 'general',
    unit: 'dB',
    width: 2,
    mean: false,
    add(sums, expected, actual) {
      (sums[0] as number) += expected * expected;
      (sums[1] as number) += difference(expected, actual) ** 2;
    },
    value(rows, weights) {
      const [signal, noise] = [weightedSum(rows, weights, 0), weightedSum(rows, weights, 1)];
      return rows.length > 0 && noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    },
  },
  'max-error': {
    direction: 'lower',
    kind: 'general',
    width: 1,
    mean: false,
    add(sums, expected, actual) {
      sums[0] = Math.max(sums[0] as number, Math.abs(difference(expected, actual)));
    },
    value(rows, weights) {
      let largest = Number.NaN;
      for (let i = 0; i < rows.length; i++) {
        const error = (rows[i] as Float64Array)[0] as number;
        if (weightOf(weights, i) === 0) continue;
        if (Number.isNaN(error)) return error;
        if (!(error <= largest)) largest = error;
      }
      return largest;
    },
  },
};

type Four = [number, number, number, number];

/**
 * How far outputs are from labels or from the float model's outputs.
 * - `mae`, `rmse`: the mean over rows of each row's mean absolute or squared error; of the latter the root.
 * - `cosine`: of the angle between all outputs and all expected ones, each as one vector; 1 for equal ones.
 * - `sqnr`: 10·log10(Σ expected² / Σ error²), infinite for equal ones.
 * - `max-error`: the largest absolute error of an element.
 *
 * Equal infinities are no error. NaN in a row, or an output that has another size than in the float model, makes the
 * value NaN.
 */
export function errorMetric(kind: ErrorName, name: string, against: Against, options: MetricOptions): Metric {
  const { width, add, mean, ...rest } = definitions[kind];
  return {
    name,
    ...rest,
    comparesWithReference: against === 'float',
    labels: (signature) => (against === 'labels' ? targetLabels(name, options, signature) : []),
    observe(observation) {
      const pairs = pairsOf(name, against, options, observation);
      return Array.from({ length: observation.rows }, (_, row) => {
        if (pairs === undefined) return new Float64Array(width).fill(Number.NaN);
        const sums = new Float64Array(width);
        const elements = sumRow(sums, pairs, row, add);
        return mean ? sums.map((sum) => sum / elements) : sums;
      });
    },
  };
}

function sumRow(sums: Float64Array, pairs: readonly Pair[], row: number, add: Add): number {
  let elements = 0;
  for (const { expected, actual, size } of pairs) {
    for (let i = row * size; i < (row + 1) * size; i++) add(sums, expected[i] as number, actual[i] as number);
    elements += size;
  }
  return elements;
}

/** 0 for equal infinities. */
function difference(expected: number, actual: number): number {
  return expected === actual ? 0 : actual - expected;
}
