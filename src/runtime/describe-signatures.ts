import { type DType, dtypes } from '#tensor/dtype.js';
import type { Shape } from '#tensor/shape.js';
import type { ModelRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';
import type { SignatureInfo, TensorInfo } from './interpreter.js';

/** A signature and the subgraph that computes it. */
export interface Signature extends SignatureInfo {
  readonly subgraph: number;
}

/** The dtype of a tensor; undefined for those that hold no numbers or text (resources, variants) or have no dtype here. */
export function dtypeOf(tensor: TensorRecord): DType | undefined {
  const name = tensor.type.toLowerCase();
  return Object.hasOwn(dtypes, name) ? (name as DType) : undefined;
}

/**
 * The declared shape. A dimension below 0 in `shape_signature` (or, in files of other tools, in `shape`) is known at
 * run time only. Older converters wrote no rank for scalars, so these count as of unknown rank: `null`.
 */
export function declaredShape(tensor: TensorRecord): Shape {
  if (tensor.shape.length === 0) return tensor.has_rank ? [] : null;
  const signature = tensor.shape_signature ?? [];
  const dims = signature.length === tensor.shape.length ? signature : tensor.shape;
  return dims.map((dim) => (dim < 0 ? null : dim));
}

/** The tensor's description under `name`; undefined where it has no dtype. */
export function describeTensor(subgraph: SubGraphRecord, index: number, name: string): TensorInfo | undefined {
  const tensor = subgraph.tensors[index] as TensorRecord;
  const dtype = dtypeOf(tensor);
  if (dtype === undefined) return undefined;
  const { quantization } = tensor;
  const scales = quantization?.scale ?? [];
  return {
    name,
    tensor: index,
    dtype,
    shape: declaredShape(tensor),
    ...(scales.length === 0
      ? {}
      : {
          quantization: {
            scales,
            zeroPoints: (quantization?.zero_point ?? []).map(Number),
            axis: quantization?.quantized_dimension ?? 0,
          },
        }),
  };
}

/** The model's signatures; of a model without any, one made of the first subgraph's inputs and outputs. */
export function readSignatures(model: ModelRecord): Signature[] {
  const defs = model.signature_defs ?? [];
  if (defs.length > 0) {
    return defs.map((def) => ({
      key: def.signature_key ?? '',
      subgraph: def.subgraph_index,
      inputs: def.inputs.map(({ name, tensor_index }) => entry(model, def.subgraph_index, tensor_index, name ?? '')),
      outputs: def.outputs.map(({ name, tensor_index }) => entry(model, def.subgraph_index, tensor_index, name ?? '')),
    }));
  }
  const main = model.subgraphs[0];
  if (main === undefined) return [];
  const named = (indices: readonly number[]) => {
    const taken = new Set<string>();
    return indices.map((index) => {
      const name = main.tensors[index]?.name || `tensor_${index}`;
      const unique = taken.has(name) ? `${name};${index}` : name;
      taken.add(unique);
      return entry(model, 0, index, unique);
    });
  };
  return [{ key: '', subgraph: 0, inputs: named(main.inputs), outputs: named(main.outputs) }];
}

function entry(model: ModelRecord, subgraph: number, index: number, name: string): TensorInfo {
  const graph = model.subgraphs[subgraph] as SubGraphRecord;
  // A resource or variant cannot be given or read: refused as such when the signature is run.
  return describeTensor(graph, index, name) ?? { name, tensor: index, dtype: 'string', shape: null };
}
