import type { Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import { zeros } from '#tensor/kernels/sequence.js';
import { elementCount } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { reshapeTo } from './support/lower-shape.js';
import { withShape } from './support/operands.js';
import { constantIntegers, shapeOf } from './support/types.js';

/** What SELECT_V2 takes as it is. */
const selectTypes: readonly DType[] = ['float32', 'int32', 'int64', 'bool', 'uint8', 'int8', 'int16'];

/** Elements that `MatrixBandPart` keeps are known for matrices up to this size; larger ones compare indices. */
const LARGEST_MASK = 1 << 14;

export const MatrixBandPart = defineTfOp({
  name: 'MatrixBandPart',
  summary: 'Matrices with all but a band around the main diagonal set to 0',
  operands: ['input', 'num_lower', 'num_upper'],
  results: ['band'],
  infer: (op) => [withShape(op, 0, shapeOf(op.operands[0]))],
  lower: (op, build) => {
    const input = op.operand(0);
    const { dtype, shape } = tensorTypeOf(input);
    const computed = computeType(dtype, selectTypes);
    if (computed === undefined) return unsupportedType(dtype, selectTypes);
    const [rows = null, columns = null] = shape?.slice(-2) ?? [];
    const [lower] = constantIntegers(op.operand(1)) ?? [];
    const [upper] = constantIntegers(op.operand(2)) ?? [];
    const wide = cast(build, input, computed);
    const zero = build.constant(zeros(computed, []));
    const isKnown = lower !== undefined && upper !== undefined && rows !== null && columns !== null;
    const keep =
      isKnown && elementCount([rows, columns]) <= LARGEST_MASK
        ? build.constant(bandMask(rows, columns, lower, upper))
        : computedMask(build, wide, op.operand(1), op.operand(2));
    return cast(build, build.value(tfl.SelectV2, [keep, wide, zero]), dtype);
  },
});

function bandMask(rows: number, columns: number, lower: number, upper: number): Tensor {
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const keeps = (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper);
      mask[row * columns + column] = Number(keeps);
    }
  }
  return Tensor.from('bool', [rows, columns], mask);
}

/** The same from indices that are compared at run time. */
function computedMask(build: LoweringBuilder, matrix: Value, lower: Value, upper: Value): Value {
  const [rows, columns] = [indices(build, matrix, -2), indices(build, matrix, -1)];
  const known = build.constantOf(rows);
  const row = known
    ? build.constant(known.reshape([known.size, 1]))
    : reshapeTo(build, rows, [{ of: rows, axis: 0 }, 1]);
  const below = build.value(tfl.Sub, [row, columns]);
  const above = build.value(tfl.Sub, [columns, row]);
  return build.value(tfl.LogicalAnd, [within(build, below, lower), within(build, above, upper)]);
}

/** 0, 1 … along an axis, counted from the end: int32. */
function indices(build: LoweringBuilder, of: Value, axis: -1 | -2): Value {
  const size = tensorTypeOf(of).shape?.at(axis);
  if (typeof size === 'number') return build.ints(Array.from({ length: size }, (_, i) => i));
  const whole = build.value(tfl.Shape, [of], { out_type: 'INT32' });
  const bounds = [build.ints([axis]), build.ints([0]), build.ints([1])];
  const end = build.value(tfl.StridedSlice, [whole, ...bounds], { shrink_axis_mask: 1 });
  return build.value(tfl.Range, [build.int(0), end, build.int(1)]);
}

/** Whether distances are at most `limit`, where a negative one is none. */
function within(build: LoweringBuilder, distance: Value, limit: Value): Value {
  const [known] = constantIntegers(limit) ?? [];
  if (known !== undefined) {
    return build.value(tfl.LessEqual, [distance, build.int(known < 0 ? 2 ** 31 - 1 : known)]);
  }
  const given = cast(build, limit, 'int32');
  const open = build.value(tfl.Less, [given, build.int(0)]);
  return build.value(tfl.LessEqual, [distance, build.value(tfl.SelectV2, [open, build.int(2 ** 31 - 1), given])]);
}
