import type { Attributes } from '#ir/attribute.js';
import { Editor } from '#ir/editor.js';
import { Op, Region, type Value } from '#ir/graph.js';
import { type Quantization, type Type, tensorType, unknownType } from '#ir/type.js';
import { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import {
  type BufferContent,
  keptBytes,
  type ModelRecord,
  type OperatorRecord,
  type SubGraphRecord,
  type TensorRecord,
} from '#tflite/file/model-record.js';
import { dtypeOfElementType, elementTypeName } from '#tflite/ops/element-type.js';
import { tflOpByName } from '#tflite/ops/index.js';

export interface FileOperator {
  /** Where in the file, for messages. */
  readonly place: string;
  readonly builtin: string;
  /** As the file states it. */
  readonly version: number;
  /** With result types as the file states them; undefined where there is no definition. */
  readonly op: Op | undefined;
}

/** The operators of a `.tflite` file as ops of the IR, so that definitions can be compared with what others write. */
export function operatorsOf(model: ModelRecord): FileOperator[] {
  return model.subgraphs.flatMap((subgraph) => {
    const values = valuesOf(model, subgraph);
    return subgraph.operators.map((operator, i) => {
      const code = model.operator_codes[operator.opcode_index];
      const builtin = code?.builtin_code ?? 'CUSTOM';
      const definition = tflOpByName.get(builtin.toLowerCase());
      const op = definition && opOf(definition, operator, values);
      return { place: `${subgraph.name}[${i}]`, builtin, version: code?.version ?? 0, op };
    });
  });
}

function opOf(definition: TflOpDefinition, operator: OperatorRecord, values: Value[]): Op {
  const stated = (operator.builtin_options ?? operator.builtin_options_2)?.value as Attributes | undefined;
  const types = operator.outputs.map((index) => values[index]?.type ?? unknownType);
  const op = new Op(definition, {
    operands: operator.inputs.map((index) => (index < 0 ? undefined : values[index])),
    attributes: { ...definition.options, ...stated, ...impliedOptions(definition, types) },
    types,
    location: {},
  });
  operator.outputs.forEach((index, i) => {
    values[index] = op.result(i);
  });
  return op;
}

/** Files leave it to the tensors to say what CAST casts to. */
function impliedOptions({ builtin }: TflOpDefinition, [result]: readonly Type[]): Attributes {
  return builtin === 'CAST' && result?.kind === 'tensor' ? { out_data_type: elementTypeName(result.dtype) } : {};
}

function valuesOf(model: ModelRecord, subgraph: SubGraphRecord): Value[] {
  const region = new Region();
  return subgraph.tensors.map((tensor) => {
    const type = typeOf(tensor);
    const bytes = keptBytes(model.buffers[tensor.buffer] as BufferContent);
    if (bytes.byteLength > 0 && type.kind === 'tensor' && type.dtype !== 'string') {
      return new Editor().constant({ region }, Tensor.fromBytes(type.dtype, tensor.shape, bytes), {});
    }
    return region.addArg(type);
  });
}

function typeOf(tensor: TensorRecord): Type {
  const dtype = dtypeOfElementType(tensor.type);
  if (dtype === undefined) return tensor.type === 'RESOURCE' ? { kind: 'resource' } : unknownType;
  const shape = tensor.shape_signature.length > 0 ? tensor.shape_signature : tensor.shape;
  const dims = tensor.has_rank ? shape.map((dim) => (dim < 0 ? null : dim)) : null;
  return tensorType(dtype, dims, quantizationOf(tensor));
}

function quantizationOf({ quantization }: TensorRecord): Quantization | undefined {
  if (!quantization || quantization.scale.length === 0) return undefined;
  const axis = quantization.scale.length > 1 ? { axis: quantization.quantized_dimension } : {};
  return { scale: quantization.scale, zeroPoint: quantization.zero_point.map(Number), ...axis };
}
