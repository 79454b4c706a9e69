import { attr } from '#ir/attribute.js';
import { InferenceError, type Op, type Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import type { Dim, Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import {
  type Band,
  bandLimits,
  longestDiagonal,
  matrixSize,
  placesInDiagonals,
  placesInMatrix,
} from './linalg-diagonals.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { reshapeTo, type Target } from './support/lower-shape.js';
import { withShape } from './support/operands.js';
import { constantIntegers, shapeOf } from './support/types.js';

const matrixTypes: readonly DType[] = ['float32', 'int32', 'int64', 'int16', 'int8', 'uint8'];
/** GATHER, CONCATENATION and PADV2 all take these as they are. */
const gatherTypes: readonly DType[] = ['float32', 'int32', 'int64', 'bool'];

type Operands = Pick<Op, 'operand' | 'operands'>;

/** `leading` dimensions of a value, for a reshape. */
function batch(of: Value, behind: number): Target[] {
  const rank = tensorTypeOf(of).shape?.length ?? 0;
  return Array.from({ length: rank - behind }, (_, axis) => ({ of, axis }));
}

function unlessStatic(): Lowered {
  return unsupported(
    'its diagonals or its sizes are not known',
    'Give `k`, `num_rows` and `num_cols` as constants, and the operand static last dimensions.',
  );
}

/** Elements of the last axis in a new order and shape; −1 takes `padding`, which then stands behind them. */
function pick(
  build: LoweringBuilder,
  value: Value,
  places: readonly number[],
  shape: readonly number[],
  padding: Value,
) {
  const count = tensorTypeOf(value).shape?.at(-1) as number;
  const rank = tensorTypeOf(value).shape?.length as number;
  const padded = places.includes(-1);
  const table = build.constant(Tensor.int32([...new Array<number>(2 * rank - 1).fill(0), 1], [rank, 2]));
  const source = padded ? build.value(tfl.PadV2, [value, table, padding]) : value;
  const indices = places.map((place) => (place < 0 ? count : place));
  return build.value(tfl.Gather, [source, build.constant(Tensor.int32(indices, shape))], { axis: rank - 1 });
}

// --- a diagonal into a matrix of zeros --------------------------------------------------------------------------------

interface DiagPlan {
  readonly band: Band;
  readonly longest: number;
  readonly diagonals: number;
}

function diagPlan(op: Operands, align: string): DiagPlan | undefined {
  const shape = shapeOf(op.operands[0]);
  const k = constantIntegers(op.operands[1]);
  const rows = constantIntegers(op.operands[2])?.[0];
  const columns = constantIntegers(op.operands[3])?.[0];
  const longest = shape?.at(-1);
  if (!k || rows === undefined || columns === undefined || typeof longest !== 'number') return undefined;
  const [low, high] = bandLimits(k);
  const [height, width] = matrixSize(low, high, longest, rows, columns);
  return { band: { low, high, rows: height, columns: width, align }, longest, diagonals: high - low + 1 };
}

function inferDiag(op: Operands, align: string): Shape {
  const shape = shapeOf(op.operands[0]);
  const k = constantIntegers(op.operands[1]);
  if (shape === null || !k) return null;
  const [low, high] = bandLimits(k);
  const leading = shape.slice(0, low === high ? -1 : -2);
  const plan = diagPlan(op, align);
  return [...leading, plan?.band.rows ?? null, plan?.band.columns ?? null];
}

function lowerDiag(op: Operands, build: LoweringBuilder, align: string): Lowered {
  const diagonal = op.operand(0);
  const padding = build.constantOf(op.operand(4));
  const k = constantIntegers(op.operand(1));
  const last = shapeOf(diagonal)?.at(-1);
  const isSquare = [2, 3].every((i) => {
    const size = constantIntegers(op.operand(i))?.[0];
    return size === -1 || (size !== undefined && size === last);
  });
  const isZero = padding?.bytes.every((byte) => byte === 0);
  if (k?.length === 1 && k[0] === 0 && isSquare && isZero) return mainDiagonal(diagonal, build);
  const plan = diagPlan(op, align);
  if (!plan) return unlessStatic();
  const { dtype } = tensorTypeOf(diagonal);
  const computed = computeType(dtype, gatherTypes);
  if (computed === undefined) return unsupportedType(dtype, gatherTypes);
  const { band, longest, diagonals } = plan;
  const behind = diagonals === 1 ? 1 : 2;
  const wide = cast(build, diagonal, computed);
  const flat = behind === 1 ? wide : reshapeTo(build, wide, [...batch(wide, 2), diagonals * longest]);
  const fill = cast(build, op.operand(4), computed);
  const result = pick(build, flat, placesInDiagonals(band, longest), [band.rows, band.columns], fill);
  return cast(build, result, dtype);
}

function mainDiagonal(diagonal: Value, build: LoweringBuilder): Lowered {
  const { dtype } = tensorTypeOf(diagonal);
  const computed = computeType(dtype, matrixTypes);
  if (computed === undefined) return unsupportedType(dtype, matrixTypes);
  return cast(build, build.value(tfl.MatrixDiag, [cast(build, diagonal, computed)]), dtype);
}

export const MatrixDiag = defineTfOp({
  name: 'MatrixDiag',
  summary: 'Matrices with given diagonals, zero elsewhere',
  operands: ['diagonal'],
  infer: (op) => {
    const shape = shapeOf(op.operands[0]);
    return [withShape(op, 0, shape && [...shape, shape.at(-1) as Dim])];
  },
  lower: (op, build) => mainDiagonal(op.operand(0), build),
});

const diagOperands = ['diagonal', 'k', 'num_rows', 'num_cols', 'padding_value'];

export const MatrixDiagV2 = defineTfOp({
  name: 'MatrixDiagV2',
  summary: 'Matrices with a band of given diagonals',
  operands: diagOperands,
  infer: (op) => [withShape(op, 0, inferDiag(op, 'LEFT_LEFT'))],
  lower: (op, build) => lowerDiag(op, build, 'LEFT_LEFT'),
});

export const MatrixDiagV3 = defineTfOp({
  name: 'MatrixDiagV3',
  summary: 'Matrices with a band of given diagonals',
  operands: diagOperands,
  attributes: { align: attr.string('RIGHT_LEFT') },
  infer: (op) => [withShape(op, 0, inferDiag(op, op.attributes.align))],
  lower: (op, build) => lowerDiag(op, build, op.attributes.align),
});

// --- diagonals of a matrix --------------------------------------------------------------------------------------------

function bandOf(op: Operands, k: readonly number[] | undefined, align: string): Band | undefined {
  const shape = shapeOf(op.operands[0]);
  if (shape !== null && shape.length < 2)
    throw new InferenceError(`a matrix is expected, not ${shape.length} dimensions`);
  const [rows, columns] = shape?.slice(-2) ?? [];
  if (!k || typeof rows !== 'number' || typeof columns !== 'number') return undefined;
  const [low, high] = bandLimits(k);
  return { low, high, rows, columns, align };
}

function inferPart(op: Operands, k: readonly number[] | undefined, align: string): Shape {
  const shape = shapeOf(op.operands[0]);
  if (shape === null || !k) return null;
  const [low, high] = bandLimits(k);
  const band = bandOf(op, k, align);
  return [...shape.slice(0, -2), ...(low === high ? [] : [high - low + 1]), band ? longestDiagonal(band) : null];
}

function lowerPart(
  op: Operands,
  build: LoweringBuilder,
  k: readonly number[] | undefined,
  align: string,
  padding: Value | undefined,
): Lowered {
  const band = bandOf(op, k, align);
  if (!band) return unlessStatic();
  const input = op.operand(0);
  const { dtype } = tensorTypeOf(input);
  const computed = computeType(dtype, gatherTypes);
  if (computed === undefined) return unsupportedType(dtype, gatherTypes);
  const wide = cast(build, input, computed);
  const flat = reshapeTo(build, wide, [...batch(wide, 2), band.rows * band.columns]);
  const longest = longestDiagonal(band);
  const shape = band.low === band.high ? [longest] : [band.high - band.low + 1, longest];
  const fill = padding ? cast(build, padding, computed) : wide;
  return cast(build, pick(build, flat, placesInMatrix(band), shape, fill), dtype);
}

export const MatrixDiagPart = defineTfOp({
  name: 'MatrixDiagPart',
  summary: 'Main diagonals of matrices',
  operands: ['input'],
  results: ['diagonal'],
  infer: (op) => [withShape(op, 0, inferPart(op, [0], 'LEFT_LEFT'))],
  lower: (op, build) => lowerPart(op, build, [0], 'LEFT_LEFT', undefined),
});

export const MatrixDiagPartV2 = defineTfOp({
  name: 'MatrixDiagPartV2',
  summary: 'A band of diagonals of matrices',
  operands: ['input', 'k', 'padding_value'],
  results: ['diagonal'],
  infer: (op) => [withShape(op, 0, inferPart(op, constantIntegers(op.operands[1]), 'LEFT_LEFT'))],
  lower: (op, build) => lowerPart(op, build, constantIntegers(op.operand(1)), 'LEFT_LEFT', op.operand(2)),
});

export const MatrixDiagPartV3 = defineTfOp({
  name: 'MatrixDiagPartV3',
  summary: 'A band of diagonals of matrices',
  operands: ['input', 'k', 'padding_value'],
  results: ['diagonal'],
  attributes: { align: attr.string('RIGHT_LEFT') },
  infer: (op) => [withShape(op, 0, inferPart(op, constantIntegers(op.operands[1]), op.attributes.align))],
  lower: (op, build) => lowerPart(op, build, constantIntegers(op.operand(1)), op.attributes.align, op.operand(2)),
});

// --- diagonals replaced -----------------------------------------------------------------------------------------------

function lowerSetDiag(op: Operands, build: LoweringBuilder, k: readonly number[] | undefined, align: string): Lowered {
  const [input, diagonal] = [op.operand(0), op.operand(1)];
  const { dtype } = tensorTypeOf(input);
  const types = k?.length === 1 && k[0] === 0 ? matrixTypes : gatherTypes;
  const computed = computeType(dtype, types);
  if (computed === undefined) return unsupportedType(dtype, types);
  const [matrix, replacement] = [cast(build, input, computed), cast(build, diagonal, computed)];
  if (types === matrixTypes) return cast(build, build.value(tfl.MatrixSetDiag, [matrix, replacement]), dtype);
  const band = bandOf(op, k, align);
  const shape = shapeOf(matrix);
  const longest = band && longestDiagonal(band);
  if (!band || shape === null || longest === undefined) return unlessStatic();
  const { rows, columns, low, high } = band;
  const diagonals = high - low + 1;
  // Both stand behind each other, and every element of the result is taken from one of them.
  const behind = (shapeOf(replacement)?.length ?? 0) - (shape.length - 2);
  const old = reshapeTo(build, matrix, [...batch(matrix, 2), rows * columns]);
  const fresh = reshapeTo(build, replacement, [...batch(replacement, behind), diagonals * longest]);
  const both = build.value(tfl.Concatenation, [old, fresh], { axis: shape.length - 2 });
  const places = placesInDiagonals(band, longest).map((place, at) => (place < 0 ? at : rows * columns + place));
  const indices = build.constant(Tensor.int32(places, [rows, columns]));
  return cast(build, build.value(tfl.Gather, [both, indices], { axis: shape.length - 2 }), dtype);
}

const setDiag = { results: ['output'], infer: (op: Operands) => [withShape(op, 0, shapeOf(op.operands[0]))] };

export const MatrixSetDiag = defineTfOp({
  name: 'MatrixSetDiag',
  summary: 'Matrices with their main diagonals replaced',
  operands: ['input', 'diagonal'],
  ...setDiag,
  lower: (op, build) => lowerSetDiag(op, build, [0], 'LEFT_LEFT'),
});

export const MatrixSetDiagV2 = defineTfOp({
  name: 'MatrixSetDiagV2',
  summary: 'Matrices with a band of diagonals replaced',
  operands: ['input', 'diagonal', 'k'],
  ...setDiag,
  lower: (op, build) => lowerSetDiag(op, build, constantIntegers(op.operand(2)), 'LEFT_LEFT'),
});

export const MatrixSetDiagV3 = defineTfOp({
  name: 'MatrixSetDiagV3',
  summary: 'Matrices with a band of diagonals replaced',
  operands: ['input', 'diagonal', 'k'],
  attributes: { align: attr.string('RIGHT_LEFT') },
  ...setDiag,
  lower: (op, build) => lowerSetDiag(op, build, constantIntegers(op.operand(2)), op.attributes.align),
});
