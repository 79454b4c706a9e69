import type { ModelRecord, SignatureRecord, SubGraphRecord } from '../file/model-record.js';

/** A tensor of a subgraph's boundary, with the name by which callers know it. */
export interface BoundaryTensor {
  readonly name: string;
  readonly index: number;
}

/** What is run from outside: a subgraph, with the names of its inputs and outputs in the subgraph's order. */
export interface EntryPoint {
  /** Empty where the file has no signature for it. */
  readonly key: string;
  readonly subgraph: number;
  readonly inputs: readonly BoundaryTensor[];
  /** A tensor with several names is here under each. */
  readonly outputs: readonly BoundaryTensor[];
}

/**
 * The entry points of a model, in the order of their subgraphs. The first subgraph, which runtimes run by default, is
 * one even where no signature names it: its names are those of its tensors.
 */
export function entryPoints(model: ModelRecord): EntryPoint[] {
  const named = model.signature_defs.map((signature) => namedEntry(model, signature));
  named.sort((a, b) => a.subgraph - b.subgraph);
  return named[0]?.subgraph === 0 ? named : [unnamedEntry(model), ...named];
}

function namedEntry(model: ModelRecord, signature: SignatureRecord): EntryPoint {
  const { signature_key: key, subgraph_index: subgraph } = signature;
  const graph = model.subgraphs[subgraph] as SubGraphRecord;
  return {
    key,
    subgraph,
    inputs: withNames(graph, graph.inputs, signature.inputs),
    outputs: withNames(graph, graph.outputs, signature.outputs),
  };
}

function unnamedEntry(model: ModelRecord): EntryPoint {
  const graph = model.subgraphs[0] as SubGraphRecord;
  return {
    key: '',
    subgraph: 0,
    inputs: withNames(graph, graph.inputs, []),
    outputs: withNames(graph, graph.outputs, []),
  };
}

/** Tensors by the signature's names; one that the signature leaves out by its own. Further names come last. */
function withNames(
  graph: SubGraphRecord,
  indices: readonly number[],
  stated: SignatureRecord['inputs'],
): BoundaryTensor[] {
  const left = [...stated];
  const taken = new Set(stated.map(({ name }) => name));
  const entries = indices.map((index): BoundaryTensor => {
    const at = left.findIndex((entry) => entry.tensor_index === index);
    const [entry] = at < 0 ? [] : left.splice(at, 1);
    return { index, name: entry?.name ?? unique(graph.tensors[index]?.name || `tensor_${index}`, index, taken) };
  });
  const further = left.filter(({ tensor_index }) => indices.includes(tensor_index));
  return [...entries, ...further.map(({ name, tensor_index }) => ({ name, index: tensor_index }))];
}

function unique(name: string, index: number, taken: Set<string>): string {
  const result = taken.has(name) ? `${name};${index}` : name;
  taken.add(result);
  return result;
}
