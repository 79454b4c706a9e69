import { Const } from '#ir/constant.js';
import { Op, type OpDefinition, Region, type Value } from '#ir/graph.js';
import type { Location } from '#ir/location.js';
import { type Type, tensorType } from '#ir/type.js';
import type { Tensor } from '#tensor/tensor.js';
import type {
  BufferContent,
  ModelRecord,
  OperatorCodeRecord,
  OperatorRecord,
  SubGraphRecord,
  TensorRecord,
} from '../file/model-record.js';
import { subgraphsIn } from '../file/subgraph-options.js';
import { failInvalid, failUnsupported, type ImportPlace } from './import-failure.js';
import { importOperator } from './import-operator.js';
import { constantOfTensor, initialState, typeOfTensor } from './import-tensor.js';

/** What all regions of a model share. */
export interface ImportContext {
  readonly model: ModelRecord;
  readonly place: ImportPlace;
  /** The body that a subgraph becomes, for an operator of the subgraphs that are being imported. */
  regionOf(subgraph: number, within: readonly number[]): Region;
}

/**
 * The region that a subgraph becomes: its inputs are the arguments, `outputs` the tensors that it yields. Constants are
 * placed before their first user. Throws a DiagnosticError where a value is used before it is made, or made twice.
 */
export function importRegion(context: ImportContext, path: readonly number[], outputs: readonly number[]): Region {
  return new RegionImporter(context, path).run(outputs);
}

class RegionImporter {
  readonly #context: ImportContext;
  /** Indices of the subgraphs that lead here, this one last. */
  readonly #path: readonly number[];
  readonly #subgraph: SubGraphRecord;
  readonly #region = new Region();
  readonly #values: (Value | undefined)[] = [];
  /** Variable tensors that an operator has as its state. */
  readonly #states = new Set<number>();

  constructor(context: ImportContext, path: readonly number[]) {
    this.#context = context;
    this.#path = path;
    this.#subgraph = context.model.subgraphs[path.at(-1) as number] as SubGraphRecord;
  }

  run(outputs: readonly number[]): Region {
    for (const index of this.#subgraph.inputs) {
      const arg = this.#region.addArg(this.#typeOf(index));
      // A runtime reads the content of an input that has one, and nobody can give it another.
      if (this.#buffer(index).byteLength === 0) this.#define(index, arg);
    }
    for (const operator of this.#subgraph.operators) this.#operator(operator);
    this.#region.setOutputs(outputs.map((index) => this.#valueOf(index)));
    return this.#region;
  }

  #operator(operator: OperatorRecord): void {
    const code = this.#context.model.operator_codes[operator.opcode_index] as OperatorCodeRecord;
    const stateOperands = operator.inputs.flatMap((index, i) => (this.#isState(index) ? [i] : []));
    const [first] = operator.outputs;
    const op = importOperator({
      code,
      operator,
      operands: operator.inputs.map((index) => (index < 0 ? undefined : this.#operand(index))),
      stateOperands,
      types: operator.outputs.map((index) => this.#typeOf(index)),
      intermediates: operator.intermediates.map((index) => (index < 0 ? undefined : this.#typeOf(index))),
      regions: subgraphsIn(operator).map((index) => this.#context.regionOf(index, this.#path)),
      location: this.#location(first),
    });
    this.#region.append(op);
    operator.outputs.forEach((index, i) => {
      this.#define(index, op.result(i));
    });
  }

  /** The value of an input; each variable tensor may be the state of one operator only. */
  #operand(index: number): Value {
    if (!this.#isState(index)) return this.#valueOf(index);
    if (this.#states.has(index)) {
      failUnsupported(
        this.#placeOf(index),
        `the variable tensor "${this.#tensor(index).name}" is shared by several operators, which is not supported`,
      );
    }
    this.#states.add(index);
    const content = initialState(this.#tensor(index), this.#context.place);
    return this.#constant(index, content, this.#typeOf(index));
  }

  #valueOf(index: number): Value {
    const known = this.#values[index];
    if (known) return known;
    const tensor = this.#tensor(index);
    const type = this.#typeOf(index);
    if (tensor.external_buffer > 0) {
      failUnsupported(
        this.#placeOf(index),
        `the constant "${tensor.name}" is kept in another file, which is not supported`,
      );
    }
    const buffer = this.#buffer(index);
    // Without elements a constant has no bytes to be told by.
    if (buffer.byteLength === 0 && !tensor.shape.includes(0)) {
      failInvalid(this.#placeOf(index), `the tensor "${tensor.name}" is used before it is made`);
    }
    const value = this.#constant(index, constantOfTensor(tensor, buffer, this.#context.place), type);
    this.#values[index] = value;
    return value;
  }

  #constant(index: number, content: Tensor, type: Type): Value {
    const quantization = type.kind === 'tensor' ? type.quantization : undefined;
    const constant = new Op(Const as unknown as OpDefinition, {
      operands: [],
      attributes: { value: content },
      types: [tensorType(content.dtype, content.shape, quantization)],
      location: this.#location(index),
    });
    this.#region.append(constant);
    return constant.result();
  }

  #define(index: number, value: Value): void {
    if (this.#values[index] || this.#buffer(index).byteLength > 0 || this.#isState(index)) {
      failInvalid(this.#placeOf(index), `the tensor "${this.#tensor(index).name}" is made twice`);
    }
    this.#values[index] = value;
  }

  /** The name of the first result is where an op comes from, of which the last scope is the layer. */
  #location(index: number | undefined): Location {
    const { signature } = this.#context.place;
    const node = index === undefined ? '' : this.#tensor(index).name;
    const layer = node.split(';')[0]?.split('/').at(-2);
    return {
      ...(signature === undefined ? {} : { signature }),
      ...(node === '' ? {} : { node }),
      ...(layer === undefined || layer === '' ? {} : { layer }),
    };
  }

  #isState(index: number): boolean {
    return index >= 0 && this.#tensor(index).is_variable;
  }

  #typeOf(index: number): Type {
    return typeOfTensor(this.#tensor(index), this.#context.place);
  }

  #tensor(index: number): TensorRecord {
    return this.#subgraph.tensors[index] as TensorRecord;
  }

  #buffer(index: number): BufferContent {
    return this.#context.model.buffers[this.#tensor(index).buffer] as BufferContent;
  }

  #placeOf(index: number): ImportPlace {
    return { ...this.#context.place, node: this.#tensor(index).name };
  }
}
