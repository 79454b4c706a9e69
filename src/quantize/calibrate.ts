import { fail } from '#diagnostics/diagnostic.js';
import { readSignatures, type Signature } from '#runtime/describe-signatures.js';
import type { SignatureInfo } from '#runtime/interpreter.js';
import { keepsState, openInterpreter, type Runtime, runtimeKind } from '#runtime/open-interpreter.js';
import { refuseTooLarge } from '#runtime/refusals.js';
import type { Tensor } from '#tensor/tensor.js';
import { bodyName } from '#tflite/export/module-names.js';
import type { ModelRecord, ModelToWrite } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { unite } from './affine.js';
import { observeTensors } from './calibration/observed-model.js';
import { ObservedOutputs, type Seen } from './calibration/observed-outputs.js';
import { type ObservedTensor, observableTensors } from './calibration/observed-tensors.js';
import { runInParallel, workersFor } from './calibration/run-in-parallel.js';
import { takeWindows, type WatchedWindows, watchedWindows } from './calibration/watched-windows.js';
import { createObserver, type RangeAlgorithm, type RangeObserver } from './range-algorithms/range-algorithm.js';
import { Ranges, rangeKey, type TensorRange } from './ranges.js';
import { unfuseRecurrent } from './recurrent/unfuse-recurrent.js';
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
  /** Key of the signature, or the name of the body: `body_1`. */
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
 * that a signature's subgraph, or the body of a loop or a branch, is given or computes; those of bodies in all runs of
 * the body. The same samples give the same ranges on any machine, however many threads run the model; in a native
 * runtime, up to rounding.
 *
 * Throws a DiagnosticError: `invalid-data` without samples, `not-finite` where a tensor is NaN or infinite and so is an
 * output (where all outputs are numbers, that tensor gets no range), and what the samples or the runtime say.
 */
export async function calibrate(
  model: ModelToWrite | Uint8Array,
  source: SampleSource,
  options: CalibrateOptions = {},
): Promise<Ranges> {
  if (!(model instanceof Uint8Array)) refuseTooLarge(model, runtimeKind({ runtime: options.runtime }), options.file);
  const bytes = model instanceof Uint8Array ? model : serializeModel(model);
  // Only some runtimes take ops that keep a state, and ranges are those of what follows a reset.
  const record = unfuseRecurrent(parseModel(bytes, options.file));
  const workers = keepsState(record) ? 1 : (options.workers ?? workersFor(bytes.byteLength));
  const ranges = new Map<string, TensorRange>();
  const samples = new Map<string, number>();
  for (const signature of readSignatures(record)) {
    if (options.signatures && !options.signatures.includes(signature.key)) continue;
    const observation = new Observation(record, signature, options);
    samples.set(signature.key, await observation.run(source, workers));
    for (const [key, range] of observation.ranges()) {
      // Several signatures may have a body in common.
      ranges.set(key, { ...range, ...unite(ranges.get(key), range) });
    }
  }
  return new Ranges(ranges, samples);
}

interface Observed extends ObservedTensor {
  readonly key: string;
  readonly algorithm: RangeAlgorithm;
  readonly observer: RangeObserver;
}

/** Builtins whose results are made by others. */
const HANDS_ON = new Set(['WHILE', 'IF']);

/** The calibration of one signature. */
class Observation {
  readonly #model: ModelRecord;
  readonly #signature: Signature;
  readonly #options: CalibrateOptions;
  readonly #tensors: readonly Observed[];
  readonly #windows: readonly WatchedWindows[];
  readonly #outputs: ObservedOutputs;
  /** Places of the signature's float outputs among the tensors. */
  readonly #ends: readonly number[];
  /** Tensors that were NaN or infinite where the outputs were not. */
  readonly #unbounded = new Set<Observed>();

  constructor(model: ModelRecord, signature: Signature, options: CalibrateOptions) {
    this.#model = model;
    this.#signature = signature;
    this.#options = options;
    const { algorithm: choice } = options;
    this.#tensors = observableTensors(model, signature).map((tensor) => {
      const place = tensor.subgraph === signature.subgraph ? signature.key : bodyName(tensor.subgraph);
      const key = rangeKey(place, tensor.name);
      const chosen = typeof choice === 'function' ? choice({ signature: place, name: tensor.name, key }) : choice;
      const algorithm = chosen ?? {};
      const observer = createObserver(algorithm);
      return { ...tensor, key, algorithm, observer, valued: observer.needsValues };
    });
    const ends = new Set(signature.outputs.map(({ tensor }) => tensor));
    this.#ends = [...this.#tensors.keys()].filter((i) => {
      const { subgraph, tensor } = this.#tensors[i] as Observed;
      return subgraph === signature.subgraph && ends.has(tensor);
    });
    this.#windows = this.#tensors.flatMap((tensor) =>
      (options.watched?.get(tensor.key) ?? []).flatMap(
        (patches) => watchedWindows(model, signature, tensor, patches) ?? [],
      ),
    );
    const ranks = this.#windows.map(({ rank }) => rank);
    this.#outputs = new ObservedOutputs(signature.subgraph, this.#tensors, this.#windows, ranks);
  }

  /** Gives the number of samples. */
  async run(source: SampleSource, workers: number): Promise<number> {
    const { file, runtime, limit = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#tensors.length === 0) return 0;
    const observed = observeTensors(this.#model, this.#signature, this.#tensors, this.#windows);
    const settings = { runtime, ...(file === undefined ? {} : { file }) };
    const opening = Array.from({ length: workers }, () => openInterpreter(observed, settings));
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
    for (const each of this.#tensors) {
      const { key, algorithm, observer } = each;
      const range = this.#unbounded.has(each) ? undefined : observer.range();
      if (range) yield [key, { ...range, algorithm: algorithm.algorithm ?? 'min-max' }];
    }
  }

  #take(sample: CalibrationSample, outputs: ReadonlyMap<string, Tensor>): void {
    const seen = this.#outputs.tensors(outputs);
    const wrong = [...seen.keys()].filter((i) => !isBounded(seen[i] as Seen));
    const [outermost] = wrong;
    const first = outermost === undefined ? undefined : this.#innermost(outermost, wrong);
    // What a model computes and then chooses not to use, as where it guards a quotient, does not spoil its outputs.
    if (first !== undefined && (this.#ends.length === 0 || this.#ends.some((i) => wrong.includes(i)))) {
      const { min, max } = seen[first] as Seen;
      this.#refuse(sample, first, min, max);
    }
    for (const i of wrong) this.#unbounded.add(this.#tensors[i] as Observed);
    seen.forEach(({ min, max, values }, i) => {
      const each = this.#tensors[i] as Observed;
      if (min <= max && !this.#unbounded.has(each)) each.observer.observe({ min, max }, values);
    });
    if (wrong.length === 0) takeWindows(this.#windows, this.#outputs.rows(outputs));
  }

  #refuse(sample: CalibrationSample, index: number, min: number, max: number): never {
    const { name } = this.#tensors[index] as Observed;
    const op = this.#opOf(index);
    const infinite = Math.abs(min) === Number.POSITIVE_INFINITY || Math.abs(max) === Number.POSITIVE_INFINITY;
    const what = infinite ? 'infinite' : 'NaN';
    return fail('not-finite', {
      detail: `tensor '${name}'${op === undefined ? '' : `, computed by ${op},`} has values that are ${what} for sample ${sample.index}.`,
      locations: this.#locations(name),
      ...(op === undefined ? {} : { op }),
    });
  }

  /** What control flow gives went wrong in a body: the bodies' tensors stand behind those of what they are within. */
  #innermost(index: number, wrong: readonly number[]): number {
    if (!HANDS_ON.has(this.#opOf(index) ?? '')) return index;
    const { subgraph } = this.#tensors[index] as Observed;
    // What a body is given may be what an earlier run of it gave.
    const inner = wrong.find((i) => i > index && this.#tensors[i]?.subgraph !== subgraph && this.#opOf(i));
    return inner === undefined ? index : this.#innermost(inner, wrong);
  }

  /** The builtin that computes a tensor; undefined for what is given. */
  #opOf(index: number): string | undefined {
    const { tensor, subgraph } = this.#tensors[index] as Observed;
    const producer = this.#model.subgraphs[subgraph]?.operators.find(({ outputs }) => outputs.includes(tensor));
    return producer && this.#model.operator_codes[producer.opcode_index]?.builtin_code;
  }

  #locations(node?: string) {
    const { file } = this.#options;
    const { key: signature } = this.#signature;
    return [{ signature, ...(file === undefined ? {} : { file }), ...(node === undefined ? {} : { node }) }];
  }
}

/** Whether all values of a tensor are finite, or there are none. */
function isBounded({ min, max, isNan }: Seen): boolean {
  // Kernels may pass over a NaN where they look for the least, so that it seems that there are no values.
  if (isNan) return false;
  // Of no values, the least is the greatest that there is, in some kernels infinite. A sum may become infinite though no
  // value is; the reverse cannot be.
  return min > max || (Number.isFinite(min) && Number.isFinite(max));
}

async function* first<T>(limit: number, items: AsyncIterable<T>): AsyncGenerator<T> {
  let count = 0;
  if (limit <= 0) return;
  for await (const item of items) {
    yield item;
    if (++count >= limit) return;
  }
}
