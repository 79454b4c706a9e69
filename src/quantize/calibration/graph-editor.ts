import { type Dim, elementCount, isStatic } from '#tensor/shape.js';
import type {
  BufferContent,
  ModelRecord,
  OperatorCodeRecord,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '#tflite/file/model-record.js';
import { plainOperator } from '#tflite/file/plain-operator.js';

export type Builtin =
  | 'REDUCE_MIN'
  | 'REDUCE_MAX'
  | 'SUM'
  | 'PACK'
  | 'RESHAPE'
  | 'GATHER'
  | 'GATHER_ND'
  | 'SHAPE'
  | 'CONCATENATION'
  | 'MINIMUM'
  | 'MAXIMUM'
  | 'NOT_EQUAL'
  | 'EQUAL'
  | 'CAST'
  | 'ADD'
  | 'MUL'
  | 'SELECT_V2';

type Options = NonNullable<OperatorRecord['builtin_options']>;

/** What the subgraphs of a model that is patched share. */
export class ModelTables {
  readonly codes: OperatorCodeRecord[];
  readonly buffers: BufferContent[];
  readonly #indices = new Map<Builtin, number>();

  constructor(model: ModelRecord) {
    this.codes = [...model.operator_codes];
    this.buffers = [...model.buffers];
  }

  codeOf(builtin: Builtin): number {
    let index = this.#indices.get(builtin);
    if (index === undefined) {
      const code = { builtin_code: builtin, deprecated_builtin_code: 0, version: 1, custom_code: '' };
      index = this.codes.push(code) - 1;
      this.#indices.set(builtin, index);
    }
    return index;
  }
}

/** Places after which an op can be added: behind the operator of that index; at the start, or the end. */
export const START = -1;
export const END = Number.POSITIVE_INFINITY;

/** A copy of a subgraph to which ops, inputs and outputs are added. */
export class GraphEditor {
  readonly tensors: TensorRecord[];
  readonly #original: SubGraphRecord;
  readonly #tables: ModelTables;
  readonly #constants = new Map<string, number>();
  readonly #producers = new Map<number, number>();
  readonly #added = new Map<number, OperatorRecord[]>();
  readonly #replaced = new Map<number, OperatorRecord>();
  readonly #inputs: number[] = [];

  constructor(original: SubGraphRecord, tables: ModelTables) {
    this.#original = original;
    this.#tables = tables;
    this.tensors = [...original.tensors];
    original.operators.forEach(({ outputs }, i) => {
      for (const output of outputs) this.#producers.set(output, i);
    });
  }

  /** Where a tensor of the original has its value. */
  placeOf(tensor: number): number {
    return this.#producers.get(tensor) ?? START;
  }

  dimsOf(tensor: number): Dim[] {
    return declaredDims(this.tensors[tensor] as TensorRecord);
  }

  /** A further input, like `tensor` in type and shape. */
  input(type: TensorRecord['type'], dims: readonly number[]): number {
    const index = this.tensor(type, dims);
    this.#inputs.push(index);
    return index;
  }

  replaceOperator(index: number, operator: OperatorRecord): void {
    this.#replaced.set(index, operator);
  }

  /** Dimensions of -1 are known at run time only. */
  tensor(type: TensorRecord['type'], dims: readonly number[], buffer = 0): number {
    const index = this.tensors.length;
    this.tensors.push({
      ...(this.#original.tensors[0] as TensorRecord),
      type,
      shape: dims.map((dim) => Math.max(dim, 1)),
      shape_signature: dims.includes(-1) ? [...dims] : [],
      has_rank: true,
      buffer,
      name: `observed/${index}`,
      quantization: undefined,
      is_variable: false,
      sparsity: undefined,
      variant_tensors: [],
      external_buffer: 0,
    });
    return index;
  }

  /** A vector of constants, or of the dimensions `dims`. */
  integers(values: readonly number[], dims: readonly number[] = [values.length]): number {
    return this.#constant(`i ${values} ${dims}`, 'INT32', dims, () => Int32Array.from(values));
  }

  floats(values: readonly number[]): number {
    return this.#constant(`f ${values}`, 'FLOAT32', [values.length], () => Float32Array.from(values));
  }

  /** As many equal numbers as `dims` take. */
  splat(value: number, dims: readonly number[]): number {
    const make = () => new Float32Array(elementCount(dims)).fill(value);
    return this.#constant(`s ${value} ${dims}`, 'FLOAT32', dims, make);
  }

  #constant(
    key: string,
    type: TensorRecord['type'],
    dims: readonly number[],
    make: () => Int32Array | Float32Array,
  ): number {
    let index = this.#constants.get(key);
    if (index === undefined) {
      const buffer = this.#tables.buffers.push(new Uint8Array(make().buffer)) - 1;
      index = this.tensor(type, dims, buffer);
      this.#constants.set(key, index);
    }
    return index;
  }

  /** The result of a new op behind operator `at`, and behind what was added there before. */
  add(
    at: number,
    builtin: Builtin,
    inputs: readonly number[],
    dims: readonly number[],
    options: Options | undefined,
    type = (this.tensors[inputs[0] as number] as TensorRecord).type,
  ): number {
    const output = this.tensor(type, dims);
    const operator = {
      ...plainOperator({ inputs: [...inputs], outputs: [output], builtin_options: options }),
      opcode_index: this.#tables.codeOf(builtin),
    };
    const list = this.#added.get(at);
    if (list === undefined) this.#added.set(at, [operator]);
    else list.push(operator);
    return output;
  }

  /** Elements in a row. */
  flatten(at: number, tensor: number): number {
    const record = this.tensors[tensor] as TensorRecord;
    const dims = this.dimsOf(tensor);
    const known = isStatic(dims) && (dims.length > 0 || record.has_rank);
    return this.reshape(at, tensor, [known ? elementCount(dims) : -1]);
  }

  /** One dimension may be -1. */
  reshape(at: number, tensor: number, dims: readonly number[]): number {
    const asked = dims.length === 1 ? [-1] : [...dims];
    const options = { type: 'ReshapeOptions', value: { new_shape: asked } } as const;
    return this.add(at, 'RESHAPE', [tensor, this.integers(asked)], dims, options);
  }

  gather(at: number, tensor: number, positions: number, axis: number, dims: readonly number[]): number {
    const options = { type: 'GatherOptions', value: { axis, batch_dims: 0 } } as const;
    return this.add(at, 'GATHER', [tensor, positions], dims, options);
  }

  /** What is at each of the places: rows of indices of the first axes. */
  gatherPlaces(at: number, tensor: number, places: number, dims: readonly number[]): number {
    return this.add(at, 'GATHER_ND', [tensor, places], dims, { type: 'GatherNdOptions', value: {} });
  }

  pack(at: number, scalars: readonly number[]): number {
    const options = { type: 'PackOptions', value: { values_count: scalars.length, axis: 0 } } as const;
    return this.add(at, 'PACK', scalars, [scalars.length], options);
  }

  /** Vectors one after the other. */
  join(at: number, vectors: readonly number[]): number {
    if (vectors.length === 1) return vectors[0] as number;
    const lengths = vectors.map((vector) => this.dimsOf(vector)[0] ?? null);
    const length = isStatic(lengths) ? (lengths as readonly number[]).reduce((sum, part) => sum + part, 0) : -1;
    return this.add(at, 'CONCATENATION', vectors, [length], {
      type: 'ConcatenationOptions',
      value: { axis: 0, fused_activation_function: 'NONE' },
    });
  }

  shapeOf(at: number, tensor: number): number {
    const rank = (this.tensors[tensor] as TensorRecord).shape.length;
    const options = { type: 'ShapeOptions', value: { out_type: 'INT32' } } as const;
    return this.add(at, 'SHAPE', [tensor], [rank], options, 'INT32');
  }

  finish(outputs: readonly number[]): SubGraphRecord {
    const operators = [...(this.#added.get(START) ?? [])];
    this.#original.operators.forEach((operator, i) => {
      operators.push(this.#replaced.get(i) ?? operator, ...(this.#added.get(i) ?? []));
    });
    operators.push(...(this.#added.get(END) ?? []));
    return {
      ...this.#original,
      tensors: this.tensors,
      operators,
      inputs: [...this.#original.inputs, ...this.#inputs],
      outputs: [...outputs],
    };
  }
}

export function declaredDims({ shape, shape_signature }: TensorRecord): Dim[] {
  const dims = shape_signature?.length === shape.length ? shape_signature : shape;
  return dims.map((dim) => (dim < 0 ? null : dim));
}
