import type { Signature } from '#runtime/describe-signatures.js';
import { computedFromConstants } from '#runtime/prepared-tensors.js';
import { type Dim, elementCount, isStatic } from '#tensor/shape.js';
import type {
  BufferContent,
  ModelRecord,
  ModelToWrite,
  OperatorCodeRecord,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '#tflite/file/model-record.js';
import { plainOperator } from '#tflite/file/plain-operator.js';

/** A tensor whose range is looked for. */
export interface ObservedTensor {
  /** Index in the signature's subgraph. */
  readonly tensor: number;
  /** The tensor's name, made unique within the subgraph. */
  readonly name: string;
  /** Its values are an output of the observed model, not only their extent. */
  readonly valued: boolean;
}

/** A tensor of which rows are wanted, seen as a matrix of so many columns. */
export interface SampledTensor {
  /** Index in the signature's subgraph. */
  readonly tensor: number;
  readonly columns: number;
  /** Which rows; undefined for all. */
  readonly rows: readonly number[] | undefined;
}

/** Output of an observed model. A vector: `FIGURES` numbers for each observed tensor in turn. */
export const EXTENTS = 'extents';
/** Least value, greatest value, sum. */
export const FIGURES = 3;
/** Output. A vector: values of the valued tensors, one after the other. */
export const VALUES = 'values';
/** Output. A vector: how many values there are of each valued tensor. */
export const LENGTHS = 'lengths';

/** Output. A vector: rows of the sampled tensors, one tensor after the other. */
export const ROWS = 'rows';
/** Output. A vector: the dimensions of those of which all rows are given. */
export const ROW_DIMENSIONS = 'row-dimensions';

/** Of the values of a tensor in one sample about so many are looked at. */
const ENOUGH_VALUES = 2 ** 13;
/** Kernels of reductions take few dimensions, and none for scalars. */
const MOST_AXES = 4;

/** Float tensors that a signature's subgraph is given or computes from what it is given, in the order of computation. */
export function observableTensors(model: ModelRecord, signature: Signature): Omit<ObservedTensor, 'valued'>[] {
  const subgraph = model.subgraphs[signature.subgraph] as SubGraphRecord;
  const constant = computedFromConstants(model, subgraph);
  const candidates = [
    ...signature.inputs.map(({ tensor }) => tensor),
    ...subgraph.operators.flatMap((op) => op.outputs),
  ];
  const names = new Set<string>();
  const found: Omit<ObservedTensor, 'valued'>[] = [];
  for (const tensor of new Set(candidates)) {
    const record = subgraph.tensors[tensor] as TensorRecord;
    if (record.type !== 'FLOAT32' || record.is_variable || constant.has(tensor)) continue;
    const own = record.name ?? '';
    const name = names.has(own) ? `${own};${tensor}` : own;
    names.add(name);
    found.push({ tensor, name });
  }
  return found;
}

/**
 * A copy of the model that computes, instead of its outputs, what calibration wants to know of its tensors: the extent
 * of each by reductions within the graph, which costs next to nothing, where reading all tensors would take as long as
 * computing them; of `valued` ones an even part of the values; and rows of `sampled` ones.
 */
export function observeTensors(
  model: ModelRecord,
  signature: Signature,
  tensors: readonly ObservedTensor[],
  sampled: readonly SampledTensor[] = [],
): ModelToWrite {
  const editor = new ObservingEditor(model, model.subgraphs[signature.subgraph] as SubGraphRecord);
  for (const tensor of tensors) editor.observe(tensor);
  for (const tensor of sampled) editor.sample(tensor);
  const { subgraph, outputs, codes, buffers } = editor.finish();
  const named = (info: { name: string; tensor: number }) => ({ name: info.name, tensor_index: info.tensor });
  return {
    ...model,
    operator_codes: codes,
    buffers,
    subgraphs: model.subgraphs.map((graph, i) => (i === signature.subgraph ? subgraph : graph)),
    signature_defs: [
      {
        signature_key: signature.key,
        subgraph_index: signature.subgraph,
        inputs: signature.inputs.map(named),
        outputs: outputs.map(named),
      },
    ],
  };
}

type Builtin = 'REDUCE_MIN' | 'REDUCE_MAX' | 'SUM' | 'PACK' | 'RESHAPE' | 'GATHER' | 'SHAPE' | 'CONCATENATION';

class ObservingEditor {
  readonly #subgraph: SubGraphRecord;
  readonly #codes: OperatorCodeRecord[];
  readonly #buffers: BufferContent[];
  readonly #tensors: TensorRecord[];
  readonly #codeIndices = new Map<Builtin, number>();
  readonly #constants = new Map<string, number>();
  readonly #producers = new Map<number, number>();
  /** Behind the operator of that index; -1: in front of all. */
  readonly #added = new Map<number, OperatorRecord[]>();
  readonly #figures: number[] = [];
  readonly #values: number[] = [];
  readonly #lengths: number[] = [];
  readonly #rows: number[] = [];
  readonly #rowDimensions: number[] = [];

  constructor(model: ModelRecord, subgraph: SubGraphRecord) {
    this.#subgraph = subgraph;
    this.#codes = [...model.operator_codes];
    this.#buffers = [...model.buffers];
    this.#tensors = [...subgraph.tensors];
    subgraph.operators.forEach(({ outputs }, i) => {
      for (const output of outputs) this.#producers.set(output, i);
    });
  }

  observe({ tensor, valued }: ObservedTensor): void {
    const at = this.#producers.get(tensor) ?? -1;
    const record = this.#tensors[tensor] as TensorRecord;
    const rank = record.shape.length;
    // Also what has no rank in files of old converters.
    const flatten = rank === 0 || rank > MOST_AXES;
    const source = flatten ? this.#flatten(at, tensor) : tensor;
    const axes = this.#constant(Array.from({ length: flatten ? 1 : rank }, (_, axis) => axis));
    for (const builtin of ['REDUCE_MIN', 'REDUCE_MAX', 'SUM'] as const) {
      const options = { type: 'ReducerOptions', value: { keep_dims: false } } as const;
      this.#figures.push(this.#add(at, builtin, [source, axes], [], options));
    }
    if (!valued) return;
    const values = this.#flatten(at, this.#thinOut(at, tensor));
    this.#values.push(values);
    this.#lengths.push(this.#shapeOf(at, values));
  }

  sample({ tensor, columns, rows }: SampledTensor): void {
    const at = this.#producers.get(tensor) ?? -1;
    if (!rows) {
      this.#rows.push(this.#flatten(at, tensor));
      this.#rowDimensions.push(this.#shapeOf(at, tensor));
      return;
    }
    const options = { type: 'ReshapeOptions', value: { new_shape: [-1, columns] } } as const;
    const matrix = this.#add(at, 'RESHAPE', [tensor, this.#constant([-1, columns])], [-1, columns], options);
    const taken = this.#add(at, 'GATHER', [matrix, this.#constant(rows)], [rows.length, columns], {
      type: 'GatherOptions',
      value: { axis: 0, batch_dims: 0 },
    });
    this.#rows.push(this.#flatten(at, taken));
  }

  finish() {
    const end = this.#subgraph.operators.length - 1;
    const extents = this.#add(end, 'PACK', this.#figures, [this.#figures.length], {
      type: 'PackOptions',
      value: { values_count: this.#figures.length, axis: 0 },
    });
    const outputs = [{ name: EXTENTS, tensor: extents }];
    if (this.#values.length > 0) {
      outputs.push({ name: VALUES, tensor: this.#join(end, this.#values) });
      outputs.push({ name: LENGTHS, tensor: this.#join(end, this.#lengths) });
    }
    if (this.#rows.length > 0) outputs.push({ name: ROWS, tensor: this.#join(end, this.#rows) });
    if (this.#rowDimensions.length > 0) {
      outputs.push({ name: ROW_DIMENSIONS, tensor: this.#join(end, this.#rowDimensions) });
    }
    const operators = [...(this.#added.get(-1) ?? [])];
    this.#subgraph.operators.forEach((operator, i) => {
      operators.push(operator, ...(this.#added.get(i) ?? []));
    });
    const subgraph = {
      ...this.#subgraph,
      tensors: this.#tensors,
      operators,
      outputs: outputs.map(({ tensor }) => tensor),
    };
    return { subgraph, outputs, codes: this.#codes, buffers: this.#buffers };
  }

  #join(at: number, vectors: readonly number[]): number {
    const lengths = vectors.map((vector) => declaredDims(this.#tensors[vector] as TensorRecord)[0] ?? null);
    const length = isStatic(lengths) ? (lengths as readonly number[]).reduce((sum, part) => sum + part, 0) : -1;
    return this.#add(at, 'CONCATENATION', vectors, [length], {
      type: 'ConcatenationOptions',
      value: { axis: 0, fused_activation_function: 'NONE' },
    });
  }

  #shapeOf(at: number, tensor: number): number {
    const rank = (this.#tensors[tensor] as TensorRecord).shape.length;
    return this.#add(at, 'SHAPE', [tensor], [rank], { type: 'ShapeOptions', value: { out_type: 'INT32' } });
  }

  #flatten(at: number, tensor: number): number {
    const record = this.#tensors[tensor] as TensorRecord;
    const dims = declaredDims(record);
    const known = isStatic(dims) && (dims.length > 0 || record.has_rank);
    const options = { type: 'ReshapeOptions', value: { new_shape: [-1] } } as const;
    return this.#add(at, 'RESHAPE', [tensor, this.#constant([-1])], [known ? elementCount(dims) : -1], options);
  }

  /** Some rows and columns, with all channels: neighbours are much alike. By GATHER, which copies blocks. */
  #thinOut(at: number, tensor: number): number {
    const dims = declaredDims(this.#tensors[tensor] as TensorRecord);
    let thinned = tensor;
    for (const [axis, count] of evenCounts(dims)) {
      const length = dims[axis] as number;
      const positions = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count));
      dims[axis] = count;
      const shape = dims.map((dim) => dim ?? -1);
      thinned = this.#add(at, 'GATHER', [thinned, this.#constant(positions)], shape, {
        type: 'GatherOptions',
        value: { axis, batch_dims: 0 },
      });
    }
    return thinned;
  }

  #constant(values: readonly number[]): number {
    const key = values.join();
    let index = this.#constants.get(key);
    if (index === undefined) {
      const buffer = this.#buffers.push(new Uint8Array(Int32Array.from(values).buffer)) - 1;
      index = this.#tensor('INT32', [values.length], buffer);
      this.#constants.set(key, index);
    }
    return index;
  }

  /** Dimensions of -1 are known at run time only. */
  #tensor(type: TensorRecord['type'], dims: readonly number[], buffer: number): number {
    const index = this.#tensors.length;
    this.#tensors.push({
      ...(this.#subgraph.tensors[0] as TensorRecord),
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

  #add(
    at: number,
    builtin: Builtin,
    inputs: readonly number[],
    dims: readonly number[],
    options: NonNullable<OperatorRecord['builtin_options']>,
  ): number {
    const type = builtin === 'SHAPE' ? 'INT32' : (this.#tensors[inputs[0] as number] as TensorRecord).type;
    const output = this.#tensor(type, dims, 0);
    const operator = {
      ...plainOperator({ inputs: [...inputs], outputs: [output], builtin_options: options }),
      opcode_index: this.#code(builtin),
    };
    const list = this.#added.get(at);
    if (list === undefined) this.#added.set(at, [operator]);
    else list.push(operator);
    return output;
  }

  #code(builtin: Builtin): number {
    let index = this.#codeIndices.get(builtin);
    if (index === undefined) {
      const code = { builtin_code: builtin, deprecated_builtin_code: 0, version: 1, custom_code: '' };
      index = this.#codes.push(code) - 1;
      this.#codeIndices.set(builtin, index);
    }
    return index;
  }
}

export function declaredDims({ shape, shape_signature }: TensorRecord): Dim[] {
  const dims = shape_signature?.length === shape.length ? shape_signature : shape;
  return dims.map((dim) => (dim < 0 ? null : dim));
}

/**
 * Of which axes to keep how many places, so that about `ENOUGH_VALUES` are left: of those between the first and the
 * last, in equal parts, or else of the last.
 */
function evenCounts(dims: readonly Dim[]): [axis: number, count: number][] {
  const total = dims.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  const inner = dims.slice(1, -1).flatMap((dim, i) => (dim === null ? [] : [i + 1]));
  const axes = inner.length > 0 ? inner : [dims.length - 1];
  const part = ENOUGH_VALUES / total;
  if (part >= 1 || axes.length > 2) return [];
  // A square root is the same on any machine, other powers need not be.
  const scale = axes.length === 1 ? part : Math.sqrt(part);
  return axes.flatMap((axis) => {
    const dim = dims[axis] ?? null;
    return dim === null ? [] : [[axis, Math.max(1, Math.round(dim * scale))]];
  });
}
