import { type Dim, elementCount, isStatic } from '#tensor/shape.js';
import { END, type GraphEditor } from './graph-editor.js';
import type { ObservedTensor, SampledTensor } from './observed-tensors.js';

/** Kernels of reductions take few dimensions, and none for scalars. */
const MOST_AXES = 4;

/** Vectors with a number for each of the tensors in turn: least value, greatest value, sum. Made within the graph. */
export function extentsOf(graph: GraphEditor, tensors: readonly ObservedTensor[]): [number, number, number] {
  const reduced = tensors.map(({ tensor }) => {
    const at = graph.placeOf(tensor);
    const record = graph.tensors[tensor];
    const rank = record?.shape.length ?? 0;
    // Also what has no rank in files of old converters.
    const flatten = rank === 0 || rank > MOST_AXES;
    const source = flatten ? graph.flatten(at, tensor) : tensor;
    const axes = graph.integers(Array.from({ length: flatten ? 1 : rank }, (_, axis) => axis));
    const options = { type: 'ReducerOptions', value: { keep_dims: false } } as const;
    return (['REDUCE_MIN', 'REDUCE_MAX', 'SUM'] as const).map((builtin) =>
      graph.add(at, builtin, [source, axes], [], options),
    );
  });
  const packed = (which: number) =>
    graph.pack(
      END,
      reduced.map((figures) => figures[which] as number),
    );
  return [packed(0), packed(1), packed(2)];
}

/** About `enough` values of a tensor, or all, in a row: some rows and columns with all channels, as neighbours are alike. */
export function valuesOf(graph: GraphEditor, tensor: number, enough: number): number {
  const at = graph.placeOf(tensor);
  const dims = graph.dimsOf(tensor);
  let thinned = tensor;
  for (const [axis, count] of evenCounts(dims, enough)) {
    const length = dims[axis] as number;
    const positions = graph.integers(evenPositions(length, count));
    dims[axis] = count;
    // GATHER copies blocks.
    thinned = graph.gather(
      at,
      thinned,
      positions,
      axis,
      dims.map((dim) => dim ?? -1),
    );
  }
  return graph.flatten(at, thinned);
}

/** How many values `valuesOf` gives; undefined where that is known at run time only. */
export function valueCount(dims: readonly Dim[], enough: number): number | undefined {
  if (!isStatic(dims) || dims.length === 0) return undefined;
  const counts = new Map(evenCounts(dims, enough));
  return elementCount((dims as readonly number[]).map((dim, axis) => counts.get(axis) ?? dim));
}

/** Exactly `count` values of a tensor of any size at even distances; those of a small one several times. */
export function evenValuesOf(graph: GraphEditor, tensor: number, count: number): number {
  const at = graph.placeOf(tensor);
  // The zero is for a tensor without elements.
  const flat = graph.join(at, [graph.flatten(at, tensor), graph.splat(0, [1])]);
  const size = graph.add(at, 'ADD', [graph.shapeOf(at, flat), graph.integers([-1])], [1], plainOptions('AddOptions'));
  const real = graph.add(at, 'CAST', [size], [1], castOptions('INT32', 'FLOAT32'), 'FLOAT32');
  const parts = graph.floats(Array.from({ length: count }, (_, i) => (i + 0.5) / count));
  const places = graph.add(at, 'MUL', [real, parts], [count], plainOptions('MulOptions'));
  const whole = graph.add(at, 'CAST', [places], [count], castOptions('FLOAT32', 'INT32'), 'INT32');
  return graph.gather(at, flat, whole, 0, [count]);
}

export function plainOptions<T extends 'AddOptions' | 'MulOptions'>(type: T) {
  return { type, value: { fused_activation_function: 'NONE', pot_scale_int16: true } } as never;
}

export function castOptions(from: 'INT32' | 'FLOAT32' | 'BOOL', to: 'INT32' | 'FLOAT32') {
  return { type: 'CastOptions', value: { in_data_type: from, out_data_type: to } } as const;
}

/** The wanted rows of a tensor, flat; all of them where none are named. */
export function rowsOf(graph: GraphEditor, { tensor, columns, rows }: SampledTensor): number {
  const at = graph.placeOf(tensor);
  if (!rows) return graph.flatten(at, tensor);
  const size = [rows.length, columns];
  const dims = graph.dimsOf(tensor);
  const [, height, width, channels] = dims;
  if (dims.length === 4 && channels === columns && typeof height === 'number' && typeof width === 'number') {
    // Taken from the image itself: to make a matrix of it the runtime would copy it.
    const places = rows.flatMap((row) => [
      Math.floor(row / (height * width)),
      Math.floor(row / width) % height,
      row % width,
    ]);
    return graph.flatten(at, graph.gatherPlaces(at, tensor, graph.integers(places, [rows.length, 3]), size));
  }
  const matrix = graph.reshape(at, tensor, [-1, columns]);
  return graph.flatten(at, graph.gather(at, matrix, graph.integers(rows), 0, size));
}

function evenPositions(length: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count));
}

/**
 * Of which axes to keep how many places, so that about `enough` values are left: of those between the first and the
 * last, in equal parts, or else of the last.
 */
function evenCounts(dims: readonly Dim[], enough: number): [axis: number, count: number][] {
  const total = dims.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  const inner = dims.slice(1, -1).flatMap((dim, i) => (dim === null ? [] : [i + 1]));
  const axes = inner.length > 0 ? inner : [dims.length - 1];
  const part = enough / total;
  if (part >= 1 || axes.length > 2) return [];
  // A square root is the same on any machine, other powers need not be.
  const scale = axes.length === 1 ? part : Math.sqrt(part);
  return axes.flatMap((axis) => {
    const dim = dims[axis] ?? null;
    return dim === null ? [] : [[axis, Math.max(1, Math.round(dim * scale))]];
  });
}
