import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import type { Type } from '#ir/type.js';
import { concat, pack, split } from '#tensor/kernels/join.js';
import { type Dim, formatShape, refineShape, type Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { allKnown } from './support/folding.js';
import { knownIntegers } from './support/known-integers.js';
import { int32, isConstantShape, lowerMoved, lowerMovedValue, reshapeTo } from './support/lower-moved.js';
import {
  constantInteger,
  constantIntegers,
  normalAxis,
  type OpView,
  rankOf,
  shapeOf,
  typeOf,
  unknownDims,
} from './support/types.js';

const NOT_CONSTANT = unsupported('its axis is not constant', 'Pass the axis as a Python number.');

/** The shape of tensors joined along an existing axis. */
function joinedShape(values: readonly Value[], axis: number | undefined): Shape {
  const ranked = values.map(shapeOf).find((shape) => shape !== null);
  if (!ranked) return null;
  if (axis === undefined) return unknownDims(ranked.length);
  const along = normalAxis(axis, ranked.length);
  let around: Shape = unknownDims(ranked.length);
  let total: Dim = 0;
  for (const value of values) {
    const shape = shapeOf(value);
    const size: Dim = shape?.[along] ?? null;
    total = total === null || size === null ? null : total + size;
    const joined = refineShape(around, shape?.map((dim, k) => (k === along ? null : dim)) ?? null);
    if (joined === undefined) {
      throw new InferenceError(`${formatShape(shape)} does not join ${formatShape(around)} along axis ${axis}`);
    }
    around = joined;
  }
  return around?.map((dim, k) => (k === along ? total : dim)) ?? null;
}

interface Joined {
  readonly values: readonly Value[];
  readonly axis: Value;
}

function concatenation(name: string, operands: readonly string[], parts: (op: OpView) => Joined) {
  return defineTfOp({
    name,
    summary: 'Tensors one behind the other along an axis',
    operands,
    attributes: { N: attr.int(), T: attr.dtype() },
    infer: (op) => {
      const { values, axis } = parts(op);
      return [typeOf(op.attributes.T, joinedShape(values, constantInteger(axis)))];
    },
    fold: (op, operandTensors) => {
      const { values, axis } = parts(op);
      if (values.length === 1) return values;
      const along = constantInteger(axis);
      if (!allKnown(operandTensors) || along === undefined) return undefined;
      const tensors = operandTensors.filter((_, i) => op.operand(i) !== axis) as Tensor[];
      return [concat(tensors, normalAxis(along, (tensors[0] as Tensor).rank))];
    },
    lower: (op, build) => {
      const { values, axis } = parts(op);
      return lowerConcatenation(op, build, values, constantInteger(axis));
    },
  });
}

function lowerConcatenation(
  op: OpView,
  build: LoweringBuilder,
  values: readonly Value[],
  axis: number | undefined,
): Lowered {
  if (axis === undefined) return NOT_CONSTANT;
  const rank = values.map(rankOf).find((found) => found !== undefined);
  if (rank === undefined && axis < 0) return unsupportedRank();
  const along = rank === undefined ? axis : normalAxis(axis, rank);
  // Empty parts would only cost time.
  const full = values.filter((value) => shapeOf(value)?.[along] !== 0);
  const [only] = full;
  if (full.length === 1 && only) return only;
  const operands = full.length === 0 ? values : full;
  return lowerMovedValue(op, build, {
    definition: tfl.Concatenation,
    operands,
    data: operands.map((_, i) => i),
    options: { axis: along },
  });
}

function unsupportedRank() {
  return unsupported(
    'the number of dimensions of its inputs is not known, and its axis counts from the last one',
    'Count the axis from 0, or state the rank with `tf.ensure_shape`.',
  );
}

export const ConcatV2 = concatenation('ConcatV2', ['values*', 'axis'], (op) => ({
  values: op.operands.slice(0, -1) as Value[],
  axis: op.operand(op.operands.length - 1),
}));

export const Concat = concatenation('Concat', ['concat_dim', 'values*'], (op) => ({
  values: op.operands.slice(1) as Value[],
  axis: op.operand(0),
}));

export const Pack = defineTfOp({
  name: 'Pack',
  summary: 'Tensors of one shape joined along a new axis',
  operands: ['values*'],
  attributes: { N: attr.int(), T: attr.dtype(), axis: attr.int(0) },
  infer: (op) => {
    let shape: Shape = null;
    for (const value of op.operands) {
      const joined = refineShape(shape, shapeOf(value));
      if (joined === undefined) {
        throw new InferenceError(`${formatShape(shape)} and ${formatShape(shapeOf(value))} do not pack`);
      }
      shape = joined;
    }
    const packed = shape?.toSpliced(normalAxis(op.attributes.axis, shape.length + 1), 0, op.operands.length) ?? null;
    return [typeOf(op.attributes.T, packed)];
  },
  fold: (op, operands) => {
    if (!allKnown(operands)) return undefined;
    return [pack(operands, normalAxis(op.attributes.axis, (operands[0] as Tensor).rank + 1))];
  },
  lower: (op, build) => {
    const values = op.operands as readonly Value[];
    const shape = shapeOf(op.result());
    const [first] = values;
    if (values.length === 1 && first && shape !== null && isConstantShape(shape)) return reshapeTo(build, first, shape);
    if (shape === null && op.attributes.axis < 0) return unsupportedRank();
    const axis = shape === null ? op.attributes.axis : normalAxis(op.attributes.axis, shape.length);
    const slice = shape?.with(axis, 1);
    if (slice && isConstantShape(slice) && !tfl.Pack.kernels.includes(tensorTypeOf(op.operand(0)).dtype)) {
      const slices = values.map((value) => reshapeTo(build, value, slice));
      return lowerConcatenation(op, build, slices, axis);
    }
    return lowerMovedValue(op, build, {
      definition: tfl.Pack,
      operands: values,
      data: values.map((_, i) => i),
      options: { values_count: values.length, axis },
    });
  },
});

export const Unpack = defineTfOp({
  name: 'Unpack',
  summary: 'The slices along an axis, without that axis',
  operands: ['value'],
  attributes: { num: attr.int(), T: attr.dtype(), axis: attr.int(0) },
  infer: (op) => {
    const { num, axis, T } = op.attributes;
    const shape = shapeOf(op.operand(0));
    const along = shape === null ? 0 : normalAxis(axis, shape.length);
    const size = shape?.[along] ?? num;
    if (size !== num) throw new InferenceError(`axis ${axis} has ${size} slices, not ${num}`);
    const part = typeOf(T, shape?.toSpliced(along, 1) ?? null);
    return new Array<Type>(num).fill(part);
  },
  fold: (op, [value]) => {
    const { num, axis } = op.attributes;
    if (!value) return undefined;
    const along = normalAxis(axis, value.rank);
    return split(value, new Array<number>(num).fill(1), along).map((part) =>
      part.reshape(value.shape.toSpliced(along, 1)),
    );
  },
  lower: (op, build) => {
    const value = op.operand(0);
    const rank = rankOf(value);
    const { num, axis } = op.attributes;
    const [first] = op.results;
    const shape = shapeOf(first);
    if (num === 1 && shape !== null && isConstantShape(shape)) return reshapeTo(build, value, shape);
    return lowerMoved(op, build, {
      definition: tfl.Unpack,
      operands: [value],
      options: { num, axis: rank === undefined ? axis : normalAxis(axis, rank) },
    });
  },
});

/** The types of parts of the given sizes along an axis. */
function partTypes(op: OpView, value: Value, axis: number | undefined, sizes: readonly Dim[]): readonly Type[] {
  const dtype = op.attributes['T'] as Parameters<typeof typeOf>[0];
  const shape = shapeOf(value);
  return sizes.map((size) => {
    if (shape === null || axis === undefined) return typeOf(dtype, unknownDims(shape?.length));
    return typeOf(dtype, shape.with(normalAxis(axis, shape.length), size));
  });
}

export const Split = defineTfOp({
  name: 'Split',
  summary: 'Equal parts along an axis',
  operands: ['split_dim', 'value'],
  attributes: { num_split: attr.int(), T: attr.dtype() },
  infer: (op) => partTypes(op, op.operand(1), constantInteger(op.operand(0)), equalSizes(op)),
  fold: (op, [, value]) => {
    if (op.attributes.num_split === 1) return [op.operand(1)];
    const axis = constantInteger(op.operand(0));
    if (!value || axis === undefined) return undefined;
    return split(value, equalSizes(op) as number[], normalAxis(axis, value.rank));
  },
  lower: (op, build) => {
    const [axis, value] = op.operands as [Value, Value];
    return lowerMoved(op, build, {
      definition: tfl.Split,
      operands: [normalizedAxis(build, axis, value), value],
      data: [1],
      options: { num_splits: op.attributes.num_split },
    });
  },
});

function equalSizes(op: OpView): readonly Dim[] {
  const count = Number(op.attributes['num_split']);
  const shape = shapeOf(op.operand(1));
  const axis = constantInteger(op.operand(0));
  const whole = shape === null || axis === undefined ? null : (shape[normalAxis(axis, shape.length)] ?? null);
  if (whole !== null && whole % count !== 0)
    throw new InferenceError(`${whole} does not split into ${count} equal parts`);
  return new Array<Dim>(count).fill(whole === null ? null : whole / count);
}

function normalizedAxis(build: LoweringBuilder, axis: Value, value: Value): Value {
  const [given, rank] = [constantInteger(axis), rankOf(value)];
  return given === undefined || rank === undefined ? int32(build, axis) : build.int(normalAxis(given, rank));
}

export const SplitV = defineTfOp({
  name: 'SplitV',
  summary: 'Parts of stated sizes along an axis',
  operands: ['value', 'size_splits', 'split_dim'],
  attributes: { num_split: attr.int(), T: attr.dtype(), Tlen: attr.dtype('int64') },
  infer: (op) => partTypes(op, op.operand(0), constantInteger(op.operand(2)), statedSizes(op)),
  fold: (op, [value]) => {
    if (op.attributes.num_split === 1) return [op.operand(0)];
    const axis = constantInteger(op.operand(2));
    const sizes = statedSizes(op);
    if (!value || axis === undefined || sizes.includes(null)) return undefined;
    return split(value, sizes as number[], normalAxis(axis, value.rank));
  },
  lower: (op, build) => {
    const [value, given, axis] = op.operands as [Value, Value, Value];
    const sizes = statedSizes(op);
    const definite = sizes.includes(null) ? int32(build, given) : build.ints(sizes as number[]);
    return lowerMoved(op, build, {
      definition: tfl.SplitV,
      operands: [value, definite, normalizedAxis(build, axis, value)],
      options: { num_splits: op.attributes.num_split },
    });
  },
});

/** The sizes of a SplitV; of a −1, what the others leave. */
function statedSizes(op: OpView): readonly Dim[] {
  const count = Number(op.attributes['num_split']);
  const sizes = constantIntegers(op.operand(1)) ?? knownIntegers(op.operand(1)) ?? new Array<null>(count).fill(null);
  const shape = shapeOf(op.operand(0));
  const axis = constantInteger(op.operand(2));
  const whole = shape === null || axis === undefined ? null : (shape[normalAxis(axis, shape.length)] ?? null);
  if (sizes.includes(null)) return sizes.map((size) => (size === -1 ? null : size));
  const stated = (sizes as number[]).reduce((sum, size) => sum + Math.max(size, 0), 0);
  if (!sizes.includes(-1)) {
    if (whole !== null && stated !== whole)
      throw new InferenceError(`parts of ${sizes.join(', ')} do not make up ${whole}`);
    return sizes;
  }
  return sizes.map((size) => (size !== -1 ? size : whole === null ? null : whole - stated));
}
