import type {
  BufferContent,
  ModelRecord,
  OperatorCodeRecord,
  SignatureRecord,
  SubGraphRecord,
  TensorRecord,
} from './model-record.js';

export interface OperatorCount {
  /** As in the schema, `CONV_2D`, or the custom op's own name. */
  readonly name: string;
  readonly version: number;
  readonly custom: boolean;
  readonly count: number;
}

export interface TensorDescription {
  readonly name: string;
  readonly type: TensorRecord['type'];
  /** -1 where the size is only known at run time. */
  readonly shape: readonly number[];
  /** Of its constant data; 0 for activations. */
  readonly bytes: number;
}

export interface SubGraphDescription {
  readonly name: string;
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  readonly tensors: readonly TensorDescription[];
  /** The most frequent first. */
  readonly operators: readonly OperatorCount[];
  readonly operatorCount: number;
}

export interface SignatureDescription {
  readonly key: string;
  readonly subgraph: number;
  /** With the names of the signature. */
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
}

export interface ModelDescription {
  readonly description: string;
  readonly signatures: readonly SignatureDescription[];
  readonly subgraphs: readonly SubGraphDescription[];
  readonly operatorCount: number;
  /** Of all constants, each buffer once. */
  readonly weightBytes: number;
  readonly metadata: readonly { readonly name: string; readonly bytes: number }[];
}

/** What `inspect` tells of a `.tflite` file: counts, shapes and sizes. Works on any model that was read. */
export function describeModel(model: ModelRecord): ModelDescription {
  const subgraphs = model.subgraphs.map((subgraph) => describeSubgraph(model, subgraph));
  const weights = new Set(model.subgraphs.flatMap((subgraph) => subgraph.tensors.map((tensor) => tensor.buffer)));
  return {
    description: model.description,
    signatures: model.signature_defs.map((signature) => ({
      key: signature.signature_key,
      subgraph: signature.subgraph_index,
      inputs: describeSide(model, signature, 'inputs'),
      outputs: describeSide(model, signature, 'outputs'),
    })),
    subgraphs,
    operatorCount: subgraphs.reduce((count, subgraph) => count + subgraph.operatorCount, 0),
    weightBytes: [...weights].reduce((bytes, buffer) => bytes + bytesOf(model, buffer), 0),
    metadata: model.metadata.map((entry) => ({ name: entry.name, bytes: bytesOf(model, entry.buffer) })),
  };
}

/** `CONV_2D`, or the custom op's own name. */
export function operatorName(code: OperatorCodeRecord): string {
  return code.builtin_code === 'CUSTOM' ? code.custom_code : code.builtin_code;
}

function describeSubgraph(model: ModelRecord, subgraph: SubGraphRecord): SubGraphDescription {
  const tensors = subgraph.tensors.map((tensor) => describeTensor(model, tensor));
  const counts = new Map<number, number>();
  for (const { opcode_index } of subgraph.operators) counts.set(opcode_index, (counts.get(opcode_index) ?? 0) + 1);
  const operators = [...counts].map(([index, count]) => {
    const code = model.operator_codes[index] as OperatorCodeRecord;
    return { name: operatorName(code), version: code.version, custom: code.builtin_code === 'CUSTOM', count };
  });
  return {
    name: subgraph.name,
    inputs: subgraph.inputs.map((index) => tensors[index] as TensorDescription),
    outputs: subgraph.outputs.map((index) => tensors[index] as TensorDescription),
    tensors,
    operators: operators.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    operatorCount: subgraph.operators.length,
  };
}

function describeTensor(model: ModelRecord, tensor: TensorRecord): TensorDescription {
  const shape = tensor.shape_signature.length > 0 ? tensor.shape_signature : tensor.shape;
  return { name: tensor.name, type: tensor.type, shape, bytes: bytesOf(model, tensor.buffer) };
}

function describeSide(model: ModelRecord, signature: SignatureRecord, side: 'inputs' | 'outputs'): TensorDescription[] {
  const { tensors } = model.subgraphs[signature.subgraph_index] as SubGraphRecord;
  return signature[side].map(({ name, tensor_index }) => ({
    ...describeTensor(model, tensors[tensor_index] as TensorRecord),
    name,
  }));
}

function bytesOf(model: ModelRecord, buffer: number): number {
  return (model.buffers[buffer] as BufferContent).byteLength;
}
