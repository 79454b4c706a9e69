import { attr } from '#ir/attribute.js';
import { InferenceError, type Op, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import { isInteger } from '#tensor/dtype.js';
import { matMul } from '#tensor/kernels/matmul.js';
import { zeros } from '#tensor/kernels/sequence.js';
import { transpose } from '#tensor/kernels/transpose.js';
import { broadcastShapes, type Dim, formatShape, isStatic, type Shape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { allKnown } from './support/folding.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { permute, reshapeTo, type Target } from './support/lower-shape.js';
import { dtypeOf, type HasOperands, productOf, rankOf, shapeOf } from './support/types.js';

/** The shape of a product of matrices. Throws an InferenceError where they do not fit. */
function productShape(a: Shape, b: Shape, adjointA: boolean, adjointB: boolean): Shape {
  if (a === null || b === null) return null;
  if (a.length < 2 || b.length < 2) throw new InferenceError('both operands need two dimensions or more');
  const inner = a.at(adjointA ? -2 : -1) as Dim;
  const other = b.at(adjointB ? -1 : -2) as Dim;
  if (inner !== null && other !== null && inner !== other) {
    throw new InferenceError(`${formatShape(a)} and ${formatShape(b)} do not multiply: ${inner} against ${other}`);
  }
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (batch === undefined) {
    throw new InferenceError(`batches of ${formatShape(a)} and ${formatShape(b)} do not broadcast`);
  }
  if (batch === null) return null;
  return [...batch, a.at(adjointA ? -1 : -2) as Dim, b.at(adjointB ? -2 : -1) as Dim];
}

function inferProduct(op: HasOperands, adjointA: boolean, adjointB: boolean): readonly Type[] {
  const dtype = dtypeOf(op.operands[0]);
  if (dtype === undefined) return [unknownType];
  return [tensorType(dtype, productShape(shapeOf(op.operands[0]), shapeOf(op.operands[1]), adjointA, adjointB))];
}

function foldProduct(
  operands: readonly (Tensor | undefined)[],
  adjointA: boolean,
  adjointB: boolean,
): readonly Tensor[] | undefined {
  if (!allKnown(operands)) return undefined;
  const [a, b] = operands as readonly [Tensor, Tensor];
  const result = a.dtype === b.dtype ? matMul(a, b, adjointA, adjointB) : undefined;
  return result && [result];
}

export const MatMul = defineTfOp({
  name: 'MatMul',
  summary: 'Product of two matrices',
  operands: ['a', 'b'],
  results: ['product'],
  attributes: { T: attr.dtype(), transpose_a: attr.bool(false), transpose_b: attr.bool(false) },
  infer: (op) => inferProduct(op, op.attributes.transpose_a, op.attributes.transpose_b),
  fold: (op, operands) => foldProduct(operands, op.attributes.transpose_a, op.attributes.transpose_b),
  lower: (op, build) => lowerProduct(op, build, op.attributes.transpose_a, op.attributes.transpose_b),
});

export const SparseMatMul = defineTfOp({
  name: 'SparseMatMul',
  summary: 'Product of two matrices with many zeros',
  operands: ['a', 'b'],
  results: ['product'],
  attributes: {
    transpose_a: attr.bool(false),
    transpose_b: attr.bool(false),
    Ta: attr.dtype('float32'),
    Tb: attr.dtype('float32'),
  },
  infer: (op) => {
    const { transpose_a, transpose_b } = op.attributes;
    const shape = productShape(shapeOf(op.operand(0)), shapeOf(op.operand(1)), transpose_a, transpose_b);
    return [tensorType('float32', shape)];
  },
  lower: (op, build) => {
    const wide = [op.operand(0), op.operand(1)].map((operand) => cast(build, operand, 'float32'));
    const { transpose_a, transpose_b } = op.attributes;
    return lowerProduct({ operand: (index) => wide[index] as Value }, build, transpose_a, transpose_b);
  },
});

function defineBatchMatMul(name: string, summary: string) {
  return defineTfOp({
    name,
    summary,
    operands: ['x', 'y'],
    attributes: { T: attr.dtype(), adj_x: attr.bool(false), adj_y: attr.bool(false) },
    infer: (op) => inferProduct(op, op.attributes.adj_x, op.attributes.adj_y),
    fold: (op, operands) => foldProduct(operands, op.attributes.adj_x, op.attributes.adj_y),
    lower: (op, build) => lowerProduct(op, build, op.attributes.adj_x, op.attributes.adj_y),
  });
}

export const BatchMatMul = defineBatchMatMul('BatchMatMul', 'Products of matrices');
export const BatchMatMulV2 = defineBatchMatMul('BatchMatMulV2', 'Products of matrices, batches broadcast');

export const BatchMatMulV3 = defineTfOp({
  name: 'BatchMatMulV3',
  summary: 'Products of matrices of two element types, batches broadcast',
  operands: ['x', 'y'],
  attributes: { Tout: attr.dtype(), adj_x: attr.bool(false), adj_y: attr.bool(false) },
  infer: (op) => {
    const { Tout, adj_x, adj_y } = op.attributes;
    const [type] = inferProduct(op, adj_x, adj_y);
    if (Tout === 'resource' || Tout === 'variant') throw new InferenceError(`the result cannot be a ${Tout}`);
    return [tensorType(Tout, type?.kind === 'tensor' ? type.shape : null)];
  },
  fold: (op, operands) => {
    if (operands[0]?.dtype !== op.attributes.Tout) return undefined;
    return foldProduct(operands, op.attributes.adj_x, op.attributes.adj_y);
  },
  lower: (op, build) => {
    if (tensorTypeOf(op.operand(0)).dtype !== op.attributes.Tout) {
      return unsupported(
        `it multiplies ${tensorTypeOf(op.operand(0)).dtype} to ${op.attributes.Tout}`,
        'Cast both operands to float32 first.',
      );
    }
    return lowerProduct(op, build, op.attributes.adj_x, op.attributes.adj_y);
  },
});

/** Says so where the element type of a product has no kernel. */
export function unlessMultipliable(op: Pick<Op, 'operand'>): Unsupported | undefined {
  const { dtype } = tensorTypeOf(op.operand(0));
  if (dtype === 'float32') return undefined;
  return unsupported(
    `TFLite multiplies matrices in float32 only, and these are ${dtype}`,
    'Build the model in float32: for Keras, `keras.config.set_dtype_policy("float32")`.',
  );
}

function lowerProduct(op: Pick<Op, 'operand'>, build: LoweringBuilder, adjointA: boolean, adjointB: boolean): Lowered {
  const [a, b] = [op.operand(0), op.operand(1)];
  if (isInteger(tensorTypeOf(a).dtype)) return multiplyIntegers(build, a, b, adjointA, adjointB);
  const problem = unlessMultipliable(op);
  if (problem) return problem;
  const shape = productShape(tensorTypeOf(a).shape, tensorTypeOf(b).shape, adjointA, adjointB);
  // A product over no elements is 0, and has no kernel.
  if (tensorTypeOf(a).shape?.at(adjointA ? -2 : -1) === 0 && isStatic(shape)) {
    return build.constant(zeros('float32', shape));
  }
  const constant = build.constantOf(b);
  const matrix = constant && !adjointA ? asMatrix(constant, tensorTypeOf(a).shape) : undefined;
  if (matrix) return fullyConnected(build, a, adjointB ? matrix : transpose(matrix, [1, 0]));
  return batchMatMul(build, a, b, adjointA, adjointB);
}

/** The most products of single numbers that a product of integer matrices may write down at once. */
const MAX_PRODUCTS = 2 ** 24;

/** The sums of all products, element by element: float32 would round them. */
function multiplyIntegers(
  build: LoweringBuilder,
  a: Value,
  b: Value,
  adjointA: boolean,
  adjointB: boolean,
): Value | Unsupported {
  const { dtype } = tensorTypeOf(a);
  const carried = computeType(dtype, ['int32', 'int64']);
  if (carried === undefined) return unsupportedType(dtype, ['int32', 'int64', 'float32']);
  const ranks = [rankOf(a), rankOf(b)];
  const shape = productShape(tensorTypeOf(a).shape, tensorTypeOf(b).shape, adjointA, adjointB);
  const inner = tensorTypeOf(a).shape?.at(adjointA ? -2 : -1) ?? 1;
  if (ranks.includes(undefined) || (shape && (productOf([...shape, inner]) ?? 0) > MAX_PRODUCTS)) {
    return unsupported(
      'TFLite multiplies matrices in float32 only, and these integers are too many to be multiplied one by one',
      'Cast the operands to float32 with `tf.cast`, which is exact up to 2²⁴, and the result back.',
    );
  }
  const [left, right] = [
    spread(build, cast(build, a, carried), adjointA, 2),
    spread(build, cast(build, b, carried), adjointB, 0),
  ];
  const products = build.value(tfl.Mul, [left, right]);
  const last = Math.max(...(ranks as number[]));
  return cast(build, build.value(tfl.Sum, [products, build.ints([last - 1])], { keep_dims: false }), dtype);
}

/** A matrix with a dimension of 1 behind its columns (`place` 2) or in front of its rows (0), turned before it is adjoint. */
function spread(build: LoweringBuilder, value: Value, adjoint: boolean, place: 0 | 2): Value {
  const rank = rankOf(value) as number;
  const order = Array.from({ length: rank }, (_, axis) => axis);
  const turned = adjoint ? permute(build, value, [...order.slice(0, -2), rank - 1, rank - 2]) : value;
  const dims: Target[] = order.map((axis) => ({ of: turned, axis }));
  return reshapeTo(build, turned, dims.toSpliced(rank - 2 + place, 0, 1));
}

/** A constant that is one matrix for all batches of the other operand, as such. */
function asMatrix(constant: Tensor, other: Shape): Tensor | undefined {
  const { shape } = constant;
  const isOne = shape.slice(0, -2).every((dim) => dim === 1);
  // Its leading ones may not add dimensions to the result.
  if (!isOne || (shape.length > 2 && (other === null || other.length < shape.length))) return undefined;
  return constant.reshape(shape.slice(-2));
}

/** The product of the last dimension of `input` with constant weights [units, in], in an input of any rank from 2. */
export function fullyConnected(build: LoweringBuilder, input: Value, weights: Tensor): Value {
  const rank = tensorTypeOf(input).shape?.length;
  return build.value(tfl.FullyConnected, [input, build.constant(weights), undefined], { keep_num_dims: rank !== 2 });
}

const MAX_RANK = 5;

/** BATCH_MATMUL, with the batch dimensions merged into one where it has too many of them. */
export function batchMatMul(
  build: LoweringBuilder,
  a: Value,
  b: Value,
  adjointA: boolean,
  adjointB: boolean,
): Value | Unsupported {
  const options = { adj_x: adjointA, adj_y: adjointB };
  const [left, right] = [tensorTypeOf(a).shape, tensorTypeOf(b).shape];
  if (left === null || right === null) {
    return unsupported(
      'the rank of an operand is not known',
      'Give the operands a known rank, for example with `tf.ensure_shape(x, [None, None, 64])`.',
    );
  }
  if (left.length <= MAX_RANK && right.length <= MAX_RANK) return build.value(tfl.BatchMatMul, [a, b], options);
  const batches = left.slice(0, -2);
  const sameBatches = left.length === right.length && batches.every((dim, i) => dim === right[i]) && isStatic(batches);
  if (!sameBatches) {
    return unsupported(
      `BATCH_MATMUL takes at most ${MAX_RANK} dimensions, and these have ${left.length} and ${right.length}`,
      'Merge batch dimensions with `tf.reshape` before the product.',
    );
  }
  const merge = (value: Value, rank: number): Value =>
    reshapeTo(build, value, [
      batches.reduce<number>((count, dim) => count * (dim as number), 1),
      { of: value, axis: rank - 2 },
      { of: value, axis: rank - 1 },
    ]);
  const product = build.value(tfl.BatchMatMul, [merge(a, left.length), merge(b, right.length)], options);
  return reshapeTo(build, product, [...(batches as number[]), { of: product, axis: 1 }, { of: product, axis: 2 }]);
}
