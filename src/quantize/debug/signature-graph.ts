import { declaredShape, describeTensor, readSignatures, type Signature } from '#runtime/describe-signatures.js';
import { computedFromConstants } from '#runtime/prepared-tensors.js';
import type { Shape } from '#tensor/shape.js';
import type { ModelRecord, OperatorCodeRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';
import { type Storage, storageOf } from './real-values.js';

export interface GraphOp {
  /** Its place among the operators of the subgraph. */
  readonly index: number;
  /** TFLite's name, of a custom op its code: `CONV_2D`. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** It only changes how numbers are stored. */
  readonly isConversion: boolean;
}

/** The subgraph of a signature, as the debugger looks at it. */
export class SignatureGraph {
  readonly model: ModelRecord;
  readonly signature: Signature;
  readonly subgraph: SubGraphRecord;
  readonly ops: readonly GraphOp[];
  readonly #constant: ReadonlySet<number>;
  readonly #inputs: ReadonlySet<number>;
  readonly #producers = new Map<number, GraphOp>();

  constructor(model: ModelRecord, signature: Signature) {
    this.model = model;
    this.signature = signature;
    this.subgraph = model.subgraphs[signature.subgraph] as SubGraphRecord;
    this.#constant = computedFromConstants(model, this.subgraph);
    this.#inputs = new Set(this.subgraph.inputs);
    this.ops = this.subgraph.operators.map(({ opcode_index, inputs, outputs }, index) => {
      const { builtin_code, custom_code } = model.operator_codes[opcode_index] as OperatorCodeRecord;
      const name = builtin_code === 'CUSTOM' ? (custom_code ?? '') : builtin_code;
      const isConversion = builtin_code === 'QUANTIZE' || builtin_code === 'DEQUANTIZE';
      return { index, name, inputs, outputs, isConversion };
    });
    for (const op of this.ops) for (const output of op.outputs) this.#producers.set(output, op);
  }

  producerOf(tensor: number): GraphOp | undefined {
    return this.#producers.get(tensor);
  }

  nameOf(tensor: number): string {
    return this.#record(tensor).name ?? '';
  }

  shapeOf(tensor: number): Shape {
    return declaredShape(this.#record(tensor));
  }

  /** How a tensor that depends on the inputs stores its real numbers; undefined for all others. */
  storageOf(tensor: number): Storage | undefined {
    if (tensor < 0 || this.#record(tensor).is_variable || this.#constant.has(tensor)) return undefined;
    if (!this.#producers.has(tensor) && !this.#inputs.has(tensor)) return undefined;
    const info = describeTensor(this.subgraph, tensor, '');
    return info && storageOf(info);
  }

  #record(tensor: number): TensorRecord {
    return this.subgraph.tensors[tensor] as TensorRecord;
  }
}

/** The graph of a signature, by its key, of a model that has it. */
export function signatureGraph(model: ModelRecord, key: string): SignatureGraph {
  const signature = readSignatures(model).find((candidate) => candidate.key === key);
  if (!signature) throw new Error(`the model lost its signature '${key}'`);
  return new SignatureGraph(model, signature);
}
