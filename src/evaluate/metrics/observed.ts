import { commonBatch } from '#data/batch-rows.js';
import { rejectSample } from '#data/data-error.js';
import { fail } from '#diagnostics/diagnostic.js';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import { elementCount } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { MetricOptions, Observation } from '../metric.js';
import { numbersOf } from '../real-numbers.js';

/** A tensor as rows of the data, in real numbers. */
export interface RowsOfNumbers {
  readonly name: string;
  /** The tensor's own, before it was dequantized. */
  readonly dtype: Tensor['dtype'];
  readonly quantized: boolean;
  /** All rows one after the other, also those that the batch has beyond the data's. */
  readonly numbers: ArrayLike<number>;
  /** Of one row. */
  readonly shape: readonly number[];
  /** Elements of one row. */
  readonly size: number;
}

/** Rows that the model takes at once. */
export function batchOf(signature: Pick<SignatureInfo, 'inputs'>): number {
  return Math.max(1, commonBatch(signature.inputs));
}

/** The output that a metric judges, as the model declares it. Throws a DiagnosticError (`invalid-option`). */
export function judgedOutput(metric: string, { output }: MetricOptions, signature: SignatureInfo): TensorInfo {
  const { key, outputs } = signature;
  const [only, ...more] = output === undefined ? outputs : outputs.filter(({ name }) => name === output);
  if (only !== undefined && more.length === 0) return only;
  const names = outputs.map(({ name }) => `'${name}'`).join(', ') || 'none';
  return fail('invalid-option', {
    detail:
      output === undefined
        ? `${metric} judges one output; signature '${key}' has ${outputs.length}: ${names}.`
        : `${metric}: signature '${key}' has no output '${output}'; there is ${names}.`,
    help: [
      'Name the output to judge by the option `output`.',
      'Or judge the model by how close all its outputs are to the float model: `cosine`, `sqnr`, `max-error`.',
    ],
  });
}

/** Rows of an output. Throws a DiagnosticError (`invalid-option`) for text and for what does not divide into rows. */
export function rowsOfOutput(metric: string, info: TensorInfo, observation: Observation): RowsOfNumbers {
  const rows = outputRows(info, observation.outputs.get(info.name), batchOf(observation.signature));
  return rows ?? refuseOutput(metric, info, observation, 'numbers for each row of the data');
}

/** Undefined for text, and for what does not divide into rows. */
export function outputRows(info: TensorInfo, tensor: Tensor | undefined, batch: number): RowsOfNumbers | undefined {
  const numbers = tensor && numbersOf(tensor, info.quantization);
  if (!tensor || !numbers) return undefined;
  const { shape, dtype } = tensor;
  const rowShape = shape[0] === batch ? shape.slice(1) : batch === 1 ? shape : [numbers.length / batch];
  const size = elementCount(rowShape);
  if (!Number.isInteger(size)) return undefined;
  return { name: info.name, dtype, quantized: info.quantization !== undefined, numbers, shape: rowShape, size };
}

/** Throws the DiagnosticError for an output that does not have the form that a metric takes. */
export function refuseOutput(metric: string, { name }: TensorInfo, { outputs }: Observation, takes: string): never {
  const tensor = outputs.get(name);
  const found = tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'missing';
  return fail('invalid-option', {
    detail: `${metric} takes ${takes}; the output '${name}' is ${found}.`,
    help: [
      'Name another output by the option `output`, or choose another metric.',
      'How close outputs of any kind are to those of the float model say `cosine`, `sqnr` and `max-error`.',
    ],
  });
}

/** The labels under a key. */
export function labelsOf({ labels }: Observation, key: string): Tensor {
  const tensor = labels.get(key);
  if (tensor === undefined) throw new Error(`the label '${key}' was asked for and is not there`);
  return tensor;
}

/** Throws the DiagnosticError for the label of a row of the sample. */
export function rejectLabel({ source, index }: Observation, row: number, key: string, reason: string): never {
  return rejectSample(source, index + row, key, reason);
}
