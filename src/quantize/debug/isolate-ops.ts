import type { ModelToWrite, TensorRecord } from '#tflite/file/model-record.js';
import type { Storage } from './real-values.js';
import type { GraphOp, SignatureGraph } from './signature-graph.js';

/** The signature of an isolated model. */
export const ISOLATED = 'isolated';

/** A copy of a model in which ops do not get what other ops computed, but what they are given from outside. */
export interface IsolatedModel {
  readonly model: ModelToWrite;
  /** Tensors to be given, under their index as name. */
  readonly inputs: readonly { readonly name: string; readonly tensor: number; readonly storage: Storage | undefined }[];
  /** What the ops computed, by the tensor that they compute in the model itself: names of outputs. */
  readonly results: ReadonlyMap<number, string>;
  /** Whether all real numbers that an op takes are given. */
  isIsolated(op: GraphOp): boolean;
}

/**
 * Cuts the model at all `known` tensors: what an op computed goes to a tensor of its own, and whoever uses it reads an
 * input instead. So one run carries out each op alone, on inputs free of the errors of the ops before it. Undefined
 * where there is nothing to cut.
 */
export function isolateOps(graph: SignatureGraph, known: { has(tensor: number): boolean }): IsolatedModel | undefined {
  const { model, subgraph, signature } = graph;
  const tensors: TensorRecord[] = [...subgraph.tensors];
  const results = new Map<number, string>();
  const copies = new Map<number, number>();
  const outputs: { name: string; tensor_index: number }[] = [];
  for (const tensor of graph.ops.flatMap((op) => op.outputs)) {
    if (!known.has(tensor) || !graph.storageOf(tensor)) continue;
    const name = `result/${tensor}`;
    const copy = tensors.push({ ...(tensors[tensor] as TensorRecord), name }) - 1;
    copies.set(tensor, copy);
    results.set(tensor, name);
    outputs.push({ name, tensor_index: copy });
  }
  if (outputs.length === 0) return undefined;
  const used = new Set(graph.ops.flatMap((op) => op.inputs));
  const cut = [...copies.keys()].filter((tensor) => used.has(tensor));
  const inputs = [...new Set(signature.inputs.map(({ tensor }) => tensor)), ...cut];
  const operators = subgraph.operators.map((operator) => ({
    ...operator,
    outputs: operator.outputs.map((output) => copies.get(output) ?? output),
  }));
  const isolated = {
    ...subgraph,
    tensors,
    operators,
    inputs,
    outputs: outputs.map(({ tensor_index }) => tensor_index),
  };
  const given = new Set(inputs.filter((tensor) => known.has(tensor)));
  return {
    model: {
      ...model,
      subgraphs: model.subgraphs.map((other, i) => (i === signature.subgraph ? isolated : other)),
      signature_defs: [
        {
          signature_key: ISOLATED,
          subgraph_index: signature.subgraph,
          inputs: inputs.map((tensor) => ({ name: `${tensor}`, tensor_index: tensor })),
          outputs,
        },
      ],
    },
    inputs: inputs.map((tensor) => ({ name: `${tensor}`, tensor, storage: graph.storageOf(tensor) })),
    results,
    isIsolated: (op) => op.inputs.every((tensor) => !graph.storageOf(tensor) || given.has(tensor)),
  };
}
