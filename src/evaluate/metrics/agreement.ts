import { isInteger } from '#tensor/dtype.js';
import type { Metric, MetricOptions } from '../metric.js';
import { bestOf, NO_CLASS } from './classes.js';
import type { RowsOfNumbers } from './observed.js';
import { withReference } from './pairs.js';
import { SharedRows, weightedMean } from './weighted.js';

/**
 * How often a model and the float model prefer the same class: where the last axis of an output has several scores, the
 * highest is at the same place, of equal ones the first; where an output holds class numbers, they are equal. A row's
 * number is the share of such places in all its outputs (one in a classifier). A place with NaN does not agree, nor an
 * output of another size. NaN for models without such outputs: there is nothing to prefer.
 */
export function agreement(options: MetricOptions): Metric {
  const shared = new SharedRows();
  return {
    name: 'agreement',
    direction: 'higher',
    kind: 'mean',
    comparesWithReference: true,
    labels: () => [],
    observe(observation) {
      const pairs = withReference(options, observation);
      return Array.from({ length: observation.rows }, (_, row) => {
        if (pairs === undefined) return shared.of(0);
        let [places, equal] = [0, 0];
        for (const { expected, actual } of pairs) {
          const wanted = choices(expected, row);
          const given = choices(actual, row);
          places += wanted.length;
          equal += wanted.filter((choice, i) => choice === given[i] && choice !== NO_CLASS).length;
        }
        return shared.of(equal / places);
      });
    },
    value: weightedMean,
  };
}

/** The class preferred at each place of a row; none for a single number that is no class. */
function choices({ numbers, shape, size, dtype, quantized }: RowsOfNumbers, row: number): number[] {
  if (isInteger(dtype) && !quantized) return Array.from({ length: size }, (_, i) => numbers[row * size + i] as number);
  const classes = shape[shape.length - 1] ?? 1;
  if (classes < 2) return [];
  return Array.from({ length: size / classes }, (_, place) => bestOf(numbers, row * size + place * classes, classes));
}
