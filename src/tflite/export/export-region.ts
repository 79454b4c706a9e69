import { Const, constantOf } from '#ir/constant.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { type Quantization, type Type, tensorType } from '#ir/type.js';
import type { Tensor } from '#tensor/tensor.js';
import type { BuiltinOperator } from '#wire/flatbuffers/tflite/builtin-operator.js';
import type { TensorType as ElementType } from '#wire/flatbuffers/tflite/enums.js';
import type { Operator, SubGraph, Tensor as TensorRecord } from '#wire/flatbuffers/tflite/model.js';
import type { QuantizationParameters } from '#wire/flatbuffers/tflite/quantization.js';
import { isTflOp, type TflOpDefinition } from '../define-op.js';
import type { BufferPool } from '../file/buffer-pool.js';
import { mapSubgraphs } from '../file/subgraph-options.js';
import { isOpaqueOp, type OpaqueOpDefinition } from '../opaque-op.js';
import { elementTypeName } from '../ops/element-type.js';
import { constantContent } from './constant-content.js';
import type { OperatorCodes } from './operator-codes.js';
import { optionsOf } from './operator-options.js';
import { type BoundaryNames, nameValues } from './tensor-names.js';

const ABSENT = -1;

/** What all subgraphs of a model share. */
export interface ExportContext {
  readonly buffers: BufferPool;
  readonly codes: OperatorCodes;
  /** The index of the subgraph that an op's region becomes. */
  subgraphOf(region: Region): number;
}

/** One subgraph, with the indices of the tensors that the region's inputs and outputs became. */
export interface ExportedRegion {
  readonly subgraph: SubGraph;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Makes a subgraph of a region. Throws a plain Error for ops of another dialect and values without a tensor type. */
export function exportRegion(
  region: Region,
  name: string,
  boundary: BoundaryNames,
  context: ExportContext,
): ExportedRegion {
  return new RegionExporter(region, boundary, context).run(name);
}

class RegionExporter {
  readonly #region: Region;
  readonly #context: ExportContext;
  readonly #names: ReadonlyMap<Value, string>;
  readonly #tensors: TensorRecord[] = [];
  readonly #indices = new Map<Value, number>();
  /** Constants by content and type: equal ones are one tensor. */
  readonly #constants = new Map<string, number>();

  constructor(region: Region, boundary: BoundaryNames, context: ExportContext) {
    this.#region = region;
    this.#context = context;
    this.#names = nameValues(region, boundary);
  }

  run(name: string): ExportedRegion {
    const region = this.#region;
    const inputs = region.args.map((arg) => this.#activation(arg));
    const operators: Operator[] = [];
    for (const op of region.ops()) if (!op.is(Const)) operators.push(this.#operator(op as unknown as Op));
    const outputs = region.outputs.map((output) => this.#indexOf(output));
    return { subgraph: { name, tensors: this.#tensors, inputs, outputs, operators }, inputs, outputs };
  }

  #operator(op: Op): Operator {
    const { definition } = op;
    if (!isTflOp(definition)) throw new Error(`${op.name} at ${op.location.node ?? 'an unknown node'} is not lowered`);
    const inputs = this.#inputs(op, definition);
    const outputs = op.results.map((result) => this.#activation(result));
    if (isOpaqueOp(definition)) return { ...this.#stated(op, definition), inputs, outputs };
    if (definition.builtin === 'CUSTOM') return { ...this.#custom(op), inputs, outputs };
    const builtin = definition.builtin as BuiltinOperator;
    const subgraphs = op.regions.map((inner) => this.#context.subgraphOf(inner));
    return {
      opcode_index: this.#context.codes.add(builtin, definition.version(op)),
      inputs,
      outputs,
      ...optionsOf(op, builtin, subgraphs),
      ...this.#intermediates(op, definition),
    };
  }

  #intermediates(op: Op, definition: TflOpDefinition): { readonly intermediates?: number[] } {
    const types = definition.intermediates?.(op) ?? [];
    return types.length === 0 ? {} : { intermediates: types.map((type) => this.#add('intermediate', type, 0)) };
  }

  /** As the file had it, with this model's indices. */
  #stated(op: Op, { stated: { code, operator, intermediates } }: OpaqueOpDefinition): Operator {
    const { builtin_code, version, custom_code } = code;
    const subgraphs = op.regions.map((inner) => this.#context.subgraphOf(inner));
    return {
      opcode_index: this.#context.codes.add(builtin_code, version, builtin_code === 'CUSTOM' ? custom_code : undefined),
      ...mapSubgraphs(operator, () => subgraphs.shift() ?? 0),
      custom_options: operator.custom_options,
      mutating_variable_inputs: operator.mutating_variable_inputs,
      intermediates: intermediates.map((type) => (type ? this.#add('intermediate', type, 0) : ABSENT)),
    };
  }

  #custom(op: Op): Operator {
    const { custom_code, custom_options } = op.attributes;
    if (typeof custom_code !== 'string' || !(custom_options instanceof Uint8Array)) {
      throw new Error(`${op.name} needs custom_code and custom_options`);
    }
    return { opcode_index: this.#context.codes.add('CUSTOM', 1, custom_code), custom_options };
  }

  #inputs(op: Op, definition: TflOpDefinition): number[] {
    const inputs = op.operands.map((operand, i) => {
      if (!operand) return ABSENT;
      return definition.stateOperands.includes(i) ? this.#state(operand) : this.#indexOf(operand);
    });
    const { keepsAbsent, operandNames } = definition;
    if (keepsAbsent) while (inputs.length < operandNames.length) inputs.push(ABSENT);
    else while (inputs.at(-1) === ABSENT) inputs.pop();
    return inputs;
  }

  #indexOf(value: Value): number {
    const known = this.#indices.get(value);
    if (known !== undefined) return known;
    const tensor = constantOf(value);
    if (!tensor) throw new Error(`${this.#nameOf(value)} is used before it is made`);
    const index = this.#constant(value, tensor);
    this.#indices.set(value, index);
    return index;
  }

  /** A tensor that is made at run time. */
  #activation(value: Value): number {
    const index = this.#add(this.#nameOf(value), value.type, 0);
    this.#indices.set(value, index);
    return index;
  }

  #constant(value: Value, tensor: Tensor): number {
    const buffer = this.#context.buffers.add(constantContent(tensor));
    const quantization = value.type.kind === 'tensor' ? value.type.quantization : undefined;
    const key = `${buffer} ${tensor.dtype} ${tensor.shape} ${quantization ? JSON.stringify(quantization) : ''}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const index = this.#add(this.#nameOf(value), tensorType(tensor.dtype, tensor.shape, quantization), buffer);
    this.#constants.set(key, index);
    return index;
  }

  /** State has no content in the file, and each use of it is a tensor of its own. */
  #state(value: Value): number {
    const index = this.#add(this.#nameOf(value), value.type, 0);
    this.#tensors[index] = { ...this.#tensors[index], is_variable: true };
    return index;
  }

  #add(name: string, type: Type, buffer: number): number {
    return this.#tensors.push({ name, buffer, ...typeFields(type, name) }) - 1;
  }

  #nameOf(value: Value): string {
    return this.#names.get(value) ?? 'value';
  }
}

/**
 * Unknown sizes are 1 in `shape`, with which a runtime starts, and -1 in `shape_signature`, which says so. A tensor of
 * unknown rank has an empty shape and no rank.
 */
function typeFields(type: Type, name: string): TensorRecord {
  if (type.kind === 'resource' || type.kind === 'variant') {
    return { type: type.kind === 'resource' ? 'RESOURCE' : 'VARIANT', shape: [], has_rank: true };
  }
  if (type.kind !== 'tensor') throw new Error(`${name} is ${type.kind}, which no tensor can hold`);
  const { shape } = type;
  return {
    type: elementTypeName(type.dtype) as ElementType,
    shape: shape?.map((dim) => dim ?? 1) ?? [],
    has_rank: shape !== null,
    ...(shape?.includes(null) ? { shape_signature: shape.map((dim) => dim ?? -1) } : {}),
    ...(type.quantization ? { quantization: quantizationFields(type.quantization) } : {}),
  };
}

function quantizationFields({ scale, zeroPoint, axis }: Quantization): QuantizationParameters {
  return { scale, zero_point: zeroPoint, ...(axis === undefined ? {} : { quantized_dimension: axis }) };
}
