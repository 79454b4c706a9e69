import { InferenceError } from '#ir/graph.js';
import { type Dim, formatShape } from '#tensor/shape.js';

/** What a StridedSlice does, entry by entry, with its masks and its ellipsis written out. */
export type SliceEntry =
  /** A new dimension of size 1. */
  | { readonly kind: 'new' }
  /** One element of a dimension, which disappears. */
  | {
      readonly kind: 'index';
      /** The index as it stands, perhaps negative; undefined where it is not known. */
      readonly begin: number | undefined;
      /** The same from 0 on; null where that depends on an unknown size. */
      readonly start: Dim;
      readonly stride: 1;
      /** Size of the dimension. */
      readonly of: Dim;
    }
  /** Part of a dimension. */
  | {
      readonly kind: 'slice';
      /** Bounds as they stand; undefined for "from the first" and "to the last". */
      readonly begin: number | undefined;
      readonly end: number | undefined;
      /** The first element; null where it is not known. */
      readonly start: Dim;
      readonly stride: Dim;
      /** The number of elements. */
      readonly size: Dim;
      /** All elements in order, whatever the size of the dimension. */
      readonly whole: boolean;
    };

interface SliceBounds {
  readonly begin: readonly Dim[] | undefined;
  readonly end: readonly Dim[] | undefined;
  readonly strides: readonly Dim[] | undefined;
}

interface SliceMasks {
  readonly begin: number;
  readonly end: number;
  readonly ellipsis: number;
  readonly newAxis: number;
  readonly shrink: number;
}

/**
 * The entries of a StridedSlice of `count` bounds over a tensor of `shape`. An ellipsis stands for as many whole
 * dimensions as are left, dimensions behind the last entry are taken whole. Throws an InferenceError where there are
 * more entries than dimensions, or an index is out of range.
 */
export function sliceEntries(
  shape: readonly Dim[],
  count: number,
  bounds: SliceBounds,
  masks: SliceMasks,
): readonly SliceEntry[] {
  const bit = (mask: number, i: number): boolean => ((mask >> i) & 1) === 1;
  const positions = Array.from({ length: count }, (_, i) => i);
  const ellipsis = positions.find((i) => bit(masks.ellipsis, i));
  const added = positions.filter((i) => i !== ellipsis && bit(masks.newAxis, i)).length;
  const left = shape.length - (count - added - (ellipsis === undefined ? 0 : 1));
  if (left < 0) throw new InferenceError(`${count - added} indices into the dimensions of ${formatShape(shape)}`);

  const entries: SliceEntry[] = [];
  let axis = 0;
  const whole = (dims: number): void => {
    for (let n = 0; n < dims; n++) entries.push(wholeEntry(shape[axis++] ?? null));
  };
  for (const i of positions) {
    if (i === ellipsis) {
      whole(left);
      continue;
    }
    if (bit(masks.newAxis, i)) {
      entries.push({ kind: 'new' });
      continue;
    }
    const dim = shape[axis++] ?? null;
    const begin = bounds.begin?.[i] ?? null;
    const stride = bounds.strides?.[i] ?? null;
    if (bit(masks.shrink, i)) {
      entries.push(indexEntry(begin, dim));
    } else {
      const from = bit(masks.begin, i) ? undefined : begin;
      const to = bit(masks.end, i) ? undefined : (bounds.end?.[i] ?? null);
      entries.push(partEntry(dim, from, to, stride));
    }
  }
  whole(shape.length - axis);
  return entries;
}

/** The shape that the entries give. */
export function slicedShape(entries: readonly SliceEntry[]): readonly Dim[] {
  return entries.flatMap((entry) => (entry.kind === 'index' ? [] : entry.kind === 'new' ? [1] : [entry.size]));
}

function wholeEntry(dim: Dim): SliceEntry {
  return { kind: 'slice', begin: undefined, end: undefined, start: 0, stride: 1, size: dim, whole: true };
}

function indexEntry(begin: Dim, dim: Dim): SliceEntry {
  if (begin !== null && dim !== null && (begin < -dim || begin >= dim)) {
    throw new InferenceError(`index ${begin} is out of range for a dimension of size ${dim}`);
  }
  const start = begin === null ? null : begin >= 0 ? begin : dim === null ? null : begin + dim;
  return { kind: 'index', begin: begin ?? undefined, start, stride: 1, of: dim };
}

/** `from` and `to` are undefined where a mask stands for them, null where they are not known. */
function partEntry(dim: Dim, from: Dim | undefined, to: Dim | undefined, stride: Dim): SliceEntry {
  if (stride === 0) throw new InferenceError('a stride is 0');
  const [begin, end] = [from ?? undefined, to ?? undefined];
  const unknown = { kind: 'slice', begin, end, stride, start: null, size: null, whole: false } as const;
  if (stride === null || from === null || to === null) return unknown;
  const whole = stride === 1 && (from === undefined || from === 0) && reachesEnd(to, dim);
  if (dim === null) {
    if (whole) return { ...unknown, start: 0, whole };
    return { ...unknown, ...withoutSize(from, to, stride) };
  }
  const low = stride > 0 ? 0 : -1;
  const high = stride > 0 ? dim : dim - 1;
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + dim : value, low), high);
  const first = from === undefined ? (stride > 0 ? low : high) : clamp(from);
  const last = to === undefined ? (stride > 0 ? high : low) : clamp(to);
  const size = Math.max(0, Math.ceil((last - first) / stride));
  return { kind: 'slice', begin, end, start: first, stride, size, whole: whole || (size === dim && stride === 1) };
}

function reachesEnd(to: number | undefined, dim: Dim): boolean {
  return to === undefined || (dim !== null && to >= dim) || to === 2 ** 31 - 1;
}

/** Of a dimension of unknown size only an empty slice is known to be so. */
function withoutSize(from: number | undefined, to: number | undefined, stride: number): { start: Dim; size: Dim } {
  const start = from === undefined ? (stride > 0 ? 0 : null) : from >= 0 && stride > 0 ? from : null;
  const empty = stride > 0 && to !== undefined && to >= 0 && (from ?? 0) >= 0 && to <= (from ?? 0);
  return { start, size: empty ? 0 : null };
}
