import type { Signature } from '#runtime/describe-signatures.js';
import { isStatic } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import type { ModelRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';
import { type Patches, windowRows } from '../refine/patches.js';
import { declaredDims, type SampledTensor } from './observed-model.js';

/** Windows of a tensor that a layer is given: their places, where these do not depend on the sample. */
export interface WatchedWindows extends SampledTensor {
  readonly patches: Patches;
  readonly rank: number;
  readonly places: Int32Array | undefined;
}

/**
 * What to sample of a tensor for a layer's windows: rows that are known beforehand, or else the whole. Undefined where
 * the layer has no window.
 */
export function watchedWindows(
  model: ModelRecord,
  signature: Signature,
  tensor: number,
  patches: Patches,
): WatchedWindows | undefined {
  const subgraph = model.subgraphs[signature.subgraph] as SubGraphRecord;
  // A free batch is one.
  const dims = declaredDims(subgraph.tensors[tensor] as TensorRecord).map((dim, axis) =>
    axis === 0 ? (dim ?? 1) : dim,
  );
  const places = isStatic(dims) ? windowRows(patches.layer, dims as readonly number[], patches.share) : undefined;
  if (places?.length === 0) return undefined;
  const rows = places && Array.from(places, (row) => Math.max(row, 0));
  return { tensor, columns: patches.layer.channels, rows, patches, rank: dims.length, places };
}

/**
 * Hands each layer its windows of one sample, from the outputs of the observed model: the rows, and the dimensions of
 * tensors of which all rows were given.
 */
export function takeWindows(windows: readonly WatchedWindows[], rows?: Tensor, dimensions?: Tensor): void {
  const values = (rows?.data ?? new Float32Array()) as Float32Array;
  const axes = (dimensions?.data ?? new Int32Array()) as Int32Array;
  let at = 0;
  let axis = 0;
  for (const { patches, columns, rank, places } of windows) {
    if (places) {
      const end = at + places.length * columns;
      patches.take(values.subarray(at, end), places, true);
      at = end;
    } else {
      const shape = Array.from(axes.subarray(axis, axis + rank));
      const end = at + shape.reduce((product, dim) => product * dim, 1);
      patches.take(values.subarray(at, end), windowRows(patches.layer, shape, patches.share), false);
      at = end;
      axis += rank;
    }
  }
}
