import { elementCount } from '#tensor/shape.js';
import type {
  BufferContent,
  ModelRecord,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '#tflite/file/model-record.js';
import { plainOperator } from '#tflite/file/plain-operator.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { mayBeComputedEarly } from './prepared-tensors.js';

/** What a copy's signature computes: a subgraph, at known shapes of its inputs. */
export interface SignaturePlan {
  /** The copy's signature. */
  readonly key: string;
  readonly subgraph: number;
  /** Tensor indices and shapes, in any order. */
  readonly inputs: readonly { readonly tensor: number; readonly dims: readonly number[] }[];
  /** Tensors whose shapes are asked for. */
  readonly measured: readonly number[];
  /** Tensors whose values are asked for, with the shapes they will have. */
  readonly fetched: readonly { readonly tensor: number; readonly dims: readonly number[] }[];
}

/** A signature's names in the copy. */
export const inputName = (tensor: number) => `i${tensor}`;
export const outputName = (tensor: number) => `o${tensor}`;
export const SHAPES_OUTPUT = 'shapes';

/** Tensors have at most 8 dimensions in LiteRT's own constant structures. */
const MAX_RANK = 8;
/** Place taken in the shapes output by each tensor: its rank and its dimensions, the rest zero. */
const SHAPE_ENTRY = MAX_RANK + 1;

/** Where the operators of a copy's subgraph come from: the index in the model, or undefined for added ones. */
export type OperatorOrigins = readonly (number | undefined)[];

export interface RunnableCopy {
  readonly bytes: Uint8Array;
  /** By the plan's key. */
  readonly origins: ReadonlyMap<string, OperatorOrigins>;
}

/**
 * A copy of the model that only the runtime sees, made so that LiteRT's CompiledModel gives right results:
 * - inputs have the shapes they will be given, and no `shape_signature`;
 * - every output but text is the RESHAPE of a tensor to known dimensions, because outputs of a size known late, and those that
 *   share memory with an input or are computed while the graph is prepared, come out as garbage without any message;
 * - the output `shapes` tells the shapes that the `measured` tensors really had.
 * Its signatures are the plans', under names made here. Subgraphs keep their indices.
 */
export function makeRunnableCopy(model: ModelRecord, plans: readonly SignaturePlan[]): RunnableCopy {
  const editor = new CopyEditor(model);
  for (const plan of plans) editor.addSignature(plan);
  return editor.finish();
}

/** The shapes in the `shapes` output, in the order of `measured`. */
export function parseShapes(bytes: Uint8Array, count: number): number[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const next = () => view.getInt32(4 * at++, true);
  return Array.from({ length: count }, () => Array.from({ length: next() }, next));
}

type SignatureDef = NonNullable<ModelRecord['signature_defs']>[number];

class CopyEditor {
  readonly #model: ModelRecord;
  readonly #subgraphs: SubGraphRecord[];
  readonly #buffers: BufferContent[];
  readonly #codes: ModelRecord['operator_codes'][number][];
  readonly #signatures: SignatureDef[] = [];
  readonly #origins = new Map<string, OperatorOrigins>();
  readonly #taken = new Set<number>();

  constructor(model: ModelRecord) {
    this.#model = model;
    this.#subgraphs = [...model.subgraphs];
    this.#buffers = [...model.buffers];
    this.#codes = [...model.operator_codes];
  }

  addSignature(plan: SignaturePlan): void {
    const original = this.#model.subgraphs[plan.subgraph] as SubGraphRecord;
    const graph = new SubgraphEditor(original, {
      operatorCode: (name) => this.#operatorCode(name),
      buffer: (content) => this.#buffers.push(content) - 1,
    });
    for (const { tensor, dims } of plan.inputs) graph.setShape(tensor, dims);

    const outputs: { name: string; tensor_index: number }[] = [];
    const early = mayBeComputedEarly(this.#model, original);
    for (const { tensor, dims } of plan.fetched) {
      outputs.push({ name: outputName(tensor), tensor_index: graph.fetch(tensor, dims, early.has(tensor)) });
    }
    if (plan.measured.length > 0) {
      outputs.push({ name: SHAPES_OUTPUT, tensor_index: graph.measure(plan.measured) });
    }
    const outputIndices = outputs.map(({ tensor_index }) => tensor_index);
    // LiteRT has no buffers of size 0. A tensor of no bytes that nothing produces does as well.
    const given = plan.inputs.filter(({ dims }) => elementCount(dims) > 0).map(({ tensor }) => tensor);
    const { subgraph, origins } = graph.finish(given, outputIndices);
    // Two signatures may share a subgraph.
    const index = this.#taken.has(plan.subgraph) ? this.#subgraphs.length : plan.subgraph;
    this.#taken.add(index);
    this.#subgraphs[index] = subgraph;
    this.#origins.set(plan.key, origins);
    this.#signatures.push({
      signature_key: plan.key,
      subgraph_index: index,
      inputs: given.map((tensor) => ({ name: inputName(tensor), tensor_index: tensor })),
      outputs,
    });
  }

  finish(): RunnableCopy {
    const bytes = serializeModel({
      ...this.#model,
      subgraphs: this.#subgraphs,
      buffers: this.#buffers,
      operator_codes: this.#codes,
      signature_defs: this.#signatures,
    });
    return { bytes, origins: this.#origins };
  }

  #operatorCode(name: 'RESHAPE' | 'SHAPE' | 'CONCATENATION' | 'SLICE'): number {
    const found = this.#codes.findIndex((code) => code.builtin_code === name && code.version === 1);
    if (found >= 0) return found;
    return this.#codes.push({ builtin_code: name, deprecated_builtin_code: 0, version: 1, custom_code: '' }) - 1;
  }
}

interface Shared {
  operatorCode(name: 'RESHAPE' | 'SHAPE' | 'CONCATENATION' | 'SLICE'): number;
  buffer(content: Uint8Array): number;
}

class SubgraphEditor {
  readonly #original: SubGraphRecord;
  readonly #shared: Shared;
  readonly #tensors: TensorRecord[];
  /** Added behind the operator of that index; -1: in front of all. */
  readonly #after = new Map<number, OperatorRecord[]>();
  readonly #producers = new Map<number, number>();

  constructor(original: SubGraphRecord, shared: Shared) {
    this.#original = original;
    this.#shared = shared;
    this.#tensors = [...original.tensors];
    original.operators.forEach(({ outputs }, i) => {
      for (const output of outputs) this.#producers.set(output, i);
    });
  }

  setShape(tensor: number, dims: readonly number[]): void {
    const record = this.#tensors[tensor] as TensorRecord;
    this.#tensors[tensor] = { ...record, shape: [...dims], shape_signature: [], has_rank: true };
  }

  /** A tensor with the same values that LiteRT can safely write as an output. */
  fetch(tensor: number, dims: readonly number[], early: boolean): number {
    // Text is copied out when the run is over, whatever its size and wherever it comes from.
    if (this.#tensors[tensor]?.type === 'STRING') return tensor;
    const at = this.#producers.get(tensor) ?? -1;
    let source = tensor;
    if (early) {
      // RESHAPE of a tensor that is computed while the graph is prepared is computed there too; SLICE never is.
      const count = elementCount(dims);
      const flat = this.#reshape(at, source, [count]);
      source = this.#slice(at, flat, count);
    }
    return this.#reshape(at, source, dims);
  }

  /**
   * A vector of rank and dimensions of each tensor in turn. SHAPE of SHAPE gives the rank as a vector. Both are
   * computed while the graph is prepared (again, where a size becomes known at run time), and SLICE, which is not,
   * gives the whole a size that does not depend on the ranks.
   */
  measure(tensors: readonly number[]): number {
    const parts: number[] = [];
    for (const tensor of tensors) {
      const at = this.#producers.get(tensor) ?? -1;
      const shape = this.#shape(at, tensor);
      parts.push(this.#shape(at, shape), shape);
    }
    const end = this.#original.operators.length - 1;
    const size = tensors.length * SHAPE_ENTRY;
    parts.push(this.#constant(new Int32Array(tensors.length * MAX_RANK)));
    const joined = this.#add(end, 'CONCATENATION', parts, 'INT32', [size], {
      type: 'ConcatenationOptions',
      value: { axis: 0, fused_activation_function: 'NONE' },
    });
    return this.#slice(end, joined, size);
  }

  finish(
    inputs: readonly number[],
    outputs: readonly number[],
  ): { subgraph: SubGraphRecord; origins: OperatorOrigins } {
    const operators: OperatorRecord[] = [];
    const origins: (number | undefined)[] = [];
    const addBehind = (index: number) => {
      for (const operator of this.#after.get(index) ?? []) {
        operators.push(operator);
        origins.push(undefined);
      }
    };
    addBehind(-1);
    this.#original.operators.forEach((operator, i) => {
      operators.push(operator);
      origins.push(i);
      addBehind(i);
    });
    const ends = { inputs: [...inputs], outputs: [...outputs] };
    return { subgraph: { ...this.#original, tensors: this.#tensors, operators, ...ends }, origins };
  }

  #reshape(at: number, source: number, dims: readonly number[]): number {
    const { type, quantization } = this.#tensors[source] as TensorRecord;
    // Without dimensions the kernel wants [0], which stands for a scalar.
    const value = { new_shape: dims.length === 0 ? [0] : [...dims] };
    return this.#add(at, 'RESHAPE', [source], type, dims, { type: 'ReshapeOptions', value }, quantization);
  }

  #shape(at: number, source: number): number {
    const rank = (this.#tensors[source] as TensorRecord).shape.length;
    return this.#add(at, 'SHAPE', [source], 'INT32', [rank], { type: 'ShapeOptions', value: { out_type: 'INT32' } });
  }

  #slice(at: number, source: number, count: number): number {
    const { type, quantization } = this.#tensors[source] as TensorRecord;
    const inputs = [source, this.#constant(Int32Array.of(0)), this.#constant(Int32Array.of(count))];
    return this.#add(at, 'SLICE', inputs, type, [count], { type: 'SliceOptions', value: {} }, quantization);
  }

  #constant(values: Int32Array): number {
    const buffer = this.#shared.buffer(new Uint8Array(values.buffer));
    return this.#tensor('INT32', [values.length], buffer);
  }

  #tensor(
    type: TensorRecord['type'],
    dims: readonly number[],
    buffer: number,
    quantization?: TensorRecord['quantization'],
  ): number {
    const index = this.#tensors.length;
    // LiteRT tells a subgraph's inputs and outputs apart by their tensors' names.
    this.#tensors.push({
      ...(this.#original.tensors[0] as TensorRecord),
      type,
      shape: [...dims],
      shape_signature: [],
      has_rank: true,
      buffer,
      name: `tflite_gate/${index}`,
      quantization,
      is_variable: false,
      sparsity: undefined,
      variant_tensors: [],
      external_buffer: 0,
    });
    return index;
  }

  #add(
    at: number,
    name: 'RESHAPE' | 'SHAPE' | 'CONCATENATION' | 'SLICE',
    inputs: readonly number[],
    type: TensorRecord['type'],
    dims: readonly number[],
    options: NonNullable<OperatorRecord['builtin_options']>,
    quantization?: TensorRecord['quantization'],
  ): number {
    const output = this.#tensor(type, dims, 0, quantization);
    const added = plainOperator({ inputs: [...inputs], outputs: [output], builtin_options: options });
    const list = this.#after.get(at);
    const operator = { ...added, opcode_index: this.#shared.operatorCode(name) };
    if (list === undefined) this.#after.set(at, [operator]);
    else list.push(operator);
    return output;
  }
}
