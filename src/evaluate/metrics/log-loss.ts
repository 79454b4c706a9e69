import { fail } from '#diagnostics/diagnostic.js';
import type { Metric, MetricOptions, Observation } from '../metric.js';
import { classesOf, classLabels, scored } from './classes.js';
import { judgedOutput } from './observed.js';
import { weightedMean } from './weighted.js';

/** What rounding may put a probability beyond 0 or 1. */
const SLACK = 1e-3;

/**
 * The mean of -ln(probability of the label), from probabilities or, by the option `scores`, logits. As in scikit-learn's
 * `log_loss`, probabilities are kept a machine epsilon away from 0 and 1: 2⁻²³, of float64 outputs 2⁻⁵², so that no row
 * costs more than 15.9 or 36. One with NaN among its scores makes it NaN.
 */
export function logLoss(options: MetricOptions): Metric {
  const name = 'log-loss';
  return {
    name,
    direction: 'lower',
    kind: 'mean',
    comparesWithReference: false,
    labels: (signature) => classLabels(name, options, signature),
    observe(observation) {
      const output = scored(name, options, observation);
      const labels = classesOf(options, observation, output.classes);
      const { dtype } = judgedOutput(name, options, observation.signature);
      const epsilon = dtype === 'float64' ? 2 ** -52 : 2 ** -23;
      return labels.map((label, row) => {
        const scores = output.scores(row);
        if (scores.some(Number.isNaN)) return Float64Array.of(Number.NaN);
        if (options.scores === 'logits') return Float64Array.of(fromLogits(scores, label, epsilon));
        refuseLogits(scores, row, observation);
        return Float64Array.of(-Math.log(Math.min(1 - epsilon, Math.max(epsilon, scores[label] as number))));
      });
    },
    value: weightedMean,
  };
}

function fromLogits(logits: Float64Array, label: number, epsilon: number): number {
  const highest = Math.max(...logits);
  const rest = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  const loss = Math.log(rest) + highest - (logits[label] as number);
  return Math.min(-Math.log(epsilon), Math.max(-Math.log(1 - epsilon), loss));
}

function refuseLogits(scores: Float64Array, row: number, { source, index }: Observation): void {
  const odd = scores.find((score) => score < -SLACK || score > 1 + SLACK);
  if (odd === undefined) return;
  fail('invalid-option', {
    detail: `log-loss takes probabilities; for sample ${index + row} of ${source} the model gives ${odd}.`,
    help: [
      'If the model gives logits, that is, has no softmax or sigmoid at its end, set the option `scores: logits`.',
    ],
  });
}
