import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { Gather, StridedSlice } from '../ops/indexing.js';
import { FullyConnected } from '../ops/matmul.js';
import { Reshape, ReverseV2, Shape, Transpose } from '../ops/shape.js';
import { permutationOf } from './permutation.js';

interface Axis {
  readonly value: Value;
  readonly axis: number;
}

/** Whether a computed number certainly is the size of this axis. */
export function isSizeOf(number: Value, value: Value, axis: number): boolean {
  const measured = measuredAxis(number);
  if (!measured) return false;
  const [a, b] = [origin(measured), origin({ value, axis })];
  return a.value === b.value && a.axis === b.axis;
}

/** The axis whose size is taken from a SHAPE. */
function measuredAxis(number: Value): Axis | undefined {
  const op = number.producer;
  const shape = op?.isOneOf(StridedSlice, Gather) ? op.operand(0).producer : undefined;
  const place = op && constantOf(op.operands[1]);
  if (!op || !shape?.is(Shape) || place?.size !== 1) return undefined;
  if (op.is(StridedSlice) && (op.attributes.shrink_axis_mask !== 1 || op.attributes.begin_mask !== 0)) return undefined;
  const value = shape.operand(0);
  const index = Number(place.data[0]);
  return { value, axis: index < 0 ? index + (shapeOf(value)?.length ?? 0) : index };
}

/** Where a size comes from: the axis before all ops that keep it. */
function origin(from: Axis): Axis {
  let at = from;
  for (let op = at.value.producer; op; op = at.value.producer) {
    const axis = axisBefore(op, at.axis);
    if (axis === undefined) break;
    at = { value: op.operand(0), axis };
  }
  return at;
}

/** The axis of the first operand that has the size of this axis of the result. */
function axisBefore(op: Op, axis: number): number | undefined {
  if (op.isOneOf(Transpose)) return permutationOf(op)?.[axis];
  if (op.isOneOf(ReverseV2)) return axis;
  const [from, to] = [op.operands[0] && shapeOf(op.operands[0]), op.results[0] && shapeOf(op.results[0])];
  if (!from || !to) return undefined;
  if (op.isOneOf(FullyConnected)) return from.length === to.length && axis < to.length - 1 ? axis : undefined;
  // The only size that is not known is as large before as behind, if all others together are.
  const open = (shape: readonly (number | null)[]) => shape.filter((size) => size === null).length;
  const known = (shape: readonly (number | null)[]) => shape.reduce<number>((all, size) => all * (size ?? 1), 1);
  if (!op.isOneOf(Reshape) || to[axis] !== null || open(from) !== 1 || open(to) !== 1) return undefined;
  return known(from) === known(to) && known(to) > 0 ? from.indexOf(null) : undefined;
}

function shapeOf({ type }: Value): readonly (number | null)[] | null {
  return type.kind === 'tensor' ? type.shape : null;
}
