import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { full, integers, zeros } from '#tensor/kernels/sequence.js';
import { broadcastTo, tile } from '#tensor/kernels/strided.js';
import { broadcastShapes, formatShape, isStatic, type Shape, sameShape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { worthFolding } from './support/folding.js';
import { knownIntegers, knownShape } from './support/known-integers.js';
import { cast, runtimeShape, unsupportedType } from './support/lower-elementwise.js';
import { index, int32, lowerMovedValue } from './support/lower-moved.js';
import {
  constantIntegers,
  numbersIn,
  type OpView,
  productOf,
  shapeOf,
  staticShapeOf,
  typeOf,
  unknownDims,
  vectorLength,
} from './support/types.js';

const indexType = attr.dtype('int32');

/** The shape that an integer vector operand states. */
function statedShape(value: Value): Shape {
  return knownShape(value) ?? unknownDims(vectorLength(value));
}

export const BroadcastTo = defineTfOp({
  name: 'BroadcastTo',
  summary: 'Repeated to a shape by NumPy broadcasting',
  operands: ['input', 'shape'],
  attributes: { T: attr.dtype(), Tidx: indexType },
  infer: (op) => {
    const input = shapeOf(op.operand(0));
    const target = statedShape(op.operand(1));
    if (input !== null && isStatic(target) && !sameShape(broadcastShapes(input, target) ?? null, target)) {
      throw new InferenceError(`${formatShape(input)} does not broadcast to ${formatShape(target)}`);
    }
    return [typeOf(op.attributes.T, target)];
  },
  fold: (op, [input]) => {
    const shape = staticShapeOf(op.result());
    if (shape && sameShape(shapeOf(op.operand(0)), shape)) return [op.operand(0)];
    if (!input || !shape || !worthFolding(input.dtype, shape, [input])) return undefined;
    return [broadcastTo(input, shape)];
  },
  lower: (op, build) => {
    const [input, target] = op.operands as [Value, Value];
    const shape = shapeOf(op.result());
    const stated = isStatic(shape) ? build.ints(shape) : index(build, target);
    return lowerMovedValue(op, build, { definition: tfl.BroadcastTo, operands: [input, stated] });
  },
});

export const BroadcastArgs = defineTfOp({
  name: 'BroadcastArgs',
  summary: 'The shape to which two shapes broadcast',
  operands: ['s0', 's1'],
  results: ['r0'],
  attributes: { T: indexType },
  infer: (op) => {
    const lengths = op.operands.map((value) => vectorLength(value));
    const known = lengths.every((length) => length !== undefined);
    return [typeOf(op.attributes.T, [known ? Math.max(...(lengths as number[])) : null])];
  },
  fold: (op, [a, b]) => {
    const shape = a && b && broadcastShapes(numbersIn(a), numbersIn(b));
    return isStatic(shape ?? null) ? [integers(op.attributes.T as DType, shape as number[])] : undefined;
  },
  lower: (op, build) => build.value(tfl.BroadcastArgs, op.operands),
});

export const BroadcastGradientArgs = defineTfOp({
  name: 'BroadcastGradientArgs',
  summary: 'The axes along which two shapes are broadcast',
  operands: ['s0', 's1'],
  results: ['r0', 'r1'],
  attributes: { T: indexType },
  infer: (op) => [typeOf(op.attributes.T, [null]), typeOf(op.attributes.T, [null])],
  fold: (op, operands) => {
    const [a, b] = operands.map((tensor) => tensor && numbersIn(tensor));
    if (!a || !b) return undefined;
    const rank = Math.max(a.length, b.length);
    const [x, y] = [a, b].map((shape) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
    const axes = (shape: number[] | undefined): Tensor => {
      // Where both are 1 the gradient is summed along either, at no cost.
      const found = Array.from({ length: rank }, (_, i) => i).filter(
        (i) => shape?.[i] === 1 && !(x?.[i] === 1 && y?.[i] === 1 && sameShape(a, b)),
      );
      return integers(op.attributes.T as DType, found);
    };
    return [axes(x), axes(y)];
  },
  lower: (op, build) => {
    const shapes = op.operands.map((shape) => int32(build, shape as Value));
    const [x, y] = aligned(build, shapes) as [Value, Value];
    const { dtype } = tensorTypeOf(op.result(0));
    const differ = build.value(tfl.LogicalNot, [areEqual(build, shapes, [x, y])]);
    return [x, y].map((shape) => {
      const ones = build.value(tfl.Equal, [shape, build.int(1)]);
      const places = build.value(tfl.Where, [build.value(tfl.LogicalAnd, [ones, differ])]);
      const axes = build.value(tfl.Reshape, [places, build.ints([-1])], {}, [tensorType('int64', [null])]);
      return cast(build, axes, dtype);
    });
  },
});

/** Whether two shapes are the same: nothing is summed then, not even along dimensions of 1. */
function areEqual(build: LoweringBuilder, shapes: readonly Value[], full: readonly Value[]): Value {
  const allOf = (flags: Value): Value => build.value(tfl.ReduceAll, [flags, build.ints([0])], { keep_dims: false });
  const sizes = allOf(build.value(tfl.Equal, full));
  const [x, y] = shapes.map((shape) => vectorLength(shape));
  if (x !== undefined && y !== undefined) {
    return x === y ? sizes : build.constant(Tensor.from('bool', [], Uint8Array.of(0)));
  }
  const ranks = build.value(
    tfl.Equal,
    shapes.map((shape) => runtimeShape(build, shape)),
  );
  return build.value(tfl.LogicalAnd, [sizes, allOf(ranks)]);
}

/** Shapes with ones in front, so that all have as many dimensions as the longest one. */
function aligned(build: LoweringBuilder, shapes: readonly Value[]): readonly Value[] {
  const ranks = shapes.map((shape) => vectorLength(shape));
  if (ranks.every((rank) => rank !== undefined && rank === ranks[0])) return shapes;
  const lengths = shapes.map((shape) => runtimeShape(build, shape));
  const longest = lengths.reduce((a, b) => build.value(tfl.Maximum, [a, b]));
  return shapes.map((shape, i) => {
    const missing = build.value(tfl.Sub, [longest, lengths[i] as Value]);
    const ones = build.value(tfl.Fill, [missing, build.int(1)]);
    return build.value(tfl.Concatenation, [ones, shape], { axis: 0 });
  });
}

export const Tile = defineTfOp({
  name: 'Tile',
  summary: 'Repeated along each dimension',
  operands: ['input', 'multiples'],
  attributes: { T: attr.dtype(), Tmultiples: indexType },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    const multiples = knownIntegers(op.operand(1));
    if (shape === null) return [typeOf(op.attributes.T, unknownDims(vectorLength(op.operand(1))))];
    return [
      typeOf(
        op.attributes.T,
        shape.map((dim, i) => productOf([dim, multiples?.[i] ?? null])),
      ),
    ];
  },
  fold: (op, [input]) => {
    const multiples = constantIntegers(op.operand(1));
    if (multiples?.every((count) => count === 1)) return [op.operand(0)];
    const shape = staticShapeOf(op.result());
    if (!input || !multiples || !shape || !worthFolding(input.dtype, shape, [input])) return undefined;
    return [tile(input, multiples)];
  },
  lower: (op, build) => {
    const [input, multiples] = op.operands as [Value, Value];
    return lowerMovedValue(op, build, {
      definition: tfl.Tile,
      operands: [input, index(build, multiples)],
    });
  },
});

export const Fill = defineTfOp({
  name: 'Fill',
  summary: 'A shape filled with one scalar',
  operands: ['dims', 'value'],
  attributes: { T: attr.dtype(), index_type: indexType },
  infer: (op) => [typeOf(op.attributes.T, statedShape(op.operand(0)))],
  fold: (op, [dims, value]) => {
    const shape = dims && numbersIn(dims);
    return shape && value && worthFolding(op.attributes.T as DType, shape, [value]) ? [full(shape, value)] : undefined;
  },
  lower: (op, build) => {
    const [dims, value] = op.operands as [Value, Value];
    return lowerMovedValue(op, build, {
      definition: tfl.Fill,
      operands: [index(build, dims), value],
      data: [1],
    });
  },
});

/** A constant of one element, in the dtypes that FILL takes; undefined for others. */
function element(dtype: DType, value: 0 | 1): Tensor | undefined {
  if (dtype === 'string') return value === 0 ? zeros('string', []) : undefined;
  if (dtype === 'int4' || dtype.startsWith('complex')) return undefined;
  return integers(dtype, [value], []);
}

function filledLike(name: string, value: 0 | 1, summary: string) {
  return defineTfOp({
    name,
    summary,
    operands: ['x'],
    results: ['y'],
    attributes: { T: attr.dtype() },
    infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
    fold: (op) => {
      const shape = staticShapeOf(op.operand(0));
      if (op.attributes.T === 'resource' || op.attributes.T === 'variant') return undefined;
      const one = element(op.attributes.T, value);
      return shape && one && worthFolding(op.attributes.T, shape, [one]) ? [full(shape, one)] : undefined;
    },
    lower: (op, build) => lowerFilledLike(op, build, value),
  });
}

function lowerFilledLike(op: OpView, build: LoweringBuilder, value: 0 | 1): Lowered {
  const x = op.operand(0);
  const { dtype } = tensorTypeOf(x);
  if (value === 0 && tfl.ZerosLike.kernels.includes(dtype)) return build.value(tfl.ZerosLike, [x]);
  const one = element(dtype, value);
  if (one === undefined) return unsupportedType(dtype, tfl.Fill.kernels);
  const operands = [runtimeShape(build, x), build.constant(one)];
  return lowerMovedValue(op, build, { definition: tfl.Fill, operands, data: [1] });
}

export const ZerosLike = filledLike('ZerosLike', 0, 'Zeros of the same shape');
export const OnesLike = filledLike('OnesLike', 1, 'Ones of the same shape');

export const Empty = defineTfOp({
  name: 'Empty',
  summary: 'A tensor of a shape whose elements are not stated: zeros here',
  operands: ['shape'],
  attributes: { dtype: attr.dtype(), init: attr.bool(false) },
  infer: (op) => [typeOf(op.attributes.dtype, statedShape(op.operand(0)))],
  fold: (op, [shape]) => {
    const { dtype } = op.attributes;
    const dims = shape && numbersIn(shape);
    if (!dims || dtype === 'resource' || dtype === 'variant' || !worthFolding(dtype, dims, [])) return undefined;
    return [zeros(dtype, dims)];
  },
  lower: (op, build) => {
    const { dtype } = op.attributes;
    const zero = dtype === 'resource' || dtype === 'variant' ? undefined : element(dtype, 0);
    if (zero === undefined) return unsupported(`TFLite fills no tensor of ${dtype}`, 'Use `tf.zeros` of float32.');
    const operands = [index(build, op.operand(0)), build.constant(zero)];
    return lowerMovedValue(op, build, { definition: tfl.Fill, operands, data: [1] });
  },
});
