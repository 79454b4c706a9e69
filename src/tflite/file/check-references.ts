import { FlatBufferError } from '#wire/flatbuffers/reader.js';
import type { ModelRecord, OperatorRecord, SubGraphRecord } from './model-record.js';

/**
 * Checks that every index in the model refers to something, so that readers may follow them without looking: throws
 * a FlatBufferError that names the place otherwise. Optional inputs and intermediates are -1.
 */
export function checkReferences(model: ModelRecord): void {
  if (model.subgraphs.length === 0) throw new FlatBufferError('there is no subgraph', 'subgraphs');
  model.subgraphs.forEach((subgraph, i) => {
    checkSubgraph(model, subgraph, `subgraphs[${i}]`);
  });
  model.metadata.forEach((entry, i) => {
    within(entry.buffer, model.buffers.length, 'buffer', `metadata[${i}].buffer`);
  });
  model.signature_defs.forEach((signature, i) => {
    const place = `signature_defs[${i}]`;
    within(signature.subgraph_index, model.subgraphs.length, 'subgraph', `${place}.subgraph_index`);
    const tensors = (model.subgraphs[signature.subgraph_index] as SubGraphRecord).tensors.length;
    for (const side of ['inputs', 'outputs'] as const) {
      signature[side].forEach((entry, j) => {
        within(entry.tensor_index, tensors, 'tensor', `${place}.${side}[${j}].tensor_index`);
      });
    }
  });
}

function checkSubgraph(model: ModelRecord, subgraph: SubGraphRecord, place: string): void {
  const count = subgraph.tensors.length;
  subgraph.tensors.forEach((tensor, i) => {
    within(tensor.buffer, model.buffers.length, 'buffer', `${place}.tensors[${i}].buffer`);
  });
  tensors(subgraph.inputs, 0, count, `${place}.inputs`);
  tensors(subgraph.outputs, 0, count, `${place}.outputs`);
  subgraph.operators.forEach((operator, i) => {
    const at = `${place}.operators[${i}]`;
    within(operator.opcode_index, model.operator_codes.length, 'operator code', `${at}.opcode_index`);
    tensors(operator.inputs, -1, count, `${at}.inputs`);
    tensors(operator.outputs, 0, count, `${at}.outputs`);
    tensors(operator.intermediates, -1, count, `${at}.intermediates`);
    for (const index of subgraphsOf(operator))
      within(index, model.subgraphs.length, 'subgraph', `${at}.builtin_options`);
  });
}

/** The subgraphs that an operator runs. */
export function subgraphsOf(operator: OperatorRecord): readonly number[] {
  const options = operator.builtin_options;
  switch (options?.type) {
    case 'IfOptions':
      return [options.value.then_subgraph_index, options.value.else_subgraph_index];
    case 'WhileOptions':
      return [options.value.cond_subgraph_index, options.value.body_subgraph_index];
    case 'CallOnceOptions':
      return [options.value.init_subgraph_index];
    case 'CallOptions':
      return [options.value.subgraph];
  }
  const second = operator.builtin_options_2;
  switch (second?.type) {
    case 'StablehloCaseOptions':
      return second.value.branch_subgraph_indices;
    case 'StablehloReduceOptions':
    case 'StablehloReduceWindowOptions':
      return [second.value.body_subgraph_index];
    case 'StablehloScatterOptions':
      return [second.value.update_computation_subgraph_index];
    case 'StablehloSortOptions':
      return [second.value.comparator_subgraph_index];
    case 'StablehloWhileOptions':
      return [second.value.cond_subgraph_index, second.value.body_subgraph_index];
    case 'StableHLOCompositeOptions':
      return [second.value.decomposition_subgraph_index];
    default:
      return [];
  }
}

function tensors(indices: readonly number[], least: number, count: number, place: string): void {
  indices.forEach((index, i) => {
    if (index < least || index >= count) throw new FlatBufferError(`there is no tensor ${index}`, `${place}[${i}]`);
  });
}

function within(index: number, count: number, what: string, place: string): void {
  if (index < 0 || index >= count) throw new FlatBufferError(`there is no ${what} ${index}`, place);
}
