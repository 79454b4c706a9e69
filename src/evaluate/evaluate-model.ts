import type { DataInput, DataSet, DataSignature } from '#data/data-set.js';
import { fail } from '#diagnostics/diagnostic.js';
import type { Interpreter, SignatureInfo } from '#runtime/interpreter.js';
import type { Tensor } from '#tensor/tensor.js';
import type { Metric } from './metrics.js';
import { OutputAgreement } from './output-agreement.js';
import { asInput, numbersOf } from './real-numbers.js';
import { TopOne } from './top-one.js';

/** Key of the data that holds the right class of each row. */
export const LABEL = 'label';

export interface EvaluationOptions {
  readonly metric: Metric;
  /** What the outputs are compared with; `top-1` runs it not, but takes the inputs' types from it. */
  readonly float: Interpreter;
  readonly data: DataSet;
}

/**
 * The metric's value for a model on a data set, both read and run sample by sample. Of several signatures that of key
 * `serving_default` counts, else the first. Throws a DiagnosticError: `invalid-data` for data that does not fit, is
 * empty or lacks labels (int64, one a row, for `top-1`), and what the runtime says.
 */
export async function evaluateModel(model: Interpreter, options: EvaluationOptions): Promise<number> {
  const reference = signatureToJudge(options.float);
  const own = model.signatures.find(({ key }) => key === reference.key) ?? signatureToJudge(model);
  return options.metric === 'top-1'
    ? accuracy(model, own, reference, options.data)
    : agreement(model, own, reference, { ...options, metric: options.metric });
}

/** The signature that a model is judged by. */
export function signatureToJudge({ signatures }: Pick<Interpreter, 'signatures'>): SignatureInfo {
  const signature = signatures.find(({ key }) => key === 'serving_default') ?? signatures[0];
  return signature ?? fail('unknown-signature', { detail: 'the model has no signature to judge it by.' });
}

async function accuracy(
  model: Interpreter,
  own: SignatureInfo,
  reference: SignatureInfo,
  data: DataSet,
): Promise<number> {
  const count = new TopOne();
  let samples = 0;
  for await (const { values, rows } of data.samples(withLabel(reference))) {
    const { outputs } = await model.run(inputsFor(own, values), { signature: own.key });
    const [output, ...more] = own.outputs;
    const tensor = output && outputs.get(output.name);
    const scores = tensor && numbersOf(tensor, output.quantization);
    if (!scores || more.length > 0) return refuseOutputs(own);
    const labels = (values.get(LABEL) as Tensor).data as BigInt64Array;
    const classes = scores.length / labels.length;
    if (!Number.isInteger(classes)) return refuseOutputs(own);
    for (let row = 0; row < rows; row++) {
      const part = Array.prototype.slice.call(scores, row * classes, (row + 1) * classes) as number[];
      count.add(part, Number(labels[row]));
    }
    samples += rows;
  }
  return samples === 0 ? refuseEmpty(data) : count.accuracy;
}

async function agreement(
  model: Interpreter,
  own: SignatureInfo,
  reference: SignatureInfo,
  { metric, float, data }: EvaluationOptions & { readonly metric: Exclude<Metric, 'top-1'> },
): Promise<number> {
  const sums = new OutputAgreement();
  let samples = 0;
  for await (const { values, rows } of data.samples(reference)) {
    const expected = await float.run(values, { signature: reference.key });
    const actual = await model.run(inputsFor(own, values), { signature: own.key });
    for (const { name, quantization } of own.outputs) {
      const [right, given] = [expected.outputs.get(name), actual.outputs.get(name)];
      const exact = right && numbersOf(right, undefined);
      const numbers = given && numbersOf(given, quantization);
      if (exact && numbers?.length === exact.length) sums.add(exact, numbers);
    }
    samples += rows;
  }
  return samples === 0 ? refuseEmpty(data) : sums[metric];
}

function inputsFor(own: SignatureInfo, values: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    own.inputs.flatMap((info): [string, Tensor][] => {
      const value = values.get(info.name);
      return value ? [[info.name, asInput(value, info)]] : [];
    }),
  );
}

function withLabel({ key, inputs }: SignatureInfo): DataSignature {
  const batch = inputs[0]?.shape?.[0] ?? null;
  const label: DataInput = { name: LABEL, dtype: 'int64', shape: [batch] };
  return { key, inputs: [...inputs, label] };
}

function refuseOutputs({ key, outputs }: SignatureInfo): never {
  fail('invalid-option', {
    detail: `top-1 needs a signature with one output, a score for each class; '${key}' has ${outputs.length}: ${outputs.map(({ name }) => `'${name}'`).join(', ')}.`,
    help: ['Judge the model by how close its outputs are to the float model: `--metric rmse`, `cosine` or `sqnr`.'],
  });
}

function refuseEmpty({ path }: DataSet): never {
  fail('invalid-data', {
    detail: `${path} holds no samples to evaluate the model on.`,
    locations: [{ file: path }],
    help: ['Give samples of real inputs that are not among those that the model is calibrated on.'],
  });
}
