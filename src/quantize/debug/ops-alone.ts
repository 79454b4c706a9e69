import type { Interpreter } from '#runtime/interpreter.js';
import { openInterpreter, type Runtime } from '#runtime/open-interpreter.js';
import type { Tensor } from '#tensor/tensor.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { ISOLATED, type IsolatedModel, isolateOps } from './isolate-ops.js';
import { real, type Storage, stored } from './real-values.js';
import type { GraphOp, SignatureGraph } from './signature-graph.js';

/** Values of a subgraph's tensors, by index. */
export type Tensors = ReadonlyMap<number, Tensor>;

/** What an op gave for the same inputs. */
export interface OwnResult {
  readonly float: Tensor;
  readonly quantized: Tensor;
}

interface Alone {
  readonly isolated: IsolatedModel;
  readonly interpreter: Interpreter;
}

/**
 * Runs each op of the quantized model, and the op of the float model that it stands for, on the same inputs: the float
 * model's values, rounded as the quantized model stores them. So an op is not charged with the rounding of what it is
 * given, which is its producer's. A conversion is held against what it converts.
 */
export class OpsAlone {
  readonly #graph: SignatureGraph;
  readonly #float: SignatureGraph;
  readonly #pairs: ReadonlyMap<number, number>;
  readonly #quantizedAlone: Alone;
  readonly #floatAlone: Alone;
  /** How the inputs that stand for a tensor of the float model are rounded. */
  readonly #rounding: ReadonlyMap<number, Storage>;

  private constructor(
    graph: SignatureGraph,
    float: SignatureGraph,
    pairs: ReadonlyMap<number, number>,
    alone: readonly [Alone, Alone],
    rounding: ReadonlyMap<number, Storage>,
  ) {
    this.#graph = graph;
    this.#float = float;
    this.#pairs = pairs;
    [this.#quantizedAlone, this.#floatAlone] = alone;
    this.#rounding = rounding;
  }

  /** `pairs` are the tensors of real numbers of the quantized model with those of the float model, by index. */
  static async open(
    graph: SignatureGraph,
    float: SignatureGraph,
    pairs: ReadonlyMap<number, number>,
    runtime?: Runtime,
  ): Promise<OpsAlone | undefined> {
    const quantizedModel = isolateOps(graph, pairs);
    const floatModel = isolateOps(float, new Set(pairs.values()));
    if (!quantizedModel || !floatModel) return undefined;
    const open = async (isolated: IsolatedModel): Promise<Alone> => ({
      isolated,
      interpreter: await openInterpreter(serializeModel(isolated.model), { runtime }),
    });
    const alone = [await open(quantizedModel), await open(floatModel)] as const;
    return new OpsAlone(graph, float, pairs, alone, roundingOf(graph, pairs));
  }

  /** Whether all that the op takes is given to it. */
  covers(op: GraphOp): boolean {
    if (!this.#quantizedAlone.isolated.isIsolated(op)) return false;
    if (op.isConversion) return true;
    const tensor = this.#pairs.get(op.outputs[0] as number);
    const counterpart = tensor === undefined ? undefined : this.#float.producerOf(tensor);
    return counterpart !== undefined && this.#floatAlone.isolated.isIsolated(counterpart);
  }

  /**
   * Results by tensor of the quantized model; `exact` and `given` are what the float and the quantized model computed.
   * Throws a DiagnosticError where the runtime cannot do it.
   */
  async run(exact: Tensors, given: Tensors): Promise<ReadonlyMap<number, OwnResult>> {
    const rounded = (tensor: number | undefined): Tensor | undefined => {
      const value = tensor === undefined ? undefined : exact.get(tensor);
      const storage = tensor === undefined ? undefined : this.#rounding.get(tensor);
      return value && storage ? real(stored(value, storage), storage) : value;
    };
    const quantized = await runAlone(this.#quantizedAlone, (tensor, storage) => {
      const value = rounded(this.#pairs.get(tensor));
      return value && storage ? stored(value, storage) : given.get(tensor);
    });
    const float = await runAlone(this.#floatAlone, (tensor) => rounded(tensor) ?? exact.get(tensor));
    const results = new Map<number, OwnResult>();
    for (const [tensor, value] of quantized) {
      const counterpart = this.#pairs.get(tensor) as number;
      const op = this.#graph.producerOf(tensor);
      const isFirst = this.#graph.storageOf(op?.inputs[0] ?? -1)?.dtype === 'float32';
      const before = isFirst ? exact.get(counterpart) : rounded(counterpart);
      const wanted = op?.isConversion ? before : float.get(counterpart);
      if (wanted?.size === value.size) results.set(tensor, { float: wanted, quantized: value });
    }
    return results;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#quantizedAlone.interpreter.dispose(), this.#floatAlone.interpreter.dispose()]);
  }
}

/** For each tensor of the float model the first storage as integers in which ops, conversions apart, take it. */
function roundingOf(graph: SignatureGraph, pairs: ReadonlyMap<number, number>): ReadonlyMap<number, Storage> {
  const rounding = new Map<number, Storage>();
  const taken = graph.ops.flatMap(({ isConversion, inputs }) => (isConversion ? [] : inputs));
  // What goes from integers to floats is rounded, too.
  for (const tensor of [...taken, ...graph.ops.flatMap(({ inputs }) => inputs)]) {
    const float = pairs.get(tensor);
    const storage = graph.storageOf(tensor);
    if (float !== undefined && storage && storage.dtype !== 'float32' && !rounding.has(float)) {
      rounding.set(float, storage);
    }
  }
  return rounding;
}

async function runAlone(
  { isolated, interpreter }: Alone,
  valueFor: (tensor: number, storage: Storage | undefined) => Tensor | undefined,
): Promise<Map<number, Tensor>> {
  const inputs = new Map<string, Tensor>();
  for (const { name, tensor, storage } of isolated.inputs) {
    const value = valueFor(tensor, storage);
    if (value) inputs.set(name, value);
  }
  const { outputs } = await interpreter.run(inputs, { signature: ISOLATED });
  return new Map(
    [...isolated.results].flatMap(([tensor, name]) => {
      const value = outputs.get(name);
      return value ? [[tensor, value] as const] : [];
    }),
  );
}
