import { fail } from '#diagnostics/diagnostic.js';
import { elementCount, isStatic } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { ModelRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';
import { CompiledCopies } from './compiled-copies.js';
import { declaredShape, dtypeOf, type Signature } from './describe-signatures.js';
import { runFailure } from './run-failure.js';
import { inputName, outputName, parseShapes, SHAPES_OUTPUT, type SignaturePlan } from './runnable-copy.js';
import { bytesFor, tensorOf } from './tensor-bytes.js';
import { type RuntimeWorker, WorkerFailure } from './worker-client.js';
import type { WireTensor } from './worker-protocol.js';

/** One run: which tensors of a signature's subgraph to compute from which inputs. */
export interface Job {
  readonly signature: Signature;
  readonly inputs: readonly { readonly tensor: number; readonly value: Tensor }[];
  /** Tensors that operators compute. */
  readonly wanted: readonly number[];
  /** Whether these are more than the signature's outputs. */
  readonly traced: boolean;
}

export interface JobResult {
  readonly values: ReadonlyMap<number, Tensor>;
  readonly milliseconds: number;
}

type Dims = readonly number[];

/** What is known about the shapes that a job's tensors take. */
interface Known {
  /** By place in `wanted`. */
  dims: readonly Dims[] | undefined;
  /** Whether they were seen to differ between runs with inputs of the same shapes. */
  dependOnValues: boolean;
}

/** Of how many sets of input shapes the results' shapes are remembered. */
const MOST_KNOWN = 256;

/** Ops whose state lasts from run to run, and is lost with the compiled copy. */
const STATE_OPS = new Set(['ASSIGN_VARIABLE']);

/**
 * Runs a model for inputs of any shapes. A copy of the model is compiled for the shapes at hand (see `runnable-copy`);
 * it must know how many elements each result will have. Where the declared shapes do not tell, a first pass asks for
 * the shapes alone. Every pass tells the true shapes besides, so an assumption that is wrong is always found.
 */
export class ShapedRuns {
  readonly #model: ModelRecord;
  readonly #signatures: readonly Signature[];
  readonly #copies: CompiledCopies;
  readonly #file: string | undefined;
  readonly #known = new Map<string, Known>();
  readonly #hasState: boolean;

  constructor(model: ModelRecord, signatures: readonly Signature[], worker: RuntimeWorker, file: string | undefined) {
    this.#model = model;
    this.#signatures = signatures;
    this.#copies = new CompiledCopies(model, worker);
    this.#file = file;
    this.#hasState = model.operator_codes.some(({ builtin_code }) => STATE_OPS.has(builtin_code));
  }

  async run(job: Job, timeLimitMs: number): Promise<JobResult> {
    const end = performance.now() + timeLimitMs;
    const remainingMs = () => end - performance.now();
    try {
      return await (this.#hasState ? this.#runWithState(job, remainingMs) : this.#run(job, remainingMs));
    } catch (error) {
      if (!(error instanceof WorkerFailure)) throw error;
      throw runFailure(error, { model: this.#model, signature: job.signature, file: this.#file, timeLimitMs });
    }
  }

  async #run(job: Job, remainingMs: () => number): Promise<JobResult> {
    if (job.wanted.length === 0) return { values: new Map(), milliseconds: 0 };
    const known = this.#knownShapes(job);
    let measured = false;
    let dims = known.dependOnValues ? undefined : (known.dims ?? this.#expectedShapes(job));
    for (;;) {
      if (dims === undefined) {
        dims = await this.#measure(job, remainingMs);
        measured = true;
      }
      const attempt = await this.#attempt(job, dims, remainingMs).catch((error: unknown) => {
        if (measured || !(error instanceof WorkerFailure) || error.reason !== 'failed') throw error;
        return error;
      });
      if (attempt instanceof WorkerFailure) {
        // Either the model cannot compute this, which measuring it shows as well, or the results have other shapes.
        const actual = await this.#measure(job, remainingMs);
        if (sameCounts(actual, dims)) throw attempt;
        known.dependOnValues = known.dims !== undefined;
        dims = actual;
        measured = true;
        continue;
      }
      if (sameCounts(attempt.dims, dims)) {
        known.dims = attempt.dims;
        return attempt;
      }
      // Results without elements are not fetched; here one has elements now.
      if (measured) throw new WorkerFailure('failed', 'the shapes of the results differ from run to run');
      known.dependOnValues = known.dims !== undefined;
      dims = attempt.dims;
      measured = true;
    }
  }

  /** All signatures live in one compiled copy, which they need to share the state. */
  async #runWithState(job: Job, remainingMs: () => number): Promise<JobResult> {
    const plans = this.#signatures.flatMap((signature) => this.#declaredPlan(signature) ?? []);
    const plan = plans.find(({ key }) => key === planKey(job.signature));
    if (plan === undefined || job.traced) {
      const what = job.traced
        ? 'its intermediate tensors cannot be read'
        : 'inputs and outputs of unknown size cannot be used';
      return fail('run-failed', {
        detail: `the model keeps state in variables from run to run; ${what}, because each shape needs its own copy of the model.`,
        locations: this.#file === undefined ? [] : [{ file: this.#file }],
      });
    }
    const wanted = plan.fetched.map(({ tensor }) => tensor);
    const result = await this.#perform({ ...job, wanted: plan.measured }, plans, wanted, remainingMs);
    if (result.values.size < plan.measured.length) {
      throw new WorkerFailure('failed', 'results have another shape than the model declares');
    }
    return result;
  }

  #declaredPlan(signature: Signature): SignaturePlan | undefined {
    const subgraph = this.#model.subgraphs[signature.subgraph] as SubGraphRecord;
    const computed = new Set(subgraph.operators.flatMap(({ outputs }) => outputs));
    const shaped = (tensor: number) => {
      const dims = declaredShape(subgraph.tensors[tensor] as TensorRecord) ?? [];
      return isStatic(dims) ? { tensor, dims } : undefined;
    };
    const outputs = [...new Set(signature.outputs.map(({ tensor }) => tensor))].filter((tensor) =>
      computed.has(tensor),
    );
    const inputs = signature.inputs.map(({ tensor }) => shaped(tensor));
    const fetched = outputs.map(shaped);
    if (inputs.includes(undefined) || fetched.includes(undefined)) return undefined;
    return {
      key: planKey(signature),
      subgraph: signature.subgraph,
      inputs: inputs.filter((input) => input !== undefined),
      measured: outputs,
      fetched: fetched.filter((output) => output !== undefined).filter(({ dims }) => elementCount(dims) > 0),
    };
  }

  /** The shapes of the wanted tensors, from a run that computes nothing else. */
  async #measure(job: Job, remainingMs: () => number): Promise<readonly Dims[]> {
    const plan = { ...basePlan(job), measured: job.wanted, fetched: [] };
    const { dims } = await this.#perform(job, [plan], [], remainingMs);
    return dims;
  }

  #attempt(job: Job, dims: readonly Dims[], remainingMs: () => number): Promise<JobResult & { dims: readonly Dims[] }> {
    const fetched = job.wanted
      .map((tensor, i) => ({ tensor, dims: dims[i] as Dims }))
      .filter((entry) => elementCount(entry.dims) > 0);
    const plan = { ...basePlan(job), measured: job.wanted, fetched };
    const tensors = fetched.map(({ tensor }) => tensor);
    return this.#perform(job, [plan], tensors, remainingMs);
  }

  async #perform(
    job: Job,
    plans: readonly SignaturePlan[],
    fetched: readonly number[],
    remainingMs: () => number,
  ): Promise<JobResult & { dims: readonly Dims[] }> {
    const inputs = new Map(
      job.inputs.map(({ tensor, value }) => [inputName(tensor), this.#toWire(job, tensor, value)]),
    );
    const reply = await this.#copies.run(plans, planKey(job.signature), inputs, remainingMs);
    const shapes = reply.outputs.get(SHAPES_OUTPUT);
    const dims = shapes === undefined ? [] : parseShapes(shapes, job.wanted.length);

    const subgraph = this.#model.subgraphs[job.signature.subgraph] as SubGraphRecord;
    const values = new Map<number, Tensor>();
    const read = new Set(fetched);
    job.wanted.forEach((tensor, i) => {
      const dtype = dtypeOf(subgraph.tensors[tensor] as TensorRecord);
      const shape = dims[i];
      if (dtype === undefined || shape === undefined) return;
      const bytes = read.has(tensor) ? reply.outputs.get(outputName(tensor)) : new Uint8Array(0);
      // Where the shape is another than was expected, these are too few or too many.
      const value = bytes && tensorOf(dtype, shape, bytes);
      if (value !== undefined) values.set(tensor, value);
    });
    return { values, dims, milliseconds: reply.milliseconds };
  }

  #toWire(job: Job, tensor: number, value: Tensor): WireTensor {
    const record = (this.#model.subgraphs[job.signature.subgraph] as SubGraphRecord).tensors[tensor] as TensorRecord;
    return { elementType: record.type, dims: value.shape, bytes: bytesFor(value) };
  }

  /** The declared shapes, with the batch of the inputs in place of an unknown first dimension; undefined if unsure. */
  #expectedShapes(job: Job): readonly Dims[] | undefined {
    const subgraph = this.#model.subgraphs[job.signature.subgraph] as SubGraphRecord;
    const declared = (tensor: number) => declaredShape(subgraph.tensors[tensor] as TensorRecord);
    const batches = new Set(
      job.inputs.flatMap(({ tensor, value }) => (declared(tensor)?.[0] === null ? value.shape[0] : [])),
    );
    const batch = batches.size === 1 ? [...batches][0] : undefined;
    const expected: Dims[] = [];
    for (const tensor of job.wanted) {
      const shape = declared(tensor)?.map((dim, axis) => dim ?? (axis === 0 && batch !== undefined ? batch : null));
      if (shape === undefined || !isStatic(shape)) return undefined;
      expected.push(shape);
    }
    return expected;
  }

  #knownShapes(job: Job): Known {
    const key = JSON.stringify(basePlan(job)) + JSON.stringify(job.wanted);
    const known = this.#known.get(key) ?? { dims: undefined, dependOnValues: false };
    this.#known.delete(key);
    this.#known.set(key, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
    return known;
  }
}

/** Signature keys may be any text; the copy's are plain. */
function planKey(signature: Signature): string {
  return `${signature.subgraph}:${signature.key}`;
}

function basePlan({ signature, inputs }: Job): Pick<SignaturePlan, 'key' | 'subgraph' | 'inputs'> {
  return {
    key: planKey(signature),
    subgraph: signature.subgraph,
    inputs: inputs.map(({ tensor, value }) => ({ tensor, dims: value.shape })),
  };
}

/** Whether a copy made for `b` has the right results for `a`: as many elements of each. */
function sameCounts(a: readonly Dims[], b: readonly Dims[]): boolean {
  return a.every((dims, i) => elementCount(dims) === elementCount(b[i] as Dims));
}
