import type { BufferContent, ModelRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';

/** The tensor's content where the file holds it; undefined for what is computed or given. */
export function constantContent(model: ModelRecord, tensor: TensorRecord): BufferContent | undefined {
  if (tensor.is_variable) return undefined;
  const content = model.buffers[tensor.buffer];
  return content !== undefined && content.byteLength > 0 ? content : undefined;
}

/**
 * Tensors that LiteRT may compute while it prepares the graph, before outputs have their memory: the results of SHAPE
 * and RANK, constants, and whatever is computed from these alone (kernels that call `SetTensorToPersistentRo`; here
 * every op counts as one, which does no harm).
 */
export function mayBeComputedEarly(model: ModelRecord, subgraph: SubGraphRecord): Set<number> {
  return derivedFrom(model, subgraph, new Set(['SHAPE', 'RANK']));
}

/** Tensors that depend on nothing but constants: weights, also those that are unpacked while the model runs. */
export function computedFromConstants(model: ModelRecord, subgraph: SubGraphRecord): Set<number> {
  return derivedFrom(model, subgraph, new Set());
}

function derivedFrom(model: ModelRecord, subgraph: SubGraphRecord, sources: ReadonlySet<string>): Set<number> {
  const derived = new Set<number>();
  subgraph.tensors.forEach((tensor, i) => {
    if (constantContent(model, tensor)) derived.add(i);
  });
  for (const operator of subgraph.operators) {
    const name = model.operator_codes[operator.opcode_index]?.builtin_code;
    const inputs = operator.inputs.filter((index) => index >= 0);
    const fromDerived = inputs.length > 0 && inputs.every((index) => derived.has(index));
    if (!fromDerived && (name === undefined || !sources.has(name))) continue;
    for (const output of operator.outputs) derived.add(output);
  }
  return derived;
}
