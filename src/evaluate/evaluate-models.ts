import { describeType } from '#data/data-error.js';
import type { DataInput, DataSet, DataSignature, Sample } from '#data/data-set.js';
import { DiagnosticError, fail, kindOf } from '#diagnostics/diagnostic.js';
import type { Interpreter, SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import type { Tensor } from '#tensor/tensor.js';
import type { Metric, Observation, Reference } from './metric.js';
import { batchOf, outputRows } from './metrics/observed.js';
import { randomData } from './random-data.js';
import { asInput, rowsWithNaN } from './real-numbers.js';

export interface EvaluationOptions {
  /** By names of the caller's; the reference may be one of them, and is then run once. */
  readonly models: ReadonlyMap<string, Interpreter>;
  /** The float model: its signature says what the data has to hold, and some metrics compare with its outputs. */
  readonly reference: Interpreter;
  /** Without data, models are compared on random inputs. */
  readonly data: DataSet | undefined;
  readonly metrics: readonly Metric[];
  /** At most so many rows of the data, the first ones; of random inputs, so many. */
  readonly limit?: number | undefined;
  /** Of random inputs. Default: 1. */
  readonly seed?: number | undefined;
  /** Rows that models whose batch is free are given at once. Default: 1. */
  readonly batch?: number | undefined;
  /** So many samples are handed to the models before the first one's results are awaited. Default: 1. */
  readonly ahead?: number | undefined;
  /** Called after each sample; `total` where it is known. */
  readonly onProgress?: (rows: number, total: number | undefined) => void;
}

export interface Evaluation {
  /** Rows of the data that were used. */
  readonly samples: number;
  /** `weak`: on random inputs, which say little about real ones. */
  readonly evidence: 'data' | 'weak';
  /** In the order of the models. */
  readonly models: ReadonlyMap<string, ModelEvaluation>;
}

export interface ModelEvaluation {
  /** By the metric's name; empty for a model that failed. */
  readonly results: ReadonlyMap<string, MetricResult>;
  /** Rows of the data for which an output holds NaN; how many, and the number of the first. */
  readonly nan: { readonly rows: number; readonly first: number | undefined };
  /** Why the runtime could not run the model (`run-failed`, `run-timeout`); the other models were run on. */
  readonly failure: DiagnosticError | undefined;
}

export interface MetricResult {
  /** One for each row of the data, in its order. */
  readonly rows: readonly Float64Array[];
  readonly value: number;
  readonly samples: number;
}

/** The signature that a model is judged by: that of key `serving_default`, else the first. */
export function signatureToJudge<S extends SignatureInfo>({ signatures }: { readonly signatures: readonly S[] }): S {
  const signature = signatures.find(({ key }) => key === 'serving_default') ?? signatures[0];
  return signature ?? fail('unknown-signature', { detail: 'the model has no signature to judge it by.' });
}

/**
 * Runs models on the same samples, read once, and gives each metric's rows and value. Nothing but the rows grows with
 * the data. Throws a DiagnosticError: `invalid-data` for data that does not fit, is empty or lacks labels,
 * `invalid-option` for metrics that cannot judge these outputs, and what the runtime says of the reference.
 */
export async function evaluateModels(options: EvaluationOptions): Promise<Evaluation> {
  const { reference, metrics, limit, seed = 1, batch, ahead = 1, onProgress } = options;
  const signature = inBatches(signatureToJudge(reference), batch);
  const labels = labelsFor(metrics, signature);
  const data = options.data ?? withoutLabels(labels, randomData(signature, seed, limit));
  const models = [...options.models].map(([id, model]) => new JudgedModel(id, model, signature.key, metrics, batch));
  const needsReference = metrics.some(({ comparesWithReference }) => comparesWithReference);
  const total = data.count === undefined ? limit : Math.min(data.count, limit ?? data.count);
  let samples = 0;
  let read = 0;
  const waiting: Running[] = [];
  const observeFirst = async () => {
    const { rows, own, outputs, ...sample } = waiting.shift() as Running;
    const reference = own && resultOf(await own);
    const results = await Promise.all(outputs);
    models.forEach((model, i) => {
      model.observe({ source: data.path, ...sample, rows }, results[i] as Outcome<Reference>, reference);
    });
    samples += rows;
    onProgress?.(samples, total);
  };
  for await (const sample of data.samples(withLabels(signature, labels))) {
    const rows = Math.min(sample.rows, (limit ?? Number.POSITIVE_INFINITY) - read);
    const own = needsReference ? outcomeOf(outputsOf(reference, signature, sample)) : undefined;
    const outputs = models.map((model) => (own && model.interpreter === reference ? own : model.run(sample)));
    waiting.push({ index: sample.index, rows, labels: pick(sample, labels), own, outputs });
    read += rows;
    if (waiting.length >= ahead) await observeFirst();
    if ((limit !== undefined && read >= limit) || models.every(({ failed }) => failed)) break;
  }
  while (waiting.length > 0) await observeFirst();
  if (samples === 0) refuseEmpty(data);
  const evaluated = models.map((model): [string, ModelEvaluation] => [model.id, model.finish(samples)]);
  return { samples, evidence: options.data ? 'data' : 'weak', models: new Map(evaluated) };
}

/** One model judged by one metric on data; see `evaluateModels`. Throws what keeps the model from being run as well. */
export async function evaluateModel(
  model: Interpreter,
  options: { readonly metric: Metric } & Pick<EvaluationOptions, 'reference' | 'data' | 'ahead'>,
): Promise<number> {
  const { metric, ...common } = options;
  const { models } = await evaluateModels({ ...common, models: new Map([['model', model]]), metrics: [metric] });
  const { results, failure } = models.get('model') as ModelEvaluation;
  if (failure) throw failure;
  return (results.get(metric.name) as MetricResult).value;
}

type Observed = Pick<Observation, 'source' | 'index' | 'rows' | 'labels'>;

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** A sample that models were given. */
interface Running extends Omit<Observed, 'source'> {
  readonly own: Promise<Outcome<Reference>> | undefined;
  /** By model. */
  readonly outputs: readonly Promise<Outcome<Reference>>[];
}

/** Of a promise that nobody may come to await. */
function outcomeOf<T>(promise: Promise<T>): Promise<Outcome<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function resultOf<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** A model with what was observed of it. */
class JudgedModel {
  readonly id: string;
  readonly interpreter: Interpreter;
  readonly #signature: SignatureInfo;
  readonly #metrics: readonly Metric[];
  readonly #rows: Float64Array[][];
  #nan: { rows: number; first: number | undefined } = { rows: 0, first: undefined };
  #failure: DiagnosticError | undefined;

  constructor(id: string, interpreter: Interpreter, key: string, metrics: readonly Metric[], batch?: number) {
    this.id = id;
    this.interpreter = interpreter;
    const signature = interpreter.signatures.find((own) => own.key === key) ?? signatureToJudge(interpreter);
    this.#signature = inBatches(signature, batch);
    this.#metrics = metrics;
    this.#rows = metrics.map(() => []);
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  async run(sample: Sample): Promise<Outcome<Reference>> {
    if (this.#failure) return { error: this.#failure };
    return outcomeOf(outputsOf(this.interpreter, this.#signature, sample));
  }

  observe(observed: Observed, outcome: Outcome<Reference>, reference: Reference | undefined): void {
    if (this.#failure) return;
    const signature = this.#signature;
    if ('error' in outcome) {
      const { error } = outcome;
      if (!(error instanceof DiagnosticError) || error.diagnostics.some((found) => kindOf(found) !== 'unsupported')) {
        throw error;
      }
      this.#failure = error;
      return;
    }
    const { outputs } = outcome.value;
    this.#countNaN(observed, outputs);
    const observation: Observation = { ...observed, outputs, signature, ...(reference ? { reference } : {}) };
    for (const [i, metric] of this.#metrics.entries()) {
      const rows = metric.observe(observation);
      if (rows.length !== observed.rows) throw new Error(`${metric.name} gave ${rows.length} rows of ${observed.rows}`);
      this.#rows[i]?.push(...rows);
    }
  }

  #countNaN({ index, rows }: Observed, outputs: Reference['outputs']): void {
    const found = new Set<number>();
    for (const info of this.#signature.outputs) {
      const output = outputRows(info, outputs.get(info.name), batchOf(this.#signature));
      if (output) for (const row of rowsWithNaN(output.numbers, output.size, rows)) found.add(row);
    }
    if (found.size === 0) return;
    this.#nan.rows += found.size;
    this.#nan.first ??= index + Math.min(...found);
  }

  finish(samples: number): ModelEvaluation {
    const failure = this.#failure;
    const results = this.#metrics.map((metric, i): [string, MetricResult] => {
      const rows = this.#rows[i] as Float64Array[];
      return [metric.name, { rows, value: metric.value(rows), samples }];
    });
    return { results: new Map(failure ? [] : results), nan: this.#nan, failure };
  }
}

async function outputsOf(model: Interpreter, signature: SignatureInfo, { values }: Sample): Promise<Reference> {
  const { outputs } = await model.run(inputsFor(signature, values), { signature: signature.key });
  return { outputs, signature };
}

function inputsFor({ inputs }: SignatureInfo, values: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    inputs.flatMap((info: TensorInfo): [string, Tensor][] => {
      const value = values.get(info.name);
      return value ? [[info.name, asInput(value, info)]] : [];
    }),
  );
}

/** What metrics ask of the data, each key once. */
function labelsFor(metrics: readonly Metric[], signature: SignatureInfo): DataInput[] {
  const labels = new Map<string, DataInput & { readonly metric: string }>();
  for (const metric of metrics) {
    for (const label of metric.labels(signature)) {
      const other = labels.get(label.name);
      if (other && describe(other) !== describe(label)) {
        fail('invalid-option', {
          detail: `The metrics ${other.metric} and ${metric.name} ask for different labels under the key '${label.name}': ${describe(other)} and ${describe(label)}.`,
          help: ['Give the labels of one of them another key in the data, and name it by the option `label`.'],
        });
      }
      labels.set(label.name, { ...label, metric: metric.name });
    }
  }
  return [...labels.values()].map(({ metric: _, ...label }) => label);
}

function describe({ dtype, shape }: DataInput): string {
  return describeType(dtype, shape);
}

/** The signature with a batch in place of a free one, which all inputs have to have. */
function inBatches(signature: SignatureInfo, batch: number | undefined): SignatureInfo {
  const isFree = signature.inputs.length > 0 && signature.inputs.every(({ shape }) => shape?.[0] === null);
  if (batch === undefined || !isFree) return signature;
  const inputs = signature.inputs.map((info) => ({ ...info, shape: [batch, ...(info.shape ?? []).slice(1)] }));
  return { ...signature, inputs };
}

function withLabels({ key, inputs }: SignatureInfo, labels: readonly DataInput[]): DataSignature {
  const names = new Set(inputs.map(({ name }) => name));
  return { key, inputs: [...inputs, ...labels.filter(({ name }) => !names.has(name))] };
}

function pick({ values }: Sample, labels: readonly DataInput[]): Map<string, Tensor> {
  return new Map(labels.map(({ name }) => [name, values.get(name) as Tensor]));
}

function withoutLabels(labels: readonly DataInput[], data: DataSet): DataSet {
  if (labels.length === 0) return data;
  return fail('invalid-option', {
    detail: `Without data there are no labels: '${labels.map(({ name }) => name).join("', '")}'.`,
    help: ['Give data with labels, or compare with the float model: `agreement`, `cosine`, `sqnr`, `max-error`.'],
  });
}

function refuseEmpty({ path }: DataSet): never {
  fail('invalid-data', {
    detail: `${path} holds no samples to evaluate the model on.`,
    locations: [{ file: path }],
    help: ['Give samples of real inputs that are not among those that the model is calibrated on.'],
  });
}
