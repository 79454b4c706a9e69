import type { DataInput } from '#data/data-set.js';
import { LABEL } from '#data/label.js';
import type { SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import type { MetricOptions, Observation } from '../metric.js';
import { numbersOf } from '../real-numbers.js';
import { batchOf, judgedOutput, labelsOf, outputRows, type RowsOfNumbers, refuseOutput } from './observed.js';

/** What outputs are compared with. */
export type Against = NonNullable<MetricOptions['against']>;

/** An output and what it should be, in rows of as many elements. */
export interface Pair {
  readonly expected: ArrayLike<number>;
  readonly actual: ArrayLike<number>;
  /** Elements of one row. */
  readonly size: number;
}

/** What the output should be, as float32 of its own shape; one number a row where that is what the output has. */
export function targetLabels(metric: string, options: MetricOptions, signature: SignatureInfo): DataInput[] {
  const { shape } = judgedOutput(metric, options, signature);
  const batch = signature.inputs[0]?.shape?.[0] ?? null;
  const perRow = shape?.slice(1) ?? null;
  const single = perRow?.every((dim) => dim === 1) ?? false;
  const target = perRow === null || single ? [batch] : [batch, ...perRow];
  return [{ name: options.label ?? LABEL, dtype: 'float32', shape: target }];
}

/**
 * The outputs of a sample with what they should be: the label, or what the float model gave. Undefined where the float
 * model gave something of another size. Throws a DiagnosticError: `invalid-data` for a label of another size.
 */
export function pairsOf(
  metric: string,
  against: Against,
  options: MetricOptions,
  observation: Observation,
): Pair[] | undefined {
  return against === 'labels'
    ? [withLabel(metric, options, observation)]
    : withReference(options, observation)?.map(({ expected, actual }) => ({
        expected: expected.numbers,
        actual: actual.numbers,
        size: actual.size,
      }));
}

function withLabel(metric: string, options: MetricOptions, observation: Observation): Pair {
  const info = judgedOutput(metric, options, observation.signature);
  const batch = batchOf(observation.signature);
  const output = outputRows(info, observation.outputs.get(info.name), batch);
  if (!output) return refuseOutput(metric, info, observation, 'numbers for each row of the data');
  const key = options.label ?? LABEL;
  const expected = numbersOf(labelsOf(observation, key), undefined) as ArrayLike<number>;
  if (expected.length !== output.numbers.length) {
    const found = `it has ${expected.length / batch} elements a row`;
    refuseOutput(metric, info, observation, `outputs of the size of the label '${key}', but ${found}`);
  }
  return { expected, actual: output.numbers, size: output.size };
}

/**
 * Numeric outputs of a sample, those that the options name or all, with those of the float model. Undefined where one
 * of them is missing or has another size.
 */
export function withReference(
  { output }: MetricOptions,
  { outputs, reference, signature }: Observation,
): { readonly expected: RowsOfNumbers; readonly actual: RowsOfNumbers }[] | undefined {
  if (!reference) throw new Error('the float model was not run');
  const batch = batchOf(signature);
  const infos = new Map(reference.signature.outputs.map((info): [string, TensorInfo] => [info.name, info]));
  const pairs: { expected: RowsOfNumbers; actual: RowsOfNumbers }[] = [];
  for (const info of signature.outputs) {
    if (output !== undefined && info.name !== output) continue;
    const wanted = infos.get(info.name) ?? info;
    const expected = outputRows(wanted, reference.outputs.get(info.name), batch);
    const actual = outputRows(info, outputs.get(info.name), batch);
    // Text has no numbers on either side.
    if (!expected && !actual) continue;
    if (!expected || !actual || expected.numbers.length !== actual.numbers.length) return undefined;
    pairs.push({ expected, actual });
  }
  return pairs;
}
