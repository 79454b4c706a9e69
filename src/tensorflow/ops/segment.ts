import { attr } from '#ir/attribute.js';
import type { Value } from '#ir/graph.js';
import { type SegmentKind, unsortedSegment } from '#tensor/kernels/segment.js';
import type { Dim } from '#tensor/shape.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { int32 } from './support/lower-moved.js';
import { constantInteger, constantIntegers, knownTypes, type OpView, shapeOf, typeOf } from './support/types.js';

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
