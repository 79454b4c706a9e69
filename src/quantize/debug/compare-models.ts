import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import type { Interpreter, SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import type { Runtime } from '#runtime/open-interpreter.js';
import type { Tensor } from '#tensor/tensor.js';
import type { SampleSource } from '../calibrate.js';
import { ErrorStatistics } from './error-statistics.js';
import type { LayerError, UnmatchedOp } from './layer-error.js';
import { matchTensors } from './match-tensors.js';
import { OpsAlone, type Tensors } from './ops-alone.js';
import { type Storage, storageOf, stored } from './real-values.js';
import type { GraphOp, SignatureGraph } from './signature-graph.js';
import { whyFloat } from './why-float.js';

/** A signature of a model that is open. */
export interface OpenSignature {
  readonly graph: SignatureGraph;
  readonly interpreter: Interpreter;
}

export interface CompareOptions {
  /** The quantized model as a module, for the reasons why ops compute with floats. */
  readonly module?: Module | undefined;
  /** At most so many samples; by default all. */
  readonly limit?: number | undefined;
  /** What runs ops alone; by default `wasm`. */
  readonly runtime?: Runtime | undefined;
}

export interface Comparison {
  readonly layers: readonly LayerError[];
  readonly unmatched: readonly UnmatchedOp[];
  readonly samples: number;
  readonly notes: readonly string[];
}

/**
 * Runs a signature of the float and the quantized model on the same samples, and each op of the quantized one on the
 * float model's values. Throws a DiagnosticError for what the data or the runtime say; that ops cannot be run alone is
 * a note.
 */
export async function compareModels(
  quantized: OpenSignature,
  float: OpenSignature,
  source: SampleSource,
  { module, limit = Number.POSITIVE_INFINITY, runtime }: CompareOptions = {},
): Promise<Comparison> {
  const comparison = new SignatureComparison(quantized, float);
  const samples = await comparison.run(source, limit, runtime);
  const reasons = module ? whyFloat(module, quantized.graph.signature.key) : new Map<number, string>();
  return { ...comparison.findings(reasons), samples };
}

/** What is added up for a tensor. */
interface Sums {
  readonly storage: Storage;
  readonly total: ErrorStatistics;
  readonly rounding: ErrorStatistics;
  readonly local: ErrorStatistics;
}

class SignatureComparison {
  readonly #quantized: OpenSignature;
  readonly #float: OpenSignature;
  readonly #pairs: ReadonlyMap<number, number>;
  readonly #sums = new Map<number, Sums>();
  #alone: OpsAlone | undefined;
  readonly #notes: string[] = [];

  constructor(quantized: OpenSignature, float: OpenSignature) {
    this.#quantized = quantized;
    this.#float = float;
    const pairs = matchTensors(quantized.graph, float.graph);
    // Only what is float32 in the float model has real numbers to compare.
    this.#pairs = new Map([...pairs].filter(([, tensor]) => float.graph.storageOf(tensor)?.dtype === 'float32'));
    for (const tensor of this.#pairs.keys()) {
      const storage = quantized.graph.storageOf(tensor);
      if (!storage) continue;
      const [total, rounding, local] = [new ErrorStatistics(), new ErrorStatistics(), new ErrorStatistics()];
      this.#sums.set(tensor, { storage, total, rounding, local });
    }
  }

  /** Gives the number of samples. */
  async run(source: SampleSource, limit: number, runtime: Runtime | undefined): Promise<number> {
    const compared = new Map([...this.#pairs].filter(([tensor]) => this.#sums.has(tensor)));
    const alone = await OpsAlone.open(this.#quantized.graph, this.#float.graph, compared, runtime);
    this.#alone = alone;
    let count = 0;
    try {
      for await (const { values } of source.samples(floatInputs(this.#quantized.graph, this.#float.graph))) {
        if (count >= limit) break;
        const exact = await tensorsOf(this.#float, values);
        const given = await tensorsOf(this.#quantized, this.#storedInputs(values));
        for (const [tensor, sums] of this.#sums) this.#compare(tensor, sums, exact, given);
        if (this.#alone) await this.#runAlone(this.#alone, exact, given);
        count++;
      }
    } finally {
      await alone?.dispose();
    }
    if (count > 0) return count;
    return fail('invalid-data', {
      detail: `there are no samples to compare signature '${this.#quantized.graph.signature.key}' on.`,
      help: ['Give at least one sample; thirty that are like real input tell most.'],
    });
  }

  findings(reasons: ReadonlyMap<number, string>): Omit<Comparison, 'samples'> {
    const { graph } = this.#quantized;
    const layers: LayerError[] = [];
    const unmatched: UnmatchedOp[] = [];
    for (const op of graph.ops) {
      // What it gives is what it was given, whose error stands at the op that made it.
      if (op.name === 'DEQUANTIZE') continue;
      for (const tensor of op.outputs) {
        if (!graph.storageOf(tensor)) continue;
        const place = { signature: graph.signature.key, op: op.name, index: op.index, tensor: graph.nameOf(tensor) };
        const sums = this.#sums.get(tensor);
        if (sums && sums.total.elements > 0) {
          const floatTensor = this.#float.graph.nameOf(this.#pairs.get(tensor) as number);
          const figures = this.#figures(op, sums);
          layers.push({ ...place, floatTensor, ...figures, whyFloat: reasons.get(op.index) });
        } else {
          const reason = sums ? 'it has another shape in the float model' : 'no tensor of the float model matches it';
          unmatched.push({ ...place, reason });
        }
      }
    }
    const hasBodies = graph.ops.some(({ name }) => name === 'WHILE' || name === 'IF');
    const notes = hasBodies ? ['Loops and branches are compared as a whole, not the ops in them.'] : [];
    return { layers, unmatched, notes: [...this.#notes, ...notes] };
  }

  #figures(op: GraphOp, { storage, total, rounding, local }: Sums) {
    const isMeasured = local.elements > 0 && this.#alone?.covers(op) === true;
    const figures = {
      dtype: storage.dtype,
      total: total.figures(),
      rounding: rounding.figures(),
      local: isMeasured ? local.figures() : undefined,
    };
    const inherited = op.inputs.map((input) => this.#sums.get(input)?.total.figures().noise ?? 0);
    const growth = Math.max(0, figures.total.noise - Math.max(0, ...inherited));
    const part = (error: number) => (total.squaredError === 0 ? 0 : Math.min(1, error / total.squaredError));
    return {
      ...figures,
      damage: figures.local?.noise ?? growth,
      floatGain: isMeasured ? part(local.squaredError) : undefined,
      int16Gain:
        isMeasured && (storage.dtype === 'int8' || storage.dtype === 'uint8')
          ? part(Math.min(local.squaredError, rounding.squaredError))
          : undefined,
    };
  }

  #compare(tensor: number, sums: Sums, exact: Tensors, given: Tensors): void {
    const expected = exact.get(this.#pairs.get(tensor) as number);
    const actual = given.get(tensor);
    if (!expected || actual?.size !== expected.size) return;
    sums.total.add(expected, actual, sums.storage);
    sums.rounding.add(expected, stored(expected, sums.storage), sums.storage);
  }

  /** Where that is not possible, it is not tried again. */
  async #runAlone(alone: OpsAlone, exact: Tensors, given: Tensors): Promise<void> {
    try {
      for (const [tensor, result] of await alone.run(exact, given)) {
        const sums = this.#sums.get(tensor);
        sums?.local.add(result.float, result.quantized, sums.storage);
      }
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      this.#alone = undefined;
      const why = error.diagnostics.map(({ detail }) => detail);
      this.#notes.push(`Ops could not be run alone, so damage is the growth of the error at each: ${why.join(' ')}`);
    }
  }

  #storedInputs(values: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    const inputs = new Map<string, Tensor>();
    for (const info of this.#quantized.graph.signature.inputs) {
      const value = values.get(info.name);
      const storage = storageOf(info);
      if (value) inputs.set(info.name, storage && value.dtype === 'float32' ? stored(value, storage) : value);
    }
    return inputs;
  }
}

/** All that a run gives and takes, by tensor. */
async function tensorsOf({ graph, interpreter }: OpenSignature, inputs: ReadonlyMap<string, Tensor>): Promise<Tensors> {
  const { signature } = graph;
  const { outputs, tensors } = await interpreter.run(inputs, { signature: signature.key, tensors: 'all' });
  const found = new Map(tensors);
  const add = (infos: readonly TensorInfo[], values: ReadonlyMap<string, Tensor>) => {
    for (const { name, tensor } of infos) {
      const value = values.get(name);
      if (value) found.set(tensor, value);
    }
  };
  add(signature.inputs, inputs);
  add(signature.outputs, outputs);
  return found;
}

/** The float model's inputs, with the dimensions that either model fixes. */
function floatInputs(quantized: SignatureGraph, float: SignatureGraph): SignatureInfo {
  const inputs = float.signature.inputs.map((info) => {
    const other = quantized.signature.inputs.find(({ name }) => name === info.name);
    const shape = info.shape?.map((dim, axis) => dim ?? other?.shape?.[axis] ?? null) ?? other?.shape ?? null;
    return { ...info, shape };
  });
  return { ...float.signature, inputs };
}
