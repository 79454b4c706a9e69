import type { Signature } from '#runtime/describe-signatures.js';
import { isStatic } from '#tensor/shape.js';
import type { ModelRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';
import { type Patches, windowRows } from '../refine/patches.js';
import { KEPT_RUNS } from './body-records.js';
import { declaredDims } from './graph-editor.js';
import type { SeenRows } from './observed-outputs.js';
import type { ObservedTensor, SampledTensor } from './observed-tensors.js';

/** Windows of a tensor that a layer is given: their places, where these do not depend on the sample. */
export interface WatchedWindows extends SampledTensor {
  readonly patches: Patches;
  readonly rank: number;
  readonly places: Int32Array | undefined;
}

/**
 * What to sample of a tensor for a layer's windows: rows that are known beforehand, or else the whole; of a tensor in a
 * body, where there are many runs, rows that are known only. Undefined where the layer has no such window.
 */
export function watchedWindows(
  model: ModelRecord,
  signature: Signature,
  { subgraph, tensor }: Pick<ObservedTensor, 'subgraph' | 'tensor'>,
  patches: Patches,
): WatchedWindows | undefined {
  const { tensors } = model.subgraphs[subgraph] as SubGraphRecord;
  // A free batch is one.
  const dims = declaredDims(tensors[tensor] as TensorRecord).map((dim, axis) => (axis === 0 ? (dim ?? 1) : dim));
  const inBody = subgraph !== signature.subgraph;
  const share = inBody ? Math.ceil(patches.share / KEPT_RUNS) : patches.share;
  const places = isStatic(dims) ? windowRows(patches.layer, dims as readonly number[], share) : undefined;
  if (places?.length === 0 || (inBody && !places)) return undefined;
  const rows = places && Array.from(places, (row) => Math.max(row, 0));
  return { subgraph, tensor, columns: patches.layer.channels, rows, patches, rank: dims.length, places };
}

/** Hands each layer its windows of one sample. */
export function takeWindows(windows: readonly WatchedWindows[], seen: readonly SeenRows[]): void {
  windows.forEach(({ patches, places }, i) => {
    const { values, runs, shape } = seen[i] as SeenRows;
    if (shape) {
      patches.take(values, windowRows(patches.layer, shape, patches.share), false);
    } else if (places && runs > 0) {
      const all = new Int32Array(runs * places.length);
      for (let run = 0; run < runs; run++) all.set(places, run * places.length);
      patches.take(values, all, true);
    }
  });
}
