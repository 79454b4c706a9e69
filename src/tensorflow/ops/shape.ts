import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { integers } from '#tensor/kernels/sequence.js';
import { transpose } from '#tensor/kernels/transpose.js';
import { type Dim, formatShape, isStatic, type Shape as TensorShape } from '#tensor/shape.js';
import { elementTypeName } from '#tflite/ops/element-type.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { knownIntegers } from './support/known-integers.js';
import { int32, isConstantShape, lowerMovedValue, reshapeTo } from './support/lower-moved.js';
import {
  constantInteger,
  constantIntegers,
  normalAxis,
  productOf,
  rankOf,
  shapeOf,
  staticShapeOf,
  typeOf,
  unknownDims,
  vectorLength,
} from './support/types.js';

const outType = attr.dtype('int32');

/** The shape of a value at run time, as int32 or int64. */
function lowerShape(build: LoweringBuilder, value: Value, dtype: DType): Value {
  return build.value(tfl.Shape, [value], { out_type: elementTypeName(dtype) });
}

export const Shape = defineTfOp({
  name: 'Shape',
  summary: 'The shape as a vector',
  operands: ['input'],
  attributes: { T: attr.dtype(), out_type: outType },
  infer: (op) => [typeOf(op.attributes.out_type, [rankOf(op.operand(0)) ?? null])],
  fold: (op) => {
    const shape = staticShapeOf(op.operand(0));
    return shape && [integers(op.attributes.out_type as DType, shape)];
  },
  lower: (op, build) => lowerShape(build, op.operand(0), op.attributes.out_type as DType),
});

export const ShapeN = defineTfOp({
  name: 'ShapeN',
  summary: 'The shapes of several tensors',
  operands: ['input*'],
  attributes: { N: attr.int(), T: attr.dtype(), out_type: outType },
  infer: (op) => op.operands.map((value) => typeOf(op.attributes.out_type, [rankOf(value) ?? null])),
  fold: (op) => {
    const shapes = op.operands.map((value) => staticShapeOf(value));
    if (!shapes.every((shape) => shape !== undefined)) return undefined;
    return shapes.map((shape) => integers(op.attributes.out_type as DType, shape));
  },
  lower: (op, build) => op.operands.map((value) => lowerShape(build, value as Value, op.attributes.out_type as DType)),
});

export const Rank = defineTfOp({
  name: 'Rank',
  summary: 'The number of dimensions',
  operands: ['input'],
  attributes: { T: attr.dtype() },
  infer: () => [tensorType('int32', [])],
  fold: (op) => {
    const rank = rankOf(op.operand(0));
    return rank === undefined ? undefined : [integers('int32', [rank], [])];
  },
  lower: (op, build) => build.value(tfl.Rank, [op.operand(0)]),
});

export const Size = defineTfOp({
  name: 'Size',
  summary: 'The number of elements',
  operands: ['input'],
  attributes: { T: attr.dtype(), out_type: outType },
  infer: (op) => [typeOf(op.attributes.out_type, [])],
  fold: (op) => {
    const count = productOf(shapeOf(op.operand(0)) ?? [null]);
    return count === null ? undefined : [integers(op.attributes.out_type as DType, [count], [])];
  },
  lower: (op, build) => {
    const shape = lowerShape(build, op.operand(0), op.attributes.out_type as DType);
    return build.value(tfl.ReduceProd, [shape, build.ints([0])], { keep_dims: false });
  },
});

/** The shape that a Reshape gives: of the target's one -1, what the others leave. */
function reshaped(input: TensorShape, target: readonly Dim[]): TensorShape {
  const count = input === null ? null : productOf(input);
  const shape = target.map((dim) => (dim === null || dim < 0 ? null : dim));
  const free = target.indexOf(-1);
  const open = shape.filter((dim) => dim === null).length;
  const rest = productOf(shape.filter((dim) => dim !== null));
  const misfit = (): InferenceError =>
    new InferenceError(`${count} elements (${formatShape(input)}) do not fit ${formatShape(shape)}`);
  if (count === null || rest === null) return shape;
  if (open === 0 && rest !== count) throw misfit();
  if (open === 1 && rest > 0) {
    if (count % rest !== 0) throw misfit();
    return shape.map((dim) => dim ?? count / rest);
  }
  return free >= 0 && open === 1 && rest === 0 ? shape.with(free, 0) : shape;
}

/** Whether a constant target is the shape that the tensor has already, one dimension perhaps written as -1. */
function keepsShape(shape: TensorShape, target: readonly number[] | undefined): boolean {
  if (shape === null || target?.length !== shape.length) return false;
  const open = target.filter((dim, i) => dim !== shape[i]);
  return open.length === 0 || (open.length === 1 && open[0] === -1 && !target.includes(0));
}

export const Reshape = defineTfOp({
  name: 'Reshape',
  summary: 'The same elements under another shape',
  operands: ['tensor', 'shape'],
  attributes: { T: attr.dtype(), Tshape: outType },
  infer: (op) => {
    const target = knownIntegers(op.operand(1));
    const shape = target ? reshaped(shapeOf(op.operand(0)), target) : unknownDims(vectorLength(op.operand(1)));
    return [typeOf(op.attributes.T, shape)];
  },
  fold: (op, [tensor]) => {
    if (keepsShape(shapeOf(op.operand(0)), constantIntegers(op.operand(1)))) return [op.operand(0)];
    const shape = staticShapeOf(op.result());
    return tensor && shape && constantIntegers(op.operand(1)) ? [tensor.reshape(shape)] : undefined;
  },
  lower: (op, build) => {
    const [tensor, target] = op.operands as [Value, Value];
    const shape = shapeOf(op.result());
    if (shape !== null && isConstantShape(shape)) return reshapeTo(build, tensor, shape);
    return build.value(tfl.Reshape, [tensor, int32(build, target)], {}, [
      tensorType(tensorTypeOf(tensor).dtype, shape),
    ]);
  },
});

/** Dimensions of a Squeeze: those named, or all of size 1. */
function squeezed(shape: readonly Dim[], axes: readonly number[]): TensorShape {
  if (axes.length === 0) return shape.includes(null) ? null : shape.filter((dim) => dim !== 1);
  const gone = new Set(axes.map((axis) => normalAxis(axis, shape.length)));
  for (const axis of gone) {
    const dim = shape[axis] ?? 1;
    if (dim !== 1) throw new InferenceError(`dimension ${axis} of ${formatShape(shape)} is not 1`);
  }
  return shape.filter((_, axis) => !gone.has(axis));
}

export const Squeeze = defineTfOp({
  name: 'Squeeze',
  summary: 'Without dimensions of size 1',
  operands: ['input'],
  attributes: { T: attr.dtype(), squeeze_dims: attr.ints([]) },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    return [typeOf(op.attributes.T, shape && squeezed(shape, op.attributes.squeeze_dims))];
  },
  fold: (op, [input]) => {
    const shape = staticShapeOf(op.result());
    const own = staticShapeOf(op.operand(0));
    if (own && shape && own.length === shape.length) return [op.operand(0)];
    return input && shape && [input.reshape(shape)];
  },
  lower: (op, build) => {
    const shape = shapeOf(op.result());
    if (shape !== null && isConstantShape(shape)) return reshapeTo(build, op.operand(0), shape);
    const axes = op.attributes.squeeze_dims;
    const rank = rankOf(op.operand(0));
    const squeeze_dims = rank === undefined ? axes : axes.map((axis) => normalAxis(axis, rank));
    return build.value(tfl.Squeeze, [op.operand(0)], { squeeze_dims }, [op.result().type]);
  },
});

export const ExpandDims = defineTfOp({
  name: 'ExpandDims',
  summary: 'With a new dimension of size 1',
  operands: ['input', 'dim'],
  attributes: { T: attr.dtype(), Tdim: outType },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    const axis = constantInteger(op.operand(1));
    if (shape === null) return [typeOf(op.attributes.T, null)];
    if (axis === undefined) return [typeOf(op.attributes.T, unknownDims(shape.length + 1))];
    return [typeOf(op.attributes.T, shape.toSpliced(normalAxis(axis, shape.length + 1), 0, 1))];
  },
  fold: (op, [input, axis]) => {
    const shape = staticShapeOf(op.result());
    return input && axis && shape && [input.reshape(shape)];
  },
  lower: (op, build) => {
    const [input, axis] = op.operands as [Value, Value];
    const shape = shapeOf(op.result());
    if (shape !== null && isConstantShape(shape) && build.constantOf(axis)) return reshapeTo(build, input, shape);
    return build.value(tfl.ExpandDims, [input, int32(build, axis)], {}, [op.result().type]);
  },
});

/** Whether the dimensions that are not 1 keep their order: then nothing moves in memory. */
function movesNothing(shape: TensorShape, perm: readonly number[]): boolean {
  const long = perm.filter((axis) => shape?.[axis] !== 1);
  return shape !== null && long.every((axis, i) => i === 0 || (long[i - 1] as number) < axis);
}

export const Transpose = defineTfOp({
  name: 'Transpose',
  summary: 'Dimensions in another order',
  operands: ['x', 'perm'],
  results: ['y'],
  attributes: { T: attr.dtype(), Tperm: outType },
  infer: (op) => {
    const shape = shapeOf(op.operand(0));
    const perm = constantIntegers(op.operand(1));
    if (!perm) return [typeOf(op.attributes.T, unknownDims(shape?.length ?? vectorLength(op.operand(1))))];
    if (shape === null) return [typeOf(op.attributes.T, unknownDims(perm.length))];
    if (perm.length !== shape.length) {
      throw new InferenceError(`${perm.length} positions for the dimensions of ${formatShape(shape)}`);
    }
    return [
      typeOf(
        op.attributes.T,
        perm.map((axis) => shape[normalAxis(axis, perm.length)] ?? null),
      ),
    ];
  },
  fold: (op, [x, perm]) => {
    const axes = perm && constantIntegers(op.operand(1))?.map((axis) => normalAxis(axis, perm.size));
    if (axes?.every((axis, i) => axis === i)) return [op.operand(0)];
    return x && axes && x.dtype !== 'string' && x.dtype !== 'int4' ? [transpose(x, axes)] : undefined;
  },
  lower: (op, build) => {
    const [x, perm] = op.operands as [Value, Value];
    const shape = shapeOf(x);
    const axes = constantIntegers(perm)?.map((axis, _, all) => normalAxis(axis, all.length));
    const target = shapeOf(op.result());
    if (axes && target && isConstantShape(target) && movesNothing(shape, axes)) return reshapeTo(build, x, target);
    const order = axes ? build.ints(axes) : int32(build, perm);
    return lowerMovedValue(op, build, { definition: tfl.Transpose, operands: [x, order] });
  },
});

export const InvertPermutation = defineTfOp({
  name: 'InvertPermutation',
  summary: 'The permutation that undoes another one',
  operands: ['x'],
  results: ['y'],
  attributes: { T: attr.dtype('int32') },
  infer: (op) => [typeOf(op.attributes.T, shapeOf(op.operand(0)))],
  fold: (op, [x]) => {
    const permutation = x && (constantIntegers(op.operand(0)) as number[]);
    if (!x || !permutation) return undefined;
    const inverse = new Array<number>(permutation.length).fill(0);
    permutation.forEach((to, from) => {
      inverse[to] = from;
    });
    return [integers(x.dtype, inverse)];
  },
  lower: (op, build): Lowered => {
    const x = op.operand(0);
    const shape = shapeOf(x);
    const { dtype } = tensorTypeOf(x);
    if (!isStatic(shape) || dtype !== 'int32') {
      return unsupported(
        'the length of the permutation is not known before the model runs',
        'Use a constant permutation.',
      );
    }
    const [length = 0] = shape;
    const places = build.ints(Array.from({ length }, (_, i) => i));
    return build.value(tfl.ScatterNd, [reshapeTo(build, x, [length, 1]), places, build.ints([length])]);
  },
});
