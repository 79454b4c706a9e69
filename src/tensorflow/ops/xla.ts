import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { type Dim, isStatic } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, unsupported } from '../define-op.js';
import type { LoweringBuilder } from '../lowering-builder.js';
import { gatherDims } from './support/dimension-numbers.js';
import { knownShape } from './support/known-integers.js';
import { broadcast, runtimeShape } from './support/lower-elementwise.js';
import { int32, lowerMovedValue } from './support/lower-moved.js';
import { permute, reshapeTo } from './support/lower-shape.js';
import { likeFirst } from './support/operands.js';
import { broadcastOf, constantIntegers, rankOf, shapeOf, typeOf, unknownDims, vectorLength } from './support/types.js';

// What JAX writes by `jax2tf` without native serialization.

export const XlaSharding = defineTfOp({
  name: 'XlaSharding',
  summary: 'The operand; it says on which device',
  operands: ['input'],
  attributes: { T: attr.dtype() },
  infer: likeFirst,
  fold: (op) => [op.operand(0)],
  lower: (op) => op.operand(0),
});

export const XlaDynamicSlice = defineTfOp({
  name: 'XlaDynamicSlice',
  summary: 'The part of a size from a place on that keeps it inside',
  operands: ['input', 'start_indices', 'size_indices'],
  attributes: { T: attr.dtype(), Tindices: attr.dtype() },
  infer: (op) => {
    const size = op.operand(2);
    return [typeOf(op.attributes.T, knownShape(size) ?? unknownDims(vectorLength(size)))];
  },
  lower: (op, build) => {
    const [input, start, size] = op.operands as [Value, Value, Value];
    const [from, wanted] = [int32(build, start), int32(build, size)];
    const last = build.value(tfl.Sub, [runtimeShape(build, input), wanted]);
    const inside = build.value(tfl.Maximum, [build.value(tfl.Minimum, [from, last]), build.ints([0])]);
    return lowerMovedValue(op, build, { definition: tfl.Slice, operands: [input, inside, wanted] });
  },
});

export const XlaGather = defineTfOp({
  name: 'XlaGather',
  summary: 'Slices of a size from the places that index vectors name',
  operands: ['operand', 'start_indices', 'slice_sizes'],
  attributes: {
    dimension_numbers: attr.string(),
    indices_are_sorted: attr.bool(),
    T: attr.dtype(),
    Tindices: attr.dtype(),
  },
  infer: (op) => {
    const dims = gatherDims(op.attributes.dimension_numbers);
    const sizes = constantIntegers(op.operand(2));
    const indices = shapeOf(op.operand(1));
    if (!sizes || indices === null) return [typeOf(op.attributes.T, null)];
    const slice = sizes.filter((_, axis) => !dims.collapsed.includes(axis));
    const batch = indices.filter((_, axis) => axis !== dims.vector);
    const rank = slice.length + batch.length;
    const shape = Array.from({ length: rank }, (_, axis): Dim => {
      const place = dims.offset.indexOf(axis);
      return place >= 0 ? (slice[place] as number) : (batch.shift() as Dim);
    });
    return [typeOf(op.attributes.T, shape)];
  },
  lower: (op, build) => {
    const dims = gatherDims(op.attributes.dimension_numbers);
    const [operand, indices] = op.operands as [Value, Value];
    const sizes = constantIntegers(op.operand(2));
    const shape = shapeOf(operand);
    const rank = rankOf(indices);
    if (!sizes || !isStatic(shape) || rank === undefined || dims.batching.length > 0) {
      return unsupported(
        'the sizes of its operand and slices are not known, or it runs over several operands at once',
        'Use `jnp.take` along one axis, or export with fixed shapes.',
      );
    }
    // An index of one vector for each slice, whose starts are moved inside as XLA does.
    const order = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== dims.vector);
    const vectors =
      dims.vector === rank
        ? build.value(tfl.ExpandDims, [indices, build.int(rank)])
        : permute(build, indices, [...order, dims.vector]);
    const last = dims.indexed.map((axis) => (shape[axis] as number) - (sizes[axis] as number));
    const inside = build.value(tfl.Minimum, [int32(build, vectors), build.ints(last)]);
    const starts = build.value(tfl.Maximum, [inside, build.ints([0])]);
    // What is taken whole is not indexed.
    const whole = shape.map((size, axis) => sizes[axis] === size);
    const indexed = shape.map((_, axis) => axis).filter((axis) => !whole[axis]);
    const batch = order.length;
    const components = indexed.map((axis, n) => {
      const component = dims.indexed.indexOf(axis);
      const at = (position: number, count: number) => indexed.map((_, k) => (k === position ? count : 1));
      const steps = build.constant(
        Tensor.int32(
          Array.from({ length: sizes[axis] as number }, (_, i) => i),
          at(n, sizes[axis] as number),
        ),
      );
      if (component < 0) return steps;
      const start = build.value(tfl.Gather, [starts, build.int(component)], { axis: batch });
      const ahead = Array.from({ length: batch }, (_, i) => ({ of: start, axis: i }));
      return build.value(tfl.Add, [reshapeTo(build, start, [...ahead, ...indexed.map(() => 1)]), steps]);
    });
    if (components.length === 0 || batch === 0) {
      return unsupported('it takes its operand whole, or one slice of it', 'Use `jax.lax.dynamic_slice` instead.');
    }
    const packed = build.value(tfl.Pack, broadcast(build, components, -1, broadcastOf(...components)), {
      axis: batch + indexed.length,
      values_count: components.length,
    });
    const rest = shape.map((_, axis) => axis).filter((axis) => whole[axis]);
    const gathered = build.value(tfl.GatherNd, [permute(build, operand, [...indexed, ...rest]), packed]);
    return placed(build, gathered, { batch, axes: [...indexed, ...rest], sizes, ...dims });
  },
});

interface Placement {
  readonly batch: number;
  /** The operand's dimensions in the order in which the slices have them. */
  readonly axes: readonly number[];
  readonly sizes: readonly number[];
  readonly collapsed: readonly number[];
  readonly offset: readonly number[];
}

/** Slices behind batches, as the result has them: in the operand's order, some left out, at stated places. */
function placed(build: LoweringBuilder, value: Value, { batch, axes, sizes, collapsed, offset }: Placement): Value {
  const inOrder = [...axes].sort((a, b) => a - b).map((axis) => batch + axes.indexOf(axis));
  const batches = Array.from({ length: batch }, (_, axis) => axis);
  const sorted = permute(build, value, [...batches, ...inOrder]);
  const kept = sizes.filter((_, axis) => !collapsed.includes(axis));
  const slim = reshapeTo(build, sorted, [...batches.map((axis) => ({ of: sorted, axis })), ...kept]);
  let nextBatch = 0;
  const order = Array.from({ length: batch + kept.length }, (_, axis) => {
    const place = offset.indexOf(axis);
    return place >= 0 ? batch + place : nextBatch++;
  });
  return permute(build, slim, order);
}
