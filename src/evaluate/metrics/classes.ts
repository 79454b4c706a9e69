import type { DataInput } from '#data/data-set.js';
import { LABEL } from '#data/label.js';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import { isInteger } from '#tensor/dtype.js';
import type { LabelType, MetricOptions, Observation } from '../metric.js';
import { numbersOf } from '../real-numbers.js';
import {
  batchOf,
  judgedOutput,
  labelsOf,
  type RowsOfNumbers,
  refuseOutput,
  rejectLabel,
  rowsOfOutput,
} from './observed.js';

/** What stands for a class where a model gives NaN. */
export const NO_CLASS = -1;

/** The class of each row: one label a row, or a score for each class. */
export function classLabels(metric: string, options: MetricOptions, signature: SignatureInfo): DataInput[] {
  const { shape } = judgedOutput(metric, options, signature);
  const batch = signature.inputs[0]?.shape?.[0] ?? null;
  const { label: name = LABEL, labelType = 'int64' } = options;
  if (labelType !== 'one-hot') return [{ name, dtype: labelType, shape: [batch] }];
  const classes = shape === null || shape.length === 0 ? null : (shape[shape.length - 1] as number | null);
  return [{ name, dtype: 'float32', shape: [batch, classes === 1 ? 2 : classes] }];
}

/** How a label of one class each is stored: `one-hot` is for whole rows only. */
export function sparseType({ labelType = 'int64' }: MetricOptions): Exclude<LabelType, 'one-hot'> {
  return labelType === 'one-hot' ? 'int64' : labelType;
}

/** What a classifier gave for the rows of a sample. */
export interface Classified {
  /** Undefined for a model that gives class numbers. */
  readonly classes: number | undefined;
  /** The class with the highest score, of equal ones the first; `NO_CLASS` where any score of the row is NaN. */
  predicted(row: number): number;
  /** Of one row, by class; undefined for a model that gives class numbers. */
  scores(row: number): Float64Array | undefined;
}

/**
 * Reads an output as that of a classifier: a score for each class, one score in all (of class 1 beside class 0), or the
 * number of the class. Throws a DiagnosticError (`invalid-option`) for outputs of other forms.
 */
export function classified(metric: string, options: MetricOptions, observation: Observation): Classified {
  const info = judgedOutput(metric, options, observation.signature);
  const output = rowsOfOutput(metric, info, observation);
  const classes = output.shape.length === 0 ? 1 : (output.shape[output.shape.length - 1] as number);
  if (output.size !== classes || classes === 0) {
    refuseOutput(metric, info, observation, 'one score for each class and row');
  }
  return classes === 1 ? fromOne(output, info, options) : fromMany(output, classes);
}

/** As `classified`, but throws where there are no scores. */
export function scored(
  metric: string,
  options: MetricOptions,
  observation: Observation,
): { readonly classes: number; scores(row: number): Float64Array } {
  const { classes, scores } = classified(metric, options, observation);
  if (classes !== undefined) return { classes, scores: scores as (row: number) => Float64Array };
  const info = judgedOutput(metric, options, observation.signature);
  return refuseOutput(metric, info, observation, 'scores of classes, not their numbers');
}

function fromMany({ numbers }: RowsOfNumbers, classes: number): Classified {
  return {
    classes,
    predicted: (row) => bestOf(numbers, row * classes, classes),
    scores: (row) => copyOf(numbers, row * classes, classes),
  };
}

function fromOne({ numbers, dtype, quantized }: RowsOfNumbers, info: TensorInfo, options: MetricOptions): Classified {
  if (isInteger(dtype) && !quantized) {
    return { classes: undefined, predicted: (row) => numbers[row] as number, scores: () => undefined };
  }
  const both = (row: number): Float64Array => {
    const one = numbers[row] as number;
    if (options.scores === 'logits') return Float64Array.of(0, one);
    // In the output's precision, as whoever computes the other probability from it would.
    return Float64Array.of(info.dtype === 'float64' ? 1 - one : Math.fround(1 - one), one);
  };
  return { classes: 2, predicted: (row) => bestOf(both(row), 0, 2), scores: both };
}

/** Place of the highest of `count` numbers, of equal ones the first; `NO_CLASS` where one of them is NaN. */
export function bestOf(numbers: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  let highest = numbers[from] as number;
  for (let i = 0; i < count; i++) {
    const number = numbers[from + i] as number;
    if (Number.isNaN(number)) return NO_CLASS;
    if (number > highest) {
      best = i;
      highest = number;
    }
  }
  return best;
}

function copyOf(numbers: ArrayLike<number>, from: number, count: number): Float64Array {
  const copy = new Float64Array(count);
  for (let i = 0; i < count; i++) copy[i] = numbers[from + i] as number;
  return copy;
}

/**
 * The class of each row of a sample. Throws a DiagnosticError (`invalid-data`) that names the row for a class that the
 * model does not know, and for rows of several ones or none.
 */
export function classesOf(options: MetricOptions, observation: Observation, classes: number | undefined): number[] {
  const { label: key = LABEL, labelOffset = 0 } = options;
  const tensor = labelsOf(observation, key);
  const numbers = numbersOf(tensor, undefined) as ArrayLike<number>;
  const perRow = numbers.length / batchOf(observation.signature);
  return Array.from({ length: observation.rows }, (_, row) => {
    if (!isInteger(tensor.dtype)) return fromOneHot(numbers, row, perRow, (reason) => reject(row, reason));
    if (perRow !== 1) reject(row, `it has ${perRow} labels, and each row needs one`);
    const label = numbers[row] as number;
    const place = label + labelOffset;
    if (place >= 0 && (classes === undefined || place < classes)) return place;
    return reject(row, outOfRange(label, labelOffset, classes));
  });

  function reject(row: number, reason: string): never {
    return rejectLabel(observation, row, key, reason);
  }
}

/** Why a label is none: continues "'KEY': ". */
export function outOfRange(label: number, offset: number, classes: number | undefined): string {
  const shifted = offset === 0 ? '' : `, with the offset ${offset},`;
  return classes === undefined
    ? `the label ${label}${shifted} is below 0`
    : `the label ${label}${shifted} is out of range: the model has ${classes} classes, 0 to ${classes - 1}`;
}

function fromOneHot(
  numbers: ArrayLike<number>,
  row: number,
  perRow: number,
  reject: (reason: string) => never,
): number {
  let found: number | undefined;
  for (let i = 0; i < perRow; i++) {
    const number = numbers[row * perRow + i] as number;
    if (number === 0) continue;
    if (number !== 1) reject(`element ${i} is ${number}, and a one-hot label holds only 0 and 1`);
    if (found !== undefined) reject(`it has a 1 in the places ${found} and ${i}, and a row has one class`);
    found = i;
  }
  return found ?? reject('it has no 1, and a row has one class');
}
