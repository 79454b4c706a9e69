import { InferenceError } from '#ir/graph.js';
import { type Dim, formatShape } from '#tensor/shape.js';

export interface StridedSliceMasks {
  readonly begin_mask: number;
  readonly end_mask: number;
  readonly ellipsis_mask: number;
  readonly new_axis_mask: number;
  readonly shrink_axis_mask: number;
  /** `end` counts from `begin`. */
  readonly offset?: boolean;
}

/**
 * The shape of a strided slice: entries of `begin`, `end` and `strides` may be unknown (`null`). An ellipsis stands for
 * as many whole dimensions as are left; dimensions behind the last entry are taken whole.
 */
export function stridedShape(
  shape: readonly Dim[],
  begin: readonly Dim[],
  end: readonly Dim[],
  strides: readonly Dim[],
  masks: StridedSliceMasks,
): Dim[] {
  const bit = (mask: number, i: number): boolean => ((mask >> i) & 1) === 1;
  const entries = begin.length;
  const ellipsis = begin.findIndex((_, i) => bit(masks.ellipsis_mask, i));
  const newAxes = begin.filter((_, i) => bit(masks.new_axis_mask, i) && i !== ellipsis).length;
  const covered = ellipsis < 0 ? 0 : shape.length - (entries - 1 - newAxes);
  const result: Dim[] = [];
  let axis = 0;
  for (let i = 0; i < entries; i++) {
    if (i === ellipsis) {
      for (let n = 0; n < covered; n++) result.push(shape[axis++] ?? null);
    } else if (bit(masks.new_axis_mask, i)) {
      result.push(1);
    } else {
      if (axis >= shape.length) throw new InferenceError(`${entries} indices into ${formatShape(shape)}`);
      const size = shape[axis++] ?? null;
      if (bit(masks.shrink_axis_mask, i)) continue;
      const from = bit(masks.begin_mask, i) ? undefined : (begin[i] ?? null);
      const stated = end[i] ?? null;
      const counted = masks.offset && stated !== null ? sum(from ?? 0, stated) : stated;
      const to = bit(masks.end_mask, i) ? undefined : counted;
      result.push(slicedSize(size, from, to, strides[i] ?? null));
    }
  }
  return [...result, ...shape.slice(axis)];
}

function sum(a: Dim, b: Dim): Dim {
  return a === null || b === null ? null : a + b;
}

/** Elements from `from` up to `to` (undefined: as far as there is) by steps; null where that depends on unknowns. */
function slicedSize(size: Dim, from: Dim | undefined, to: Dim | undefined, stride: Dim): Dim {
  if (stride === null || from === null || to === null) return null;
  if (stride === 0) throw new InferenceError('the stride is 0');
  if (size === null) return sizeWithoutWhole(from, to, stride);
  const low = stride > 0 ? 0 : -1;
  const high = stride > 0 ? size : size - 1;
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const first = from === undefined ? (stride > 0 ? low : high) : clamp(from);
  const last = to === undefined ? (stride > 0 ? high : low) : clamp(to);
  return Math.max(0, Math.ceil((last - first) / stride));
}

/** Where the whole is unknown, only an empty slice can be told; any other end may lie behind the whole. */
function sizeWithoutWhole(from: number | undefined, to: number | undefined, stride: number): Dim {
  if (from === undefined || to === undefined || Math.sign(from) * Math.sign(to) < 0) return null;
  return (to - from) * stride <= 0 && from >= 0 && to >= 0 && stride > 0 ? 0 : null;
}
