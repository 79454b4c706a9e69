import {
  describeModel,
  type OperatorCount,
  type SignatureDescription,
  type TensorDescription,
} from '../file/describe.js';
import type { ModelRecord } from '../file/model-record.js';
import { countMacs, type MacCount } from './count-macs.js';

/** What there is to know of a model without running it. Plain data, as it goes into reports. */
export interface ModelInspection {
  readonly description: string;
  readonly signatures: readonly SignatureDescription[];
  /** Of all subgraphs together, the most frequent first. */
  readonly operators: readonly OperatorCount[];
  readonly operatorCount: number;
  readonly subgraphCount: number;
  readonly tensorCount: number;
  /** Of all constants, each buffer once. */
  readonly weightBytes: number;
  readonly macs: MacCount;
  /** Of each subgraph: all its tensors. */
  readonly tensors: readonly (readonly TensorDescription[])[];
  readonly metadata: readonly { readonly name: string; readonly bytes: number }[];
}

export function inspectModel(model: ModelRecord): ModelInspection {
  const { description, signatures, subgraphs, operatorCount, weightBytes, metadata } = describeModel(model);
  const operators = new Map<string, OperatorCount>();
  for (const operator of subgraphs.flatMap((subgraph) => subgraph.operators)) {
    const key = JSON.stringify([operator.name, operator.version, operator.custom]);
    operators.set(key, { ...operator, count: operator.count + (operators.get(key)?.count ?? 0) });
  }
  return {
    description,
    signatures,
    operators: [...operators.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    operatorCount,
    subgraphCount: subgraphs.length,
    tensorCount: subgraphs.reduce((count, { tensors }) => count + tensors.length, 0),
    weightBytes,
    macs: countMacs(model),
    tensors: subgraphs.map(({ tensors }) => tensors),
    metadata,
  };
}
