import type { ModelRecord, SubGraphRecord } from '#tflite/file/model-record.js';
import { subgraphsIn } from '#tflite/file/subgraph-options.js';
import { planArena } from './plan-arena.js';

/**
 * Bytes that the activations of one run take, of the signature that takes most: each subgraph that it may come to, its
 * loops and branches among them, has an arena of its own while the whole runs.
 */
export function peakActivationBytes(model: ModelRecord): number {
  const own = model.subgraphs.map((subgraph) => planArena(model, subgraph).bytes);
  const signatures = model.signature_defs.map(({ subgraph_index }) => subgraph_index);
  const entries = signatures.length > 0 ? signatures : [0];
  return Math.max(
    0,
    ...entries.map((entry) => [...reachable(model, entry)].reduce((sum, index) => sum + (own[index] ?? 0), 0)),
  );
}

function reachable(model: ModelRecord, entry: number): Set<number> {
  const found = new Set([entry]);
  for (const index of found) {
    const { operators } = model.subgraphs[index] as SubGraphRecord;
    for (const operator of operators) for (const called of subgraphsIn(operator)) found.add(called);
  }
  return found;
}
