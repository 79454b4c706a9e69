import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import type { Type } from '#ir/type.js';
import { gather, gatherNd } from '#tensor/kernels/gather.js';
import { concat } from '#tensor/kernels/join.js';
import { oneHot } from '#tensor/kernels/sequence.js';
import { type Dim, formatShape, type Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { allKnown, worthFolding } from './support/folding.js';
import { int32, lowerMovedValue, reshapeTo } from './support/lower-moved.js';
import {
  constantInteger,
  constantIntegers,
  normalAxis,
  type OpView,
  rankOf,
  shapeOf,
  staticShapeOf,
  typeOf,
} from './support/types.js';

/** Where a gather takes its slices: axis and number of batch dimensions, counted from 0; undefined if not known. */
interface Place {
  readonly axis: number;
  readonly batch: number;
}

function placeOf(params: Value, indices: Value, axis: number | undefined, batchDims: number): Place | undefined {
  const rank = rankOf(params);
  const indexRank = rankOf(indices);
  const batch = batchDims >= 0 ? batchDims : indexRank === undefined ? undefined : batchDims + indexRank;
  if (axis === undefined || batch === undefined || (axis < 0 && rank === undefined)) return undefined;
  return { axis: rank === undefined ? axis : normalAxis(axis, rank), batch };
}

function gatheredShape(params: Value, indices: Value, place: Place | undefined): Shape {
  const [from, at] = [shapeOf(params), shapeOf(indices)];
  if (from === null || at === null || !place) return null;
  return [...from.slice(0, place.axis), ...at.slice(place.batch), ...from.slice(place.axis + 1)];
}

function lowerGather(op: OpView, build: LoweringBuilder, place: Place | undefined): Lowered {
  const [params, indices] = op.operands as [Value, Value];
  if (!place) {
    return unsupported(
      'its axis is not constant, or counts from the end of an unknown rank',
      'Pass the axis as a Python number from 0 on.',
    );
  }
  const { dtype, shape } = tensorTypeOf(params);
  if (dtype === 'string' && shape?.length !== 1) {
    return unsupported(
      'TFLite gathers texts from vectors only',
      'Reshape the table of texts to a vector and compute flat indices.',
    );
  }
  return lowerMovedValue(op, build, {
    definition: tfl.Gather,
    operands: [params, indicesFor(tfl.Gather, 1, build, indices)],
    options: { axis: place.axis, batch_dims: place.batch },
  });
}

/** Indices in one of the types that the kernel reads. */
function indicesFor(definition: TflOpDefinition, operand: number, build: LoweringBuilder, indices: Value): Value {
  const { dtype } = tensorTypeOf(indices);
  return definition.operandKernels[operand]?.includes(dtype) ? indices : int32(build, indices);
}

export const GatherV2 = defineTfOp({
  name: 'GatherV2',
  summary: 'Slices along an axis, at the given indices',
  operands: ['params', 'indices', 'axis'],
  attributes: {
    batch_dims: attr.int(0),
    Tparams: attr.dtype(),
    Tindices: attr.dtype(),
    Taxis: attr.dtype(),
  },
  infer: (op) => [typeOf(op.attributes.Tparams, gatheredShape(op.operand(0), op.operand(1), placeV2(op)))],
  fold: (op, [params, indices]) => {
    const place = placeV2(op);
    const shape = staticShapeOf(op.result());
    if (!params || !indices || !place || !shape || !worthFolding(params.dtype, shape, [params])) return undefined;
    const result = gather(params, indices, place.axis, place.batch);
    return result && [result];
  },
  lower: (op, build) => lowerGather(op, build, placeV2(op)),
});

function placeV2(op: OpView): Place | undefined {
  return placeOf(op.operand(0), op.operand(1), constantInteger(op.operand(2)), Number(op.attributes['batch_dims']));
}

export const Gather = defineTfOp({
  name: 'Gather',
  summary: 'Slices along the first dimension, at the given indices',
  operands: ['params', 'indices'],
  attributes: { validate_indices: attr.bool(true), Tparams: attr.dtype(), Tindices: attr.dtype() },
  infer: (op) => [typeOf(op.attributes.Tparams, gatheredShape(op.operand(0), op.operand(1), { axis: 0, batch: 0 }))],
  fold: (op, [params, indices]) => {
    const shape = staticShapeOf(op.result());
    if (!params || !indices || !shape || !worthFolding(params.dtype, shape, [params])) return undefined;
    const result = gather(params, indices, 0, 0);
    return result && [result];
  },
  lower: (op, build) => lowerGather(op, build, { axis: 0, batch: 0 }),
});

export const GatherNd = defineTfOp({
  name: 'GatherNd',
  summary: 'Slices at the positions in the last dimension of `indices`',
  operands: ['params', 'indices'],
  attributes: { Tparams: attr.dtype(), Tindices: attr.dtype() },
  infer: (op) => {
    const [from, at] = [shapeOf(op.operand(0)), shapeOf(op.operand(1))];
    const depth = at?.at(-1);
    if (from === null || at === null || typeof depth !== 'number') return [typeOf(op.attributes.Tparams, null)];
    if (depth > from.length) {
      throw new InferenceError(`positions of ${depth} dimensions in ${formatShape(from)}`);
    }
    return [typeOf(op.attributes.Tparams, [...at.slice(0, -1), ...from.slice(depth)])];
  },
  fold: (op, [params, indices]) => {
    const shape = staticShapeOf(op.result());
    if (!params || !indices || !shape || !worthFolding(params.dtype, shape, [params])) return undefined;
    const result = gatherNd(params, indices);
    return result && [result];
  },
  lower: (op, build) =>
    lowerMovedValue(op, build, {
      definition: tfl.GatherNd,
      operands: [op.operand(0), indicesFor(tfl.GatherNd, 1, build, op.operand(1))],
    }),
});

export const OneHot = defineTfOp({
  name: 'OneHot',
  summary: '`on_value` where an index names the place along a new axis, `off_value` elsewhere',
  operands: ['indices', 'depth', 'on_value', 'off_value'],
  attributes: { axis: attr.int(-1), T: attr.dtype(), TI: attr.dtype('int64') },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    const depth: Dim = constantInteger(op.operand(1)) ?? null;
    if (shape === null) return [typeOf(op.attributes.T, null)];
    return [typeOf(op.attributes.T, shape.toSpliced(normalAxis(op.attributes.axis, shape.length + 1), 0, depth))];
  },
  fold: (op, operands) => {
    const depth = constantInteger(op.operand(1));
    if (!allKnown(operands) || depth === undefined) return undefined;
    const [indices, , on, off] = operands as [Tensor, Tensor, Tensor, Tensor];
    return [oneHot(indices, depth, on, off, normalAxis(op.attributes.axis, indices.rank + 1))];
  },
  lower: (op, build) => {
    const [indices, depth, on, off] = op.operands as [Value, Value, Value, Value];
    const rank = rankOf(op.result());
    const { axis } = op.attributes;
    return lowerMovedValue(op, build, {
      definition: tfl.OneHot,
      operands: [indicesFor(tfl.OneHot, 0, build, indices), int32(build, depth), on, off],
      data: [2, 3],
      // −1 is the last axis to the kernel, too, which takes no other negative one.
      options: { axis: rank === undefined || axis === -1 ? axis : normalAxis(axis, rank) },
    });
  },
});

function stitch(name: string) {
  return defineTfOp({
    name,
    summary: 'Rows of several tensors put at the stated places',
    operands: ['indices*', 'data*'],
    results: ['merged'],
    attributes: { N: attr.int(), T: attr.dtype() },
    infer: (op) => [stitchedType(op)],
    fold: (op, operands) => {
      const order = stitchOrder(op);
      const count = op.attributes.N;
      const data = operands.slice(count);
      if (!order || !allKnown(data)) return undefined;
      const rows = (data as readonly Tensor[]).map((tensor, i) =>
        rowsOf(tensor, shapeOf(op.operand(i)) as readonly number[]),
      );
      const merged = gather(concat(rows, 0), Tensor.int32(order), 0, 0);
      return merged && [merged];
    },
    lower: (op, build) => {
      const order = stitchOrder(op);
      const count = op.attributes.N;
      if (!order) {
        return unsupported(
          'its places are not constant, or leave some out',
          'Put rows together with `tf.concat` and `tf.gather`, or use `tf.tensor_scatter_nd_update`.',
        );
      }
      const rest = shapeOf(op.result())?.slice(1) ?? [];
      const rows = (op.operands.slice(count) as Value[]).map((value, i) => {
        const rank = rankOf(op.operand(i));
        return rank === 1
          ? value
          : reshapeTo(build, value, [(shapeOf(op.operand(i)) as number[]).reduce((a, b) => a * b, 1), ...rest]);
      });
      const all = rows.length === 1 ? (rows[0] as Value) : build.value(tfl.Concatenation, rows, { axis: 0 });
      if (order.every((row, i) => row === i)) return all;
      return build.value(tfl.Gather, [all, build.ints(order)], { axis: 0 });
    },
  });
}

export const DynamicStitch = stitch('DynamicStitch');
export const ParallelDynamicStitch = stitch('ParallelDynamicStitch');

function stitchedType(op: OpView): Type {
  const count = Number(op.attributes['N']);
  const order = stitchOrder(op);
  const dtype = op.attributes['T'] as Parameters<typeof typeOf>[0];
  const [places, data] = [shapeOf(op.operand(0)), shapeOf(op.operand(count))];
  if (places === null || data === null) return typeOf(dtype, null);
  return typeOf(dtype, [order?.length ?? null, ...data.slice(places.length)]);
}

/** For each row of the result, which of all rows it is (the last that claims it); undefined if not constant or not full. */
function stitchOrder(op: OpView): readonly number[] | undefined {
  const count = Number(op.attributes['N']);
  const order: number[] = [];
  let row = 0;
  for (let i = 0; i < count; i++) {
    const places = constantIntegers(op.operand(i));
    if (!places) return undefined;
    for (const place of places) order[place] = row++;
  }
  return Array.from(order).includes(undefined as unknown as number) ? undefined : order;
}

function rowsOf(tensor: Tensor, places: readonly number[]): Tensor {
  const count = places.reduce((a, b) => a * b, 1);
  return tensor.reshape([count, ...tensor.shape.slice(places.length)]);
}
