import { attr } from '#ir/attribute.js';
import { constantOf } from '#ir/constant.js';
import type { Value } from '#ir/graph.js';
import { concat, split } from '#tensor/kernels/join.js';
import { reverse } from '#tensor/kernels/strided.js';
import type { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { index, int32, lowerMoved, lowerMovedValue } from './support/lower-moved.js';
import { constantIntegers, normalAxis, type OpView, rankOf, shapeOf, typeOf } from './support/types.js';

/** Axes in ascending runs of neighbours: the kernel reverses neighbours together. */
function runs(axes: readonly number[]): number[][] {
  const result: number[][] = [];
  for (const axis of axes.toSorted((a, b) => a - b)) {
    const last = result.at(-1);
    if (last && last.at(-1) === axis - 1) last.push(axis);
    else result.push([axis]);
  }
  return result;
}

function lowerReverse(op: OpView, build: LoweringBuilder, axes: readonly number[] | undefined): Lowered {
  const input = op.operand(0);
  if (!axes) {
    return lowerMovedValue(op, build, { definition: tfl.ReverseV2, operands: [input, int32(build, op.operand(1))] });
  }
  let value = input;
  for (const run of runs(axes)) {
    const made = lowerMoved(op, build, { definition: tfl.ReverseV2, operands: [value, build.ints(run)] });
    if (made instanceof Unsupported) return made;
    value = made[0] as Value;
  }
  return value;
}

/** The axes that a reversal changes; undefined where they are not constant. */
function axesV2(op: OpView): readonly number[] | undefined {
  const axes = constantIntegers(op.operand(1));
  const rank = rankOf(op.operand(0));
  if (!axes || (rank === undefined && axes.some((axis) => axis < 0))) return undefined;
  return rank === undefined ? axes : axes.map((axis) => normalAxis(axis, rank));
}

function axesV1(op: OpView): readonly number[] | undefined {
  const flags = constantOf(op.operand(1))?.data as Uint8Array | undefined;
  return flags && Array.from(flags.keys()).filter((axis) => flags[axis] !== 0);
}

function reversal(
  name: string,
  axisOperand: string,
  axesOf: (op: OpView) => readonly number[] | undefined,
  attributes: Reversal,
) {
  return defineTfOp({
    name,
    summary: 'Elements in opposite order along axes',
    operands: ['tensor', axisOperand],
    attributes,
    infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
    fold: (op, [tensor]) => {
      const axes = axesOf(op);
      const shape = shapeOf(op.operand(0));
      if (axes && shape !== null && axes.every((axis) => shape[axis] === 1)) return [op.operand(0)];
      return tensor && axes && [reverse(tensor, axes)];
    },
    lower: (op, build) => {
      const axes = axesOf(op);
      if (!axes && axisOperand === 'dims')
        return unsupported('its axes are not constant', 'Pass the axes as Python numbers.');
      return lowerReverse(op, build, axes);
    },
  });
}

const T = { T: attr.dtype() };
type Reversal = typeof T;

export const ReverseV2 = reversal('ReverseV2', 'axis', axesV2, T);
export const Reverse = reversal('Reverse', 'dims', axesV1, T);

export const ReverseSequence = defineTfOp({
  name: 'ReverseSequence',
  summary: 'The first elements along an axis reversed, as many as each row states',
  operands: ['input', 'seq_lengths'],
  attributes: { seq_dim: attr.int(), batch_dim: attr.int(0), T: attr.dtype(), Tlen: attr.dtype('int64') },
  infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
  lower: (op, build) => {
    const [input, lengths] = op.operands as [Value, Value];
    const rank = rankOf(input);
    const { seq_dim, batch_dim } = op.attributes;
    const axis = (given: number): number => (rank === undefined ? given : normalAxis(given, rank));
    return lowerMovedValue(op, build, {
      definition: tfl.ReverseSequence,
      operands: [input, index(build, lengths)],
      options: { seq_dim: axis(seq_dim), batch_dim: axis(batch_dim) },
    });
  },
});

/** Shift along each axis that is rolled, in order; undefined where it is not constant. */
function rollsOf(op: OpView): readonly { axis: number; shift: number }[] | undefined {
  const [shifts, axes, rank] = [
    constantIntegers(op.operand(1)),
    constantIntegers(op.operand(2)),
    rankOf(op.operand(0)),
  ];
  if (!shifts || !axes || rank === undefined) return undefined;
  return axes.map((axis, i) => ({ axis: normalAxis(axis, rank), shift: shifts[i] as number }));
}

/** How many elements at the end come to the front. */
function tailOf(shift: number, size: number): number {
  return size === 0 ? 0 : ((shift % size) + size) % size;
}

export const Roll = defineTfOp({
  name: 'Roll',
  summary: 'Elements moved along axes; what leaves at one end enters at the other',
  operands: ['input', 'shift', 'axis'],
  attributes: { T: attr.dtype(), Tshift: attr.dtype(), Taxis: attr.dtype() },
  infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
  fold: (op, [input]) => {
    const rolls = rollsOf(op);
    const shape = shapeOf(op.operand(0));
    const still = rolls?.every(({ axis, shift }) => {
      const size = shape?.[axis] ?? null;
      return shift === 0 || (size !== null && tailOf(shift, size) === 0);
    });
    if (still) return [op.operand(0)];
    return input && rolls && [rolls.reduce(rolled, input)];
  },
  lower: (op, build) => lowerRoll(op, build),
});

function rolled(tensor: Tensor, { axis, shift }: { axis: number; shift: number }): Tensor {
  const size = tensor.shape[axis] as number;
  const tail = tailOf(shift, size);
  const [head, end] = split(tensor, [size - tail, tail], axis) as [Tensor, Tensor];
  return concat([end, head], axis);
}

/** The tail in front of the head; along an axis of unknown size, rows at positions that are computed at run time. */
function lowerRoll(op: OpView, build: LoweringBuilder): Lowered {
  const rolls = rollsOf(op);
  const input = op.operand(0);
  const { dtype, shape } = tensorTypeOf(input);
  if (!rolls || shape === null) {
    return unsupported('its shifts or axes are not constant', 'Pass shift and axis as Python numbers.');
  }
  const dtypes = tfl.Concatenation.kernels.filter(
    (each) => tfl.StridedSlice.kernels.includes(each) && tfl.Gather.kernels.includes(each),
  );
  const carried = computeType(dtype, dtypes);
  if (carried === undefined) return unsupportedType(dtype, dtypes);
  let value = cast(build, input, carried);
  for (const { axis, shift } of rolls) {
    const size = shape[axis] ?? null;
    if (size === null) value = rollUnknown(build, value, axis, shift);
    else if (tailOf(shift, size) !== 0) value = rollKnown(build, value, axis, size - tailOf(shift, size), shape.length);
  }
  return cast(build, value, dtype);
}

function rollKnown(build: LoweringBuilder, value: Value, axis: number, head: number, rank: number): Value {
  const zero = new Array<number>(rank).fill(0);
  const all = zero.map(() => -1);
  const tail = build.value(tfl.Slice, [value, build.ints(zero.with(axis, head)), build.ints(all)]);
  const front = build.value(tfl.Slice, [value, build.ints(zero), build.ints(all.with(axis, head))]);
  return build.value(tfl.Concatenation, [tail, front], { axis }, [value.type]);
}

function rollUnknown(build: LoweringBuilder, value: Value, axis: number, shift: number): Value {
  const shape = build.value(tfl.Shape, [value]);
  const bounds = [axis, axis + 1, 1].map((bound) => build.ints([bound]));
  const size = build.value(tfl.StridedSlice, [shape, ...bounds], { shrink_axis_mask: 1 });
  const places = build.value(tfl.Range, [build.int(0), size, build.int(1)]);
  const moved = build.value(tfl.Sub, [places, build.int(shift)]);
  return build.value(tfl.Gather, [value, build.value(tfl.FloorMod, [moved, size])], { axis }, [value.type]);
}
