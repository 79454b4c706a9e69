import { fail } from '#diagnostics/diagnostic.js';
import { readSignatures, type Signature } from '#runtime/describe-signatures.js';
import type { SignatureInfo } from '#runtime/interpreter.js';
import { openInterpreter, type Runtime } from '#runtime/open-interpreter.js';
import type { Tensor } from '#tensor/tensor.js';
import type { ModelRecord, ModelToWrite } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import {
  EXTENTS,
  FIGURES,
  LENGTHS,
  type ObservedTensor,
  observableTensors,
  observeTensors,
  ROW_DIMENSIONS,
  ROWS,
  VALUES,
} from './calibration/observed-model.js';
import { runInParallel, workersFor } from './calibration/run-in-parallel.js';
import { takeWindows, type WatchedWindows, watchedWindows } from './calibration/watched-windows.js';
import { createObserver, type RangeAlgorithm, type RangeObserver } from './range-algorithms/range-algorithm.js';
import { Ranges, rangeKey, type TensorRange } from './ranges.js';
import type { Patches } from './refine/patches.js';

/** One run's worth of inputs, by the signature's names. */
export interface CalibrationSample {
  /** Where in the data set it stands, for messages. */
  readonly index: number;
  readonly values: ReadonlyMap<string, Tensor>;
}

/** Gives samples for a signature; a `DataSet` is one. */
export interface SampleSource {
  samples(signature: SignatureInfo): AsyncIterable<CalibrationSample>;
}

/** A tensor that gets a range. */
export interface CalibratedTensor {
  readonly signature: string;
  readonly name: string;
  /** Under which its range is kept: `signature/name`. */
  readonly key: string;
}

export interface CalibrateOptions {
  /** For all tensors, or for each; by default `min-max`. */
  readonly algorithm?: RangeAlgorithm | ((tensor: CalibratedTensor) => RangeAlgorithm | undefined) | undefined;
  /** Keys of the signatures to calibrate; by default all. */
  readonly signatures?: readonly string[] | undefined;
  /** At most so many samples of each signature are used; by default all. */
  readonly limit?: number | undefined;
  /** Filled with what is seen of tensors, by their keys. */
  readonly watched?: ReadonlyMap<string, readonly Patches[]> | undefined;
  /** The model's file, for messages. */
  readonly file?: string | undefined;
  /** Threads that run the model; by default as many as there are processors, within bounds. */
  readonly workers?: number | undefined;
  /** Default: `wasm`. */
  readonly runtime?: Runtime | undefined;
}

/**
 * Finds the ranges of a float model's activations: runs it in LiteRT on the samples and looks at every float32 tensor
 * that a signature's subgraph is given or computes, but for those inside the bodies of control flow. The same samples
 * give the same ranges on any machine, however many threads run the model; in a native runtime, up to rounding.
 *
 * Throws a DiagnosticError: `invalid-data` without samples, `not-finite` where a tensor is NaN or infinite, and what
 * the samples or the runtime say.
 */
export async function calibrate(
  model: ModelToWrite | Uint8Array,
  source: SampleSource,
  options: CalibrateOptions = {},
): Promise<Ranges> {
  const bytes = model instanceof Uint8Array ? model : serializeModel(model);
  const record = parseModel(bytes, options.file);
  const workers = isStateful(record) ? 1 : (options.workers ?? workersFor(bytes.byteLength));
  const ranges = new Map<string, TensorRange>();
  const samples = new Map<string, number>();
  for (const signature of readSignatures(record)) {
    if (options.signatures && !options.signatures.includes(signature.key)) continue;
    const observation = new Observation(record, signature, options);
    samples.set(signature.key, await observation.run(source, workers));
    for (const [key, range] of observation.ranges()) ranges.set(key, range);
  }
  return new Ranges(ranges, samples);
}

/** Variables keep what one sample left for the next one. */
function isStateful(model: ModelRecord): boolean {
  return model.operator_codes.some(({ builtin_code }) => builtin_code === 'VAR_HANDLE');
}

interface Observed extends ObservedTensor {
  readonly key: string;
  readonly algorithm: RangeAlgorithm;
  readonly observer: RangeObserver;
}

/** The calibration of one signature. */
class Observation {
  readonly #model: ModelRecord;
  readonly #signature: Signature;
  readonly #options: CalibrateOptions;
  readonly #tensors: readonly Observed[];
  readonly #windows: readonly WatchedWindows[];

  constructor(model: ModelRecord, signature: Signature, options: CalibrateOptions) {
    this.#model = model;
    this.#signature = signature;
    this.#options = options;
    const { algorithm: choice } = options;
    this.#tensors = observableTensors(model, signature).map((tensor) => {
      const key = rangeKey(signature.key, tensor.name);
      const chosen =
        typeof choice === 'function' ? choice({ signature: signature.key, name: tensor.name, key }) : choice;
      const algorithm = chosen ?? {};
      const observer = createObserver(algorithm);
      return { ...tensor, key, algorithm, observer, valued: observer.needsValues };
    });
    this.#windows = this.#tensors.flatMap(({ key, tensor }) =>
      (options.watched?.get(key) ?? []).flatMap((patches) => watchedWindows(model, signature, tensor, patches) ?? []),
    );
  }

  /** Gives the number of samples. */
  async run(source: SampleSource, workers: number): Promise<number> {
    const { file, runtime, limit = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#tensors.length === 0) return 0;
    const bytes = serializeModel(observeTensors(this.#model, this.#signature, this.#tensors, this.#windows));
    const settings = { runtime, ...(file === undefined ? {} : { file }) };
    const opening = Array.from({ length: workers }, () => openInterpreter(bytes, settings));
    const interpreters = await Promise.all(opening);
    try {
      const count = await runInParallel(
        first(limit, source.samples(this.#signature)),
        interpreters,
        async ({ values }, interpreter) => (await interpreter.run(values, { signature: this.#signature.key })).outputs,
        (sample, outputs) => this.#take(sample, outputs),
      );
      if (count === 0) {
        fail('invalid-data', {
          detail: `there are no samples to calibrate signature '${this.#signature.key}' with.`,
          locations: this.#locations(),
          help: ['Give at least one sample; some hundred that are like real input give good ranges.'],
        });
      }
      return count;
    } finally {
      await Promise.all(interpreters.map((interpreter) => interpreter.dispose()));
    }
  }

  *ranges(): Generator<[string, TensorRange]> {
    for (const { key, algorithm, observer } of this.#tensors) {
      const range = observer.range();
      if (range) yield [key, { ...range, algorithm: algorithm.algorithm ?? 'min-max' }];
    }
  }

  #take(sample: CalibrationSample, outputs: ReadonlyMap<string, Tensor>): void {
    const figures = outputs.get(EXTENTS)?.data as Float32Array;
    const values = outputs.get(VALUES)?.data as Float32Array | undefined;
    const lengths = outputs.get(LENGTHS)?.data as Int32Array | undefined;
    let at = 0;
    let number = 0;
    this.#tensors.forEach(({ observer, valued }, i) => {
      const min = figures[i * FIGURES] as number;
      const max = figures[i * FIGURES + 1] as number;
      const sum = figures[i * FIGURES + 2] as number;
      // A sum may become infinite though no value is; the reverse cannot be. Of no values, the least is the greatest.
      if (!Number.isFinite(min) || !Number.isFinite(max) || Number.isNaN(sum)) this.#refuse(sample, i, min, max);
      const end = at + (valued ? (lengths?.[number++] as number) : 0);
      if (min <= max) observer.observe({ min, max }, valued ? values?.subarray(at, end) : undefined);
      at = end;
    });
    takeWindows(this.#windows, outputs.get(ROWS), outputs.get(ROW_DIMENSIONS));
  }

  #refuse(sample: CalibrationSample, index: number, min: number, max: number): never {
    const { name, tensor } = this.#tensors[index] as Observed;
    const subgraph = this.#model.subgraphs[this.#signature.subgraph];
    const producer = subgraph?.operators.find(({ outputs }) => outputs.includes(tensor));
    const op = producer && this.#model.operator_codes[producer.opcode_index]?.builtin_code;
    const infinite = Math.abs(min) === Number.POSITIVE_INFINITY || Math.abs(max) === Number.POSITIVE_INFINITY;
    const what = infinite ? 'infinite' : 'NaN';
    return fail('not-finite', {
      detail: `tensor '${name}'${op === undefined ? '' : `, computed by ${op},`} has values that are ${what} for sample ${sample.index}.`,
      locations: this.#locations(name),
      ...(op === undefined ? {} : { op }),
    });
  }

  #locations(node?: string) {
    const { file } = this.#options;
    const { key: signature } = this.#signature;
    return [{ signature, ...(file === undefined ? {} : { file }), ...(node === undefined ? {} : { node }) }];
  }
}

async function* first<T>(limit: number, items: AsyncIterable<T>): AsyncGenerator<T> {
  let count = 0;
  if (limit <= 0) return;
  for await (const item of items) {
    yield item;
    if (++count >= limit) return;
  }
}
