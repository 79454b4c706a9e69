import { type Type, tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import type { Dim, Shape } from '#tensor/shape.js';
import { defineTflOp, type QuantizationConstraint } from '../define-op.js';
import { dtypeOfElementType } from './element-type.js';
import { likeOperand, normalizeAxis, tensorAt } from './infer.js';
import { indexTypes, quantizedBytes, quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { versionByDtype } from './versions.js';

/** `shape` without `axes`, or with 1 in their place. Null where it cannot be told. */
function reducedShape(shape: Shape, axes: readonly Dim[] | undefined, keepDims: boolean): Shape {
  if (shape === null) return null;
  if (!axes || axes.some((axis) => axis === null)) return keepDims ? shape.map(() => null) : null;
  const reduced = new Set(axes.map((axis) => normalizeAxis(axis as number, shape.length)));
  return keepDims ? shape.map((dim, i) => (reduced.has(i) ? 1 : dim)) : shape.filter((_, i) => !reduced.has(i));
}

interface Row {
  readonly summary: string;
  readonly kernels: readonly DType[];
  readonly quantizedKernels?: readonly DType[];
  readonly versions?: Partial<Record<DType, number>>;
  readonly quantization?: readonly QuantizationConstraint[];
}

function reducer(builtin: string, { summary, kernels, quantizedKernels, versions, quantization }: Row) {
  return defineTflOp({
    name: builtin.toLowerCase(),
    builtin,
    summary,
    options: { keep_dims: false },
    operands: ['input', 'axes'],
    infer(op): readonly Type[] {
      const { dtype, shape } = tensorAt(op, 0);
      return [tensorType(dtype, reducedShape(shape, knownIntegers(op.operands[1]), op.attributes.keep_dims))];
    },
    version: versionByDtype(versions ?? {}),
    kernels,
    operandKernels: { 1: ['int32'] },
    ...(quantizedKernels ? { quantizedKernels } : {}),
    ...(quantization ? { quantization } : {}),
  });
}

export const Mean = reducer('MEAN', {
  summary: 'Mean along axes',
  kernels: ['float32', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  versions: { int16: 3, int8: 2 },
});
export const Sum = reducer('SUM', {
  summary: 'Sum along axes',
  kernels: ['float32', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  versions: { int8: 2 },
  quantization: [{ kind: 'sameScale', exceptDtypes: ['uint8', 'int8'] }],
});
export const ReduceProd = reducer('REDUCE_PROD', {
  summary: 'Product along axes',
  kernels: ['float32', 'int32', 'int64', 'uint8', 'int8', 'int16'],
  quantizedKernels: ['int8', 'int16'],
  versions: { int8: 2, int16: 2 },
});
export const ReduceMax = reducer('REDUCE_MAX', {
  summary: 'Maximum along axes',
  kernels: ['float32', 'int32', 'int64', 'uint8', 'int8', 'int16'],
  quantizedKernels: quantizedTypes,
  versions: { int16: 3, int8: 2 },
  quantization: [{ kind: 'sameScale' }],
});
export const ReduceMin = reducer('REDUCE_MIN', {
  summary: 'Minimum along axes',
  kernels: ['float32', 'int32', 'int64', 'uint8', 'int8', 'int16'],
  quantizedKernels: quantizedTypes,
  versions: { int16: 3, int8: 2 },
  quantization: [{ kind: 'sameScale' }],
});
export const ReduceAny = reducer('REDUCE_ANY', { summary: 'Whether any element along axes holds', kernels: ['bool'] });
export const ReduceAll = reducer('REDUCE_ALL', { summary: 'Whether all elements along axes hold', kernels: ['bool'] });

function argExtremum(builtin: string, summary: string) {
  return defineTflOp({
    name: builtin.toLowerCase(),
    builtin,
    summary,
    options: { output_type: 'INT32' },
    operands: ['input', 'dimension'],
    infer(op): readonly Type[] {
      const { shape } = tensorAt(op, 0);
      const dtype = dtypeOfElementType(op.attributes.output_type) ?? 'int32';
      const axis = knownIntegers(op.operands[1])?.slice(0, 1);
      const known = reducedShape(shape, axis, false);
      const unknown = shape === null ? null : new Array<null>(Math.max(shape.length - 1, 0)).fill(null);
      return [tensorType(dtype, known ?? unknown)];
    },
    version: versionByDtype({ bool: 3, int8: 2 }),
    kernels: ['float32', 'uint8', 'int8', 'int32', 'bool'],
    quantizedKernels: quantizedBytes,
    operandKernels: { 1: indexTypes },
  });
}

export const ArgMax = argExtremum('ARG_MAX', 'Index of the greatest element along a dimension');
export const ArgMin = argExtremum('ARG_MIN', 'Index of the least element along a dimension');

export const Cumsum = defineTflOp({
  name: 'cumsum',
  builtin: 'CUMSUM',
  summary: 'Running sum along an axis',
  options: { exclusive: false, reverse: false },
  operands: ['input', 'axis'],
  infer: likeOperand(),
  kernels: ['float32', 'int32', 'int64'],
  operandKernels: { 1: ['int32'] },
});
