import type { DataInput } from '#data/data-set.js';
import { LABEL } from '#data/label.js';
import type { SignatureInfo } from '#runtime/interpreter.js';
import { isInteger } from '#tensor/dtype.js';
import type { Metric, MetricOptions, Observation } from '../metric.js';
import { numbersOf } from '../real-numbers.js';
import { bestOf, NO_CLASS, outOfRange, sparseType } from './classes.js';
import {
  batchOf,
  judgedOutput,
  labelsOf,
  type RowsOfNumbers,
  refuseOutput,
  rejectLabel,
  rowsOfOutput,
} from './observed.js';
import { weightOf } from './weighted.js';

/** Class, pixels of it in both, in the output, in the label. */
const WIDTH = 4;

/**
 * Mean intersection over union of segmentation masks: of each class, the pixels that have it in output and label by
 * those that have it in either, over all rows, and the mean over the classes that occur in either, or of one class
 * (scikit-learn's `jaccard_score` on all pixels, macro). Outputs are [batch, …, classes] with a score for each class, of
 * equal ones the first counting; [batch, …, 1] with the score of class 1 beside class 0; or whole numbers, which are
 * classes. Labels are class numbers of the same size. A pixel with NaN is missing in its class and in no other.
 */
export function meanIou(oneClass: number | undefined, options: MetricOptions): Metric {
  const name = oneClass === undefined ? 'mean-iou' : `mean-iou[${oneClass}]`;
  return {
    name,
    direction: 'higher',
    kind: 'general',
    comparesWithReference: false,
    labels: (signature) => maskLabels(name, options, signature),
    observe(observation) {
      const mask = maskOf(name, options, observation);
      const labels = pixelLabels(name, options, observation, mask);
      return Array.from({ length: observation.rows }, (_, row) => countPixels(mask, labels, row));
    },
    value(rows, weights) {
      const totals = new Map<number, [both: number, given: number, actual: number]>();
      for (let i = 0; i < rows.length; i++) {
        const weight = weightOf(weights, i);
        const row = rows[i] as Float64Array;
        for (let at = 0; weight > 0 && at < row.length; at += WIDTH) {
          const [label, both, given, actual] = row.subarray(at, at + WIDTH) as unknown as [
            number,
            number,
            number,
            number,
          ];
          const total = totals.get(label) ?? [0, 0, 0];
          totals.set(label, [total[0] + weight * both, total[1] + weight * given, total[2] + weight * actual]);
        }
      }
      const shareOf = ([both, given, actual]: [number, number, number]) => both / (given + actual - both);
      if (oneClass !== undefined) return shareOf(totals.get(oneClass) ?? [0, 0, 0]);
      let sum = 0;
      for (const total of totals.values()) sum += shareOf(total);
      return sum / totals.size;
    },
  };
}

interface Mask {
  readonly pixels: number;
  /** Undefined where the model gives class numbers. */
  readonly classes: number | undefined;
  predicted(row: number, pixel: number): number;
}

function maskLabels(metric: string, options: MetricOptions, signature: SignatureInfo): DataInput[] {
  const info = judgedOutput(metric, options, signature);
  const batch = signature.inputs[0]?.shape?.[0] ?? null;
  const whole = isInteger(info.dtype) && info.quantization === undefined;
  const shape = info.shape && [batch, ...info.shape.slice(1, whole ? undefined : -1)];
  return [{ name: options.label ?? LABEL, dtype: sparseType(options), shape }];
}

function maskOf(metric: string, options: MetricOptions, observation: Observation): Mask {
  const info = judgedOutput(metric, options, observation.signature);
  const output = rowsOfOutput(metric, info, observation);
  const { numbers, shape, size, dtype, quantized } = output;
  if (shape.length === 0) refuseOutput(metric, info, observation, 'a class or scores for each pixel');
  if (isInteger(dtype) && !quantized) {
    return { pixels: size, classes: undefined, predicted: (row, pixel) => numbers[row * size + pixel] as number };
  }
  const classes = shape[shape.length - 1] as number;
  const pixels = size / classes;
  return classes === 1 ? twoClasses(output, options) : { pixels, classes, predicted };

  function predicted(row: number, pixel: number): number {
    return bestOf(numbers, row * size + pixel * classes, classes);
  }
}

function twoClasses({ numbers, size }: RowsOfNumbers, { scores }: MetricOptions): Mask {
  const threshold = scores === 'logits' ? 0 : 0.5;
  return {
    pixels: size,
    classes: 2,
    predicted(row, pixel) {
      const score = numbers[row * size + pixel] as number;
      return Number.isNaN(score) ? NO_CLASS : score > threshold ? 1 : 0;
    },
  };
}

/** Of all rows; checked. */
function pixelLabels(
  metric: string,
  options: MetricOptions,
  observation: Observation,
  { pixels, classes }: Mask,
): ArrayLike<number> {
  const { label: key = LABEL, labelOffset = 0, ignoreLabel } = options;
  const { signature, rows } = observation;
  const stored = numbersOf(labelsOf(observation, key), undefined) as ArrayLike<number>;
  if (stored.length !== batchOf(signature) * pixels) {
    const found = `it has ${stored.length / batchOf(signature)}`;
    refuseOutput(
      metric,
      judgedOutput(metric, options, signature),
      observation,
      `as many pixels as the label, but ${found}`,
    );
  }
  const labels = new Int32Array(rows * pixels);
  for (let i = 0; i < labels.length; i++) {
    const label = stored[i] as number;
    const place = label + labelOffset;
    if (label === ignoreLabel) labels[i] = NO_CLASS;
    else if (place >= 0 && (classes === undefined || place < classes)) labels[i] = place;
    else rejectPixel(observation, Math.floor(i / pixels), key, outOfRange(label, labelOffset, classes));
  }
  return labels;
}

function rejectPixel(observation: Observation, row: number, key: string, reason: string): never {
  return rejectLabel(
    observation,
    row,
    key,
    `${reason}; pixels without a class are left out by the option \`ignoreLabel\``,
  );
}

function countPixels({ pixels, predicted }: Mask, labels: ArrayLike<number>, row: number): Float64Array {
  const counts = new Map<number, [both: number, given: number, actual: number]>();
  const of = (label: number) => {
    const count = counts.get(label) ?? [0, 0, 0];
    counts.set(label, count);
    return count;
  };
  for (let pixel = 0; pixel < pixels; pixel++) {
    const label = labels[row * pixels + pixel] as number;
    if (label === NO_CLASS) continue;
    const given = predicted(row, pixel);
    const own = of(label);
    own[2]++;
    if (given === label) own[0]++;
    if (given !== NO_CLASS) of(given)[1]++;
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return Float64Array.from(sorted.flatMap(([label, count]) => [label, ...count]));
}
