import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { slice, stridedSlice } from '#tensor/kernels/strided.js';
import { type Dim, formatShape, isStatic, sameShape } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { knownIntegers } from './support/known-integers.js';
import { index, int32, isConstantShape, lowerMoved, lowerMovedValue, reshapeTo } from './support/lower-moved.js';
import { type SliceEntry, slicedShape, sliceEntries } from './support/slice-spec.js';
import { constantIntegers, type OpView, shapeOf, staticShapeOf, typeOf, vectorLength } from './support/types.js';

export const Slice = defineTfOp({
  name: 'Slice',
  summary: 'The part of size `size` from `begin` on; −1 is all that is left',
  operands: ['input', 'begin', 'size'],
  attributes: { T: attr.dtype(), Index: attr.dtype() },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    const begin = knownIntegers(op.operand(1));
    const size = knownIntegers(op.operand(2));
    const rank = shape?.length ?? begin?.length ?? size?.length ?? vectorLength(op.operand(1));
    if (rank === undefined) return [typeOf(op.attributes.T, null)];
    const dims = Array.from({ length: rank }, (_, k): Dim => {
      const [whole = null, from = null, wanted = null] = [shape?.[k], begin?.[k], size?.[k]];
      const left = whole === null || from === null ? null : whole - from;
      if (wanted === -1) return left;
      if (wanted !== null && left !== null && wanted > left) {
        throw new InferenceError(`${wanted} elements from ${from} on leave dimension ${k} of ${formatShape(shape)}`);
      }
      return wanted;
    });
    return [typeOf(op.attributes.T, dims)];
  },
  fold: (op, [input]) => {
    const shape = shapeOf(op.operand(0));
    const begin = constantIntegers(op.operand(1));
    const size = constantIntegers(op.operand(2));
    if (!begin || !size) return undefined;
    const whole = size.every((dim, k) => begin[k] === 0 && (dim === -1 || dim === shape?.[k]));
    if (whole && shape !== null) return [op.operand(0)];
    const result = staticShapeOf(op.result());
    return input && result && [slice(input, begin, result)];
  },
  lower: (op, build) => {
    const [input, begin, size] = op.operands as [Value, Value, Value];
    return lowerMovedValue(op, build, {
      definition: tfl.Slice,
      operands: [input, ...sameIndexTypes(build, begin, size)],
    });
  },
});

/** Begin and size of one index type, as the kernel reads them. */
function sameIndexTypes(build: LoweringBuilder, begin: Value, size: Value): readonly Value[] {
  const both = [index(build, begin), index(build, size)];
  const [a, b] = both.map((value) => tensorTypeOf(value).dtype);
  return a === b ? both : [int32(build, begin), int32(build, size)];
}

export const StridedSlice = defineTfOp({
  name: 'StridedSlice',
  summary: 'NumPy slicing, with a bit for each entry in the masks',
  operands: ['input', 'begin', 'end', 'strides'],
  attributes: {
    T: attr.dtype(),
    Index: attr.dtype(),
    begin_mask: attr.int(0),
    end_mask: attr.int(0),
    ellipsis_mask: attr.int(0),
    new_axis_mask: attr.int(0),
    shrink_axis_mask: attr.int(0),
  },
  infer: (op) => {
    const entries = entriesOf(op);
    return [typeOf(op.attributes.T, entries === undefined ? null : slicedShape(entries))];
  },
  fold: (op, [input]) => {
    const entries = entriesOf(op);
    const own = shapeOf(op.operand(0));
    if (entries?.every((entry) => entry.kind === 'slice' && entry.whole) && own !== null) return [op.operand(0)];
    if (!input || !entries) return undefined;
    const axes = entries.filter((entry) => entry.kind !== 'new');
    const size = slicedShape(entries);
    if (!isStatic(size) || axes.some((axis) => axis.start === null || axis.stride === null)) return undefined;
    const cut = stridedSlice(
      input,
      axes.map((axis) => axis.start as number),
      axes.map((axis) => axis.stride as number),
      axes.map((axis) => (axis.kind === 'index' ? 1 : (axis.size as number))),
    );
    return [cut.reshape(size)];
  },
  lower: (op, build) => lowerStridedSlice(op, build),
});

function entriesOf(op: OpView): readonly SliceEntry[] | undefined {
  const shape = shapeOf(op.operand(0));
  const [begin, end, strides] = [1, 2, 3].map((i) => knownIntegers(op.operand(i)));
  const count = begin?.length ?? end?.length ?? strides?.length;
  if (shape === null || count === undefined) return undefined;
  return sliceEntries(shape, count, { begin, end, strides }, masksOf(op));
}

function masksOf(op: OpView) {
  const mask = (name: string): number => Number(op.attributes[`${name}_mask`] ?? 0);
  return {
    begin: mask('begin'),
    end: mask('end'),
    ellipsis: mask('ellipsis'),
    newAxis: mask('new_axis'),
    shrink: mask('shrink_axis'),
  };
}

/**
 * Ellipses and new axes are written out, so that the kernel gets one entry for each dimension. New axes come from a
 * RESHAPE before the slice, which is then known to hold all elements, or after it.
 */
function lowerStridedSlice(op: OpView, build: LoweringBuilder): Lowered {
  const [input, begin, end, strides] = op.operands as [Value, Value, Value, Value];
  const entries = entriesOf(op);
  const result = shapeOf(op.result());
  const bounds = [begin, end, strides].map((value) => build.constantOf(value));
  if (!entries || bounds.some((bound) => bound === undefined)) {
    // Of a tensor of unknown rank there are no entries, but masks.
    const addsDims = entries ? entries.some((entry) => entry.kind === 'new') : masksOf(op).newAxis !== 0;
    if (addsDims || masksOf(op).ellipsis !== 0) {
      return unsupported(
        'its bounds are computed at run time while it also adds dimensions or has an ellipsis',
        'Write the slice of each dimension out, and add dimensions with `tf.expand_dims` afterwards.',
      );
    }
    return lowerMovedValue(op, build, {
      definition: tfl.StridedSlice,
      operands: [input, ...[begin, end, strides].map((value) => int32(build, value))],
      options: {
        begin_mask: masksOf(op).begin,
        end_mask: masksOf(op).end,
        shrink_axis_mask: masksOf(op).shrink,
      },
    });
  }
  const axes = entries.filter((entry) => entry.kind !== 'new');
  const dtype = tensorTypeOf(input).dtype;
  const inner = axes.filter((axis) => axis.kind === 'slice').map((axis) => axis.size);
  const adds = axes.length < entries.length;
  // Slices of whole dimensions and single indices of dimensions of size 1 move nothing.
  const trivial = axes.every((axis) => (axis.kind === 'slice' ? axis.whole : axis.of === 1));
  if (trivial && result !== null && isConstantShape(result)) {
    return sameShape(result, shapeOf(input)) ? input : reshapeTo(build, input, result);
  }
  const sliced =
    trivial && axes.every((axis) => axis.kind === 'slice')
      ? [input]
      : lowerMoved(op, build, {
          definition: tfl.StridedSlice,
          operands: [
            input,
            build.ints(axes.map((axis) => axis.begin ?? 0)),
            build.ints(axes.map((axis) => (axis.kind === 'index' ? indexEnd(axis) : (axis.end ?? 0)))),
            build.ints(axes.map((axis) => (axis.kind === 'index' ? 1 : (axis.stride ?? 1)))),
          ],
          options: {
            begin_mask: maskOf(axes, (axis) => axis.kind === 'slice' && axis.begin === undefined),
            end_mask: maskOf(axes, (axis) => axis.kind === 'slice' && axis.end === undefined),
            shrink_axis_mask: maskOf(axes, (axis) => axis.kind === 'index'),
          },
          types: [tensorType(dtype, inner)],
        });
  if (!Array.isArray(sliced)) return sliced as Lowered;
  const [value] = sliced as [Value];
  if (!adds) return value;
  if (result !== null && isConstantShape(result)) return reshapeTo(build, value, result);
  return withNewAxes(build, value, entries);
}

/** The end behind a single index: of the last element, written as −1, everything. */
function indexEnd(axis: SliceEntry & { readonly kind: 'index' }): number {
  return axis.begin === -1 ? 2 ** 31 - 1 : (axis.begin ?? 0) + 1;
}

function maskOf(axes: readonly SliceEntry[], holds: (axis: SliceEntry) => boolean): number {
  return axes.reduce((mask, axis, k) => (holds(axis) ? mask | (1 << k) : mask), 0);
}

/** New dimensions one by one, where too many others are unknown for one RESHAPE. */
function withNewAxes(build: LoweringBuilder, value: Value, entries: readonly SliceEntry[]): Value {
  let result = value;
  entries
    .filter((entry) => entry.kind !== 'index')
    .forEach((entry, k) => {
      if (entry.kind === 'new') result = build.value(tfl.ExpandDims, [result, build.int(k)]);
    });
  return result;
}
