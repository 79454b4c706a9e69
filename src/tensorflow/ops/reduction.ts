import { attr } from '#ir/attribute.js';
import { InferenceError, type Op, type Value } from '#ir/graph.js';
import { type Type, tensorType, unknownType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { argExtreme, cumulate, type Reduction, reduce } from '#tensor/kernels/reduce.js';
import type { Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { elementTypeName } from '#tflite/ops/element-type.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { scalar } from './support/elementwise-rows.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { asInt32, reshapeTo, type Target } from './support/lower-shape.js';
import { likeFirst } from './support/operands.js';
import { constantIntegers, dtypeOf, normalAxis, numbersIn, rankOf, shapeOf } from './support/types.js';

/** The axes as indices from the front. Throws an InferenceError where there is no such axis, or one is named twice. */
function wrapAxes(axes: readonly number[], rank: number): number[] {
  const wrapped = axes.map((axis) => normalAxis(axis, rank));
  if (new Set(wrapped).size !== wrapped.length)
    throw new InferenceError(`an axis is named twice in [${axes.join(', ')}]`);
  return wrapped;
}

function reducedShape(shape: Shape, axes: readonly number[] | undefined, keepDims: boolean): Shape {
  if (shape === null) return null;
  if (!axes) return keepDims ? shape.map(() => null) : null;
  const wrapped = wrapAxes(axes, shape.length);
  return keepDims
    ? shape.map((dim, axis) => (wrapped.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !wrapped.includes(axis));
}

interface ReductionRow {
  readonly summary: string;
  readonly reduction: Reduction;
  readonly builtin: typeof tfl.Sum;
  /** Element types that the kernel takes without quantization. */
  readonly dtypes: readonly DType[];
}

function defineReduction(name: string, { summary, reduction, builtin, dtypes }: ReductionRow) {
  return defineTfOp({
    name,
    summary,
    operands: ['input', 'reduction_indices'],
    attributes: { keep_dims: attr.bool(false) },
    infer: (op): readonly Type[] => {
      const dtype = dtypeOf(op.operands[0]);
      if (dtype === undefined) return [unknownType];
      const axes = constantIntegers(op.operands[1]);
      return [tensorType(dtype, reducedShape(shapeOf(op.operands[0]), axes, op.attributes.keep_dims))];
    },
    fold: (op, [input, axes]) => {
      if (!axes) return undefined;
      if (axes.size === 0 || (op.attributes.keep_dims && isSingle(op.operand(0), numbersIn(axes))))
        return [op.operand(0)];
      if (!input) return undefined;
      const result = reduce(input, wrapAxes(numbersIn(axes), input.rank), op.attributes.keep_dims, reduction);
      return result && [result];
    },
    lower: (op, build) => {
      const input = op.operand(0);
      const { dtype } = tensorTypeOf(input);
      const computed = computeType(dtype, dtypes);
      if (computed === undefined) return unsupportedType(dtype, dtypes);
      const axes = constantIntegers(op.operand(1));
      if (axes && !op.attributes.keep_dims && isSingle(input, axes))
        return reshapeTo(build, input, keptDims(input, axes));
      const operands = [cast(build, input, computed), axesOperand(build, input, op.operand(1))];
      return cast(build, build.value(builtin, operands, { keep_dims: op.attributes.keep_dims }), dtype);
    },
  });
}

/** Whether there is one element along the axes, so that reducing over them changes nothing. */
function isSingle(value: Value, axes: readonly number[]): boolean {
  const shape = shapeOf(value);
  return shape !== null && axes.every((axis) => shape.at(axis) === 1);
}

/** The dimensions of a value without these. */
function keptDims(value: Value, axes: readonly number[]): Target[] {
  const rank = rankOf(value) ?? 0;
  const gone = wrapAxes(axes, rank);
  return Array.from({ length: rank }, (_, axis) => ({ of: value, axis })).filter(({ axis }) => !gone.includes(axis));
}

/** The axes as the kernels want them: an int32 vector, counted from the front where that can be told. */
function axesOperand(build: LoweringBuilder, input: Value, axes: Value): Value {
  const known = constantIntegers(axes);
  const rank = rankOf(input);
  if (known) return build.ints(rank === undefined ? known : wrapAxes(known, rank));
  return asInt32(build, axes);
}

// int8, uint8 and int16 are left out where the kernels take them for quantized numbers and rescale them.
const numbers: readonly DType[] = ['float32', 'int32', 'int64'];

export const Sum = defineReduction('Sum', {
  summary: 'Sum over axes',
  reduction: 'sum',
  builtin: tfl.Sum,
  dtypes: numbers,
});
export const Mean = defineReduction('Mean', {
  summary: 'Mean over axes',
  reduction: 'mean',
  builtin: tfl.Mean,
  dtypes: numbers,
});
export const Prod = defineReduction('Prod', {
  summary: 'Product over axes',
  reduction: 'prod',
  builtin: tfl.ReduceProd,
  dtypes: numbers,
});
export const Max = defineReduction('Max', {
  summary: 'Maximum over axes',
  reduction: 'max',
  builtin: tfl.ReduceMax,
  dtypes: [...numbers, 'int8', 'uint8', 'int16'],
});
export const Min = defineReduction('Min', {
  summary: 'Minimum over axes',
  reduction: 'min',
  builtin: tfl.ReduceMin,
  dtypes: [...numbers, 'int8', 'uint8', 'int16'],
});
export const All = defineReduction('All', {
  summary: 'Whether all elements along axes hold',
  reduction: 'all',
  builtin: tfl.ReduceAll,
  dtypes: ['bool'],
});
export const Any = defineReduction('Any', {
  summary: 'Whether any element along axes holds',
  reduction: 'any',
  builtin: tfl.ReduceAny,
  dtypes: ['bool'],
});

const argTypes: readonly DType[] = ['float32', 'int32', 'int8', 'uint8', 'bool'];

function defineArg(name: string, extreme: 'max' | 'min', builtin: typeof tfl.ArgMax) {
  return defineTfOp({
    name,
    summary: `Index of the ${extreme === 'max' ? 'largest' : 'smallest'} element along an axis`,
    operands: ['input', 'dimension'],
    attributes: { output_type: attr.dtype('int64') },
    infer: (op): readonly Type[] => {
      const shape = shapeOf(op.operands[0]);
      const axes = constantIntegers(op.operands[1])?.slice(0, 1);
      const known = reducedShape(shape, axes, false);
      const dims = known ?? (shape === null ? null : new Array<null>(Math.max(shape.length - 1, 0)).fill(null));
      return [tensorType(indexType(op.attributes.output_type), dims)];
    },
    fold: (op, [input, dimension]) => {
      if (!input || !dimension || input.rank === 0) return undefined;
      const axis = normalAxis(numbersIn(dimension)[0] as number, input.rank);
      const result = argExtreme(input, axis, extreme, indexType(op.attributes.output_type));
      return result && [result];
    },
    lower: (op, build) => {
      const input = op.operand(0);
      const { dtype } = tensorTypeOf(input);
      const computed = computeType(dtype, argTypes);
      if (computed === undefined) return unsupportedType(dtype, argTypes);
      const wanted = indexType(op.attributes.output_type);
      const given = wanted === 'int64' ? 'int64' : 'int32';
      const axis = constantIntegers(op.operand(1))?.[0];
      const dimension = axis === undefined ? op.operand(1) : build.int(normalized(axis, rankOf(input)));
      const result = build.value(builtin, [cast(build, input, computed), dimension], {
        output_type: elementTypeName(given),
      });
      return cast(build, result, wanted);
    },
  });
}

function indexType(dtype: string): 'int32' | 'int64' | 'int16' | 'uint16' {
  if (dtype === 'int32' || dtype === 'int64' || dtype === 'int16' || dtype === 'uint16') return dtype;
  throw new InferenceError(`indices cannot be ${dtype}`);
}

function normalized(axis: number, rank: number | undefined): number {
  return rank === undefined ? axis : normalAxis(axis, rank);
}

export const ArgMax = defineArg('ArgMax', 'max', tfl.ArgMax);
export const ArgMin = defineArg('ArgMin', 'min', tfl.ArgMin);

interface ScanAttributes {
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

function defineScan(
  name: string,
  operation: 'sum' | 'prod',
  lower: (op: Pick<Op, 'operand'>, attributes: ScanAttributes, build: LoweringBuilder) => Lowered,
) {
  return defineTfOp({
    name,
    summary: `Running ${operation === 'sum' ? 'sum' : 'product'} along an axis`,
    operands: ['x', 'axis'],
    results: ['out'],
    attributes: { exclusive: attr.bool(false), reverse: attr.bool(false) },
    infer: likeFirst,
    fold: (op, [x, axis]) => {
      if (!x || !axis) return undefined;
      const { exclusive, reverse } = op.attributes;
      const result = cumulate(x, normalAxis(numbersIn(axis)[0] as number, x.rank), operation, exclusive, reverse);
      return result && [result];
    },
    lower: (op, build) => lower(op, op.attributes, build),
  });
}

export const Cumsum = defineScan('Cumsum', 'sum', (op, attributes, build) => {
  const x = op.operand(0);
  const { dtype } = tensorTypeOf(x);
  const computed = computeType(dtype, numbers);
  if (computed === undefined) return unsupportedType(dtype, numbers);
  const known = constantIntegers(op.operand(1))?.[0];
  const axis = known === undefined ? asInt32(build, op.operand(1)) : build.int(normalized(known, rankOf(x)));
  return cast(build, build.value(tfl.Cumsum, [cast(build, x, computed), axis], attributes), dtype);
});

/**
 * TFLite has no running product. It takes log₂ n steps, each of which multiplies by what stands twice as far away as
 * in the step before, with ones beyond the end.
 */
export const Cumprod = defineScan('Cumprod', 'prod', (op, { exclusive, reverse }, build) => {
  const x = op.operand(0);
  const { dtype, shape } = tensorTypeOf(x);
  const wrapped = constantIntegers(op.operand(1))?.[0];
  const axis = wrapped === undefined || shape === null ? undefined : normalAxis(wrapped, shape.length);
  const count = axis === undefined ? undefined : shape?.[axis];
  if (axis === undefined || shape === null || typeof count !== 'number') {
    return unsupported('the length of its axis is not known', 'Give `axis` as a constant, and the axis a static size.');
  }
  const computed = computeType(dtype, numbers);
  if (computed === undefined) return unsupportedType(dtype, numbers);
  const shift = (value: Value, by: number): Value => {
    const edge = shape.map((_, i) => (i === axis ? by : 0));
    const begin = build.ints(reverse ? edge : edge.map(() => 0));
    const size = build.ints(shape.map((_, i) => (i === axis ? count - by : -1)));
    const kept = build.value(tfl.Slice, [value, begin, size]);
    const pads = edge.flatMap((amount) => (reverse ? [0, amount] : [amount, 0]));
    const table = build.constant(Tensor.int32(pads, [shape.length, 2]));
    return build.value(tfl.PadV2, [kept, table, scalar(build, computed, 1)]);
  };
  let result = cast(build, x, computed);
  if (exclusive && count > 0) result = shift(result, 1);
  for (let by = 1; by < count; by *= 2) result = build.value(tfl.Mul, [result, shift(result, by)]);
  return cast(build, result, dtype);
});
