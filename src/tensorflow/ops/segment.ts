import { attr } from '#ir/attribute.js';
import { Value } from '#ir/graph.js';
import { type SegmentKind, unsortedSegment } from '#tensor/kernels/segment.js';
import { integers } from '#tensor/kernels/sequence.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { cast, computeType, runtimeShape, unsupportedType } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { reshapeTo } from './support/lower-shape.js';
import {
  constantInteger,
  constantIntegers,
  knownTypes,
  type OpView,
  rankOf,
  shapeOf,
  typeOf,
} from './support/types.js';

/** Ids as int32, data in a type that the kernel computes with. */
function lowerSegments(
  op: OpView,
  build: LoweringBuilder,
  definition: TflOpDefinition,
  more: readonly Value[] = [],
): Lowered {
  const [data, ...rest] = [...op.operands, ...more] as [Value, ...Value[]];
  const { dtype } = tensorTypeOf(data);
  const carried = computeType(dtype, definition.kernels);
  if (carried === undefined) return unsupportedType(dtype, definition.kernels);
  const operands = [cast(build, data, carried), ...rest.map((value) => int32(build, value))];
  const types = carried === dtype ? knownTypes(op.results) : undefined;
  return cast(build, build.value(definition, operands, {}, types), dtype);
}

export const SegmentSum = defineTfOp({
  name: 'SegmentSum',
  summary: 'Sums of the rows of each segment; segments ascend',
  operands: ['data', 'segment_ids'],
  attributes: { T: attr.dtype(), Tindices: attr.dtype() },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    const last = constantIntegers(op.operand(1))?.at(-1);
    const count: Dim = last === undefined ? null : last + 1;
    return [typeOf(op.attributes.T, shape && [count, ...shape.slice(1)])];
  },
  fold: (op, [data, ids]) => {
    const last = constantIntegers(op.operand(1))?.at(-1);
    const result = data && ids && unsortedSegment('sum', data, ids, (last ?? -1) + 1);
    return result && [result];
  },
  lower: (op, build) => {
    const ids = constantIntegers(op.operand(1));
    if (!ids || isGapless(ids)) return lowerSegments(op, build, tfl.SegmentSum);
    const count = build.int((ids.at(-1) as number) + 1);
    return lowerSegments(op, build, tfl.UnsortedSegmentSum, [count]);
  },
});

/** Whether segments are numbered 0, 1, 2 … with none left out: SEGMENT_SUM refuses others. */
function isGapless(ids: readonly number[]): boolean {
  return ids[0] === 0 && ids.every((id, i) => i === 0 || id - (ids[i - 1] as number) <= 1);
}

function unsorted(name: string, kind: SegmentKind, summary: string, definition: TflOpDefinition) {
  return defineTfOp({
    name,
    summary,
    operands: ['data', 'segment_ids', 'num_segments'],
    attributes: { T: attr.dtype(), Tindices: attr.dtype(), Tnumsegments: attr.dtype('int32') },
    infer: (op) => {
      const [shape, ids] = [shapeOf(op.operand(0)), shapeOf(op.operand(1))];
      const count: Dim = constantInteger(op.operand(2)) ?? null;
      return [typeOf(op.attributes.T, shape && ids && [count, ...shape.slice(ids.length)])];
    },
    fold: (op, [data, ids]) => {
      const count = constantInteger(op.operand(2));
      const result = data && ids && count !== undefined ? unsortedSegment(kind, data, ids, count) : undefined;
      return result && [result];
    },
    lower: (op, build) => lowerSegments(op, build, definition),
  });
}

export const UnsortedSegmentSum = unsorted('UnsortedSegmentSum', 'sum', 'Sum of each segment', tfl.UnsortedSegmentSum);
export const UnsortedSegmentProd = unsorted(
  'UnsortedSegmentProd',
  'prod',
  'Product of each segment',
  tfl.UnsortedSegmentProd,
);
export const UnsortedSegmentMax = unsorted(
  'UnsortedSegmentMax',
  'max',
  'Maximum of each segment',
  tfl.UnsortedSegmentMax,
);
export const UnsortedSegmentMin = unsorted(
  'UnsortedSegmentMin',
  'min',
  'Minimum of each segment',
  tfl.UnsortedSegmentMin,
);

/** The number of segments that ascending ids name, as an int32 scalar. */
function segmentCount(build: LoweringBuilder, ids: Value): Value {
  const known = constantIntegers(ids)?.at(-1);
  if (known !== undefined) return build.int(known + 1);
  const last = build.value(tfl.ReduceMax, [int32(build, ids), build.ints([0])], { keep_dims: false });
  return build.value(tfl.Add, [last, build.int(1)]);
}

/** For each segment, [segments, 1 …], how many rows it has. */
function segmentSizes(build: LoweringBuilder, data: Value, ids: Value, count: Value): Value {
  const ones = build.value(tfl.Fill, [runtimeShape(build, ids), build.constant(Tensor.float32([1], []))]);
  const sizes = build.value(tfl.UnsortedSegmentSum, [ones, int32(build, ids), count]);
  const behind = new Array<number>((rankOf(data) ?? 1) - 1).fill(1);
  return reshapeTo(build, sizes, [{ of: sizes, axis: 0 }, ...behind]);
}

/** Of segments in ascending order; those without rows are 0. */
function ascending(name: string, summary: string, definition: TflOpDefinition, empty: 'neutral' | 'zero' | 'mean') {
  return defineTfOp({
    name,
    summary,
    operands: ['data', 'segment_ids'],
    attributes: { T: attr.dtype(), Tindices: attr.dtype() },
    infer: (op) => {
      const shape = shapeOf(op.operand(0));
      const last = constantIntegers(op.operand(1))?.at(-1);
      return [typeOf(op.attributes.T, shape && [last === undefined ? null : last + 1, ...shape.slice(1)])];
    },
    lower: (op, build): Lowered => {
      const [data, ids] = op.operands as [Value, Value];
      if (rankOf(data) === undefined) return unsupported('the rank of its data is not known', 'Give it a known rank.');
      if (empty === 'mean' && tensorTypeOf(data).dtype !== 'float32') {
        return unsupportedType(tensorTypeOf(data).dtype, ['float32']);
      }
      const count = segmentCount(build, ids);
      const combined = lowerSegments(op, build, definition, [count]);
      if (empty === 'neutral' || !(combined instanceof Value)) return combined;
      const sizes = segmentSizes(build, data, ids, count);
      if (empty === 'mean') {
        const one = build.constant(Tensor.float32([1], []));
        return build.value(tfl.Div, [combined, build.value(tfl.Maximum, [sizes, one])]);
      }
      const used = build.value(tfl.Greater, [sizes, build.constant(Tensor.float32([0], []))]);
      const zero = build.constant(integers(tensorTypeOf(combined).dtype, [0], []));
      return build.value(tfl.SelectV2, [used, combined, zero], {}, [combined.type]);
    },
  });
}

export const SegmentMax = ascending('SegmentMax', 'Maximum of each segment', tfl.UnsortedSegmentMax, 'zero');
export const SegmentMin = ascending('SegmentMin', 'Minimum of each segment', tfl.UnsortedSegmentMin, 'zero');
export const SegmentProd = ascending('SegmentProd', 'Product of each segment', tfl.UnsortedSegmentProd, 'neutral');
export const SegmentMean = ascending('SegmentMean', 'Mean of each segment', tfl.UnsortedSegmentSum, 'mean');

export const SegmentSumV2 = unsorted('SegmentSumV2', 'sum', 'Sum of each segment', tfl.UnsortedSegmentSum);
export const SegmentProdV2 = unsorted('SegmentProdV2', 'prod', 'Product of each segment', tfl.UnsortedSegmentProd);
export const SegmentMaxV2 = unsorted('SegmentMaxV2', 'max', 'Maximum of each segment', tfl.UnsortedSegmentMax);
export const SegmentMinV2 = unsorted('SegmentMinV2', 'min', 'Minimum of each segment', tfl.UnsortedSegmentMin);
