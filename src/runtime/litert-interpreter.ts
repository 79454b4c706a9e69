import { fail } from '#diagnostics/diagnostic.js';
import { isStatic, type Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { keptBytes, type ModelRecord, type SubGraphRecord, type TensorRecord } from '#tflite/file/model-record.js';
import { checkInputs } from './check-inputs.js';
import { declaredShape, describeTensor, dtypeOf, readSignatures, type Signature } from './describe-signatures.js';
import type { Interpreter, InterpreterOptions, RunInputs, RunOptions, RunResult, TensorInfo } from './interpreter.js';
import { computedFromConstants, constantContent } from './prepared-tensors.js';
import { refuseUnrunnable } from './refusals.js';
import { type Job, ShapedRuns } from './shaped-runs.js';
import { tensorOf } from './tensor-bytes.js';
import { type RuntimeKind, RuntimeWorker } from './worker-client.js';

const DEFAULT_TIME_LIMIT_MS = 600_000;
const DEFAULT_SIGNATURE = 'serving_default';

/** The `Interpreter` on a build of LiteRT that works beside this thread, where the first run starts it. */
export class LiteRtInterpreter implements Interpreter {
  readonly signatures: readonly Signature[];
  readonly #model: ModelRecord;
  readonly #options: InterpreterOptions;
  readonly #worker: RuntimeWorker;
  readonly #runs: ShapedRuns;
  readonly #accepted = new Set<Signature>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(model: ModelRecord, options: InterpreterOptions, kind: RuntimeKind) {
    this.#model = model;
    this.#options = options;
    this.signatures = readSignatures(model);
    this.#worker = new RuntimeWorker(kind);
    this.#runs = new ShapedRuns(model, this.signatures, this.#worker, options.file);
  }

  intermediates(key?: string): readonly TensorInfo[] {
    const { subgraph: index } = this.#signature(key);
    const subgraph = this.#model.subgraphs[index] as SubGraphRecord;
    const constant = computedFromConstants(this.#model, subgraph);
    const found = new Map<number, TensorInfo>();
    for (const tensor of subgraph.operators.flatMap(({ outputs }) => outputs)) {
      const record = subgraph.tensors[tensor] as TensorRecord;
      const info = describeTensor(subgraph, tensor, record.name ?? '');
      if (info === undefined || info.dtype === 'string' || info.dtype === 'int4') continue;
      if (!constant.has(tensor) && !record.is_variable) found.set(tensor, info);
    }
    return [...found.values()];
  }

  run(inputs: RunInputs, options: RunOptions = {}): Promise<RunResult> {
    const result = this.#last.then(() => this.#run(inputs, options));
    this.#last = result.catch(() => undefined);
    return result;
  }

  dispose(): Promise<void> {
    return this.#worker.dispose();
  }

  async #run(inputs: RunInputs, options: RunOptions): Promise<RunResult> {
    const signature = this.#signature(options.signature);
    const { file } = this.#options;
    if (!this.#accepted.has(signature)) refuseUnrunnable(this.#model, signature, this.#worker.kind, file);
    this.#accepted.add(signature);
    const given = checkInputs(signature, inputs);

    const asked = this.#askedTensors(signature, options.tensors ?? []);
    const values = this.#directValues(signature, given, asked);
    const wanted = [...new Set([...signature.outputs.map(({ tensor }) => tensor), ...asked])];
    const job: Job = {
      signature,
      inputs: signature.inputs.map(({ name, tensor }) => ({ tensor, value: given.get(name) as Tensor })),
      wanted: wanted.filter((tensor) => !values.has(tensor)),
      traced: asked.length > 0,
    };
    const run = await this.#runs.run(job, this.#options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS);
    for (const [tensor, value] of run.values) values.set(tensor, value);

    const outputs = signature.outputs.map(({ name, tensor }) => [name, values.get(tensor) as Tensor] as const);
    const tensors = asked.flatMap((tensor) => {
      const value = values.get(tensor);
      return value === undefined ? [] : [[tensor, value] as const];
    });
    return { outputs: new Map(outputs), tensors: new Map(tensors), milliseconds: run.milliseconds };
  }

  #signature(key: string | undefined): Signature {
    const { signatures } = this;
    const found =
      key === undefined && signatures.length === 1
        ? signatures[0]
        : signatures.find((signature) => signature.key === (key ?? DEFAULT_SIGNATURE));
    if (found !== undefined) return found;
    const { file } = this.#options;
    return fail('unknown-signature', {
      detail:
        key === undefined
          ? 'the model has several signatures, and none was chosen.'
          : `the model has no signature '${key}'.`,
      help: [`Choose one of: ${signatures.map((signature) => signature.key || '(unnamed)').join(', ') || 'none'}.`],
      locations: file === undefined ? [] : [{ file }],
    });
  }

  #askedTensors(signature: Signature, asked: readonly number[] | 'all'): readonly number[] {
    if (asked.length === 0) return [];
    const readable = this.#readable(signature);
    return asked === 'all' ? [...readable] : asked.filter((tensor) => readable.has(tensor));
  }

  #readable(signature: Signature): Set<number> {
    return new Set(this.intermediates(signature.key).map(({ tensor }) => tensor));
  }

  /**
   * Outputs that are inputs, or constants. The runtime would give garbage for these, without a message; and there is
   * nothing to compute.
   */
  #directValues(
    signature: Signature,
    given: ReadonlyMap<string, Tensor>,
    asked: readonly number[],
  ): Map<number, Tensor> {
    const values = new Map<number, Tensor>();
    for (const { name, tensor } of signature.inputs) values.set(tensor, given.get(name) as Tensor);
    const subgraph = this.#model.subgraphs[signature.subgraph] as SubGraphRecord;
    const produced = new Set(subgraph.operators.flatMap(({ outputs }) => outputs));
    for (const index of [...signature.outputs.map(({ tensor }) => tensor), ...asked]) {
      const record = subgraph.tensors[index] as TensorRecord;
      const content = produced.has(index) ? undefined : constantContent(this.#model, record);
      const dtype = dtypeOf(record);
      const shape: Shape = declaredShape(record) ?? [];
      if (content === undefined || dtype === undefined || !isStatic(shape)) continue;
      const value = tensorOf(dtype, shape, keptBytes(content));
      if (value === undefined) {
        fail('invalid-tflite', {
          detail: `constant '${record.name ?? index}' has ${content.byteLength} bytes, which do not make ${dtype} [${shape.join(', ')}].`,
          locations: this.#options.file === undefined ? [] : [{ file: this.#options.file }],
        });
      }
      values.set(index, value);
    }
    return values;
  }
}
