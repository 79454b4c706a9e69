import { InferenceError } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import type { Dim, Shape } from '#tensor/shape.js';
import { compatibleShapes, formatShape, refineShape } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { moved, normalizeAxis, tensorAt } from './infer.js';
import { quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { versionByDtype } from './versions.js';

const sameScale = [{ kind: 'sameScale' }] as const;

export const Concatenation = defineTflOp({
  name: 'concatenation',
  builtin: 'CONCATENATION',
  summary: 'Tensors one behind the other along an axis',
  options: { axis: 0, fused_activation_function: 'NONE' },
  operands: ['values*'],
  infer(op) {
    const types = op.operands.map((_, i) => tensorAt(op, i));
    const first = types[0];
    if (!first) throw new InferenceError('nothing to join');
    const ranked = types.find((type) => type.shape !== null)?.shape;
    if (!ranked) return [tensorType(first.dtype, null)];
    const axis = normalizeAxis(op.attributes.axis, ranked.length);
    let total: Dim = 0;
    let others: Shape = ranked.map(() => null);
    for (const { shape } of types) {
      const size: Dim = shape?.[axis] ?? null;
      total = total === null || size === null ? null : total + size;
      const around = shape === null ? null : shape.map((dim, i) => (i === axis ? null : dim));
      const joined = refineShape(others, around);
      if (!joined)
        throw new InferenceError(`${formatShape(shape)} does not join ${formatShape(others)} on axis ${axis}`);
      others = joined;
    }
    return [tensorType(first.dtype, others?.map((dim, i) => (i === axis ? total : dim)) ?? null)];
  },
  version: versionByDtype({ float16: 6, int4: 5, uint32: 4, int16: 3, int8: 2 }),
  kernels: ['float32', 'float16', 'uint8', 'int4', 'int8', 'int16', 'int32', 'int64', 'uint32', 'bool'],
  quantizedKernels: quantizedTypes,
  quantization: sameScale,
});

/** Types of `count` equal parts along an axis; the axis or sizes may be unknown. */
function parts(op: Parameters<typeof tensorAt>[0], input: number, axisOperand: number, sizes: readonly Dim[] | number) {
  const type = tensorAt(op, input);
  const { shape } = type;
  const count = typeof sizes === 'number' ? sizes : sizes.length;
  const stated = knownIntegers(op.operands[axisOperand])?.[0];
  if (shape === null) return new Array<Type>(count).fill(moved(type, null));
  if (typeof stated !== 'number')
    return new Array<Type>(count).fill(
      moved(
        type,
        shape.map(() => null),
      ),
    );
  const axis = normalizeAxis(stated, shape.length);
  const whole = shape[axis] ?? null;
  return (typeof sizes === 'number' ? equalSizes(whole, sizes) : resolvedSizes(whole, sizes)).map((size) =>
    moved(type, shape.with(axis, size)),
  );
}

function equalSizes(whole: Dim, count: number): Dim[] {
  if (whole !== null && whole % count !== 0) throw new InferenceError(`${whole} does not split into ${count} parts`);
  return new Array<Dim>(count).fill(whole === null ? null : whole / count);
}

/** Sizes with what −1 stands for. */
function resolvedSizes(whole: Dim, sizes: readonly Dim[]): Dim[] {
  if (whole === null || sizes.includes(null)) return sizes.map((size) => (size === -1 ? null : size));
  const known = sizes.reduce<number>((sum, size) => sum + (size === -1 ? 0 : (size as number)), 0);
  const resolved = sizes.map((size) => (size === -1 ? whole - known : size));
  const total = resolved.reduce<number>((sum, size) => sum + (size as number), 0);
  if (total !== whole) throw new InferenceError(`parts of ${resolved.join(', ')} do not make up ${whole}`);
  return resolved;
}

export const Split = defineTflOp({
  name: 'split',
  builtin: 'SPLIT',
  summary: 'Equal parts along an axis',
  options: { num_splits: 1 },
  operands: ['axis', 'value'],
  infer: (op): readonly Type[] => parts(op, 1, 0, op.attributes.num_splits),
  version: versionByDtype({ int16: 4, int32: 3, int8: 2 }, 1),
  kernels: ['float32', 'uint8', 'int8', 'int16', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  mainOperand: 1,
  operandKernels: { 0: ['int32'] },
  quantization: sameScale,
});

export const SplitV = defineTflOp({
  name: 'split_v',
  builtin: 'SPLIT_V',
  summary: 'Parts of stated sizes along an axis',
  options: { num_splits: 1 },
  operands: ['value', 'size_splits', 'axis'],
  infer(op): readonly Type[] {
    const { num_splits } = op.attributes;
    const sizes = knownIntegers(op.operands[1]) ?? new Array<null>(num_splits).fill(null);
    if (sizes.length !== num_splits) throw new InferenceError(`${sizes.length} sizes for ${num_splits} parts`);
    return parts(op, 0, 2, sizes);
  },
  version: versionByDtype({ int8: 2 }),
  kernels: ['float32', 'uint8', 'int8', 'int16', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32', 'int64'], 2: ['int32'] },
  quantization: sameScale,
});

export const Pack = defineTflOp({
  name: 'pack',
  builtin: 'PACK',
  summary: 'Tensors of one shape joined along a new axis',
  options: { values_count: 1, axis: 0 },
  operands: ['values*'],
  infer(op) {
    const { axis, values_count } = op.attributes;
    if (op.operands.length !== values_count) {
      throw new InferenceError(`values_count is ${values_count} for ${op.operands.length} operands`);
    }
    let shape: Shape = null;
    for (const [i] of op.operands.entries()) {
      const next = tensorAt(op, i).shape;
      if (!compatibleShapes(shape, next)) {
        throw new InferenceError(`${formatShape(shape)} and ${formatShape(next)} do not pack`);
      }
      shape = refineShape(shape, next) ?? shape;
    }
    const packed: Shape =
      shape === null ? null : shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, values_count);
    return [tensorType(tensorAt(op, 0).dtype, packed)];
  },
  version: versionByDtype({ int8: 2, int16: 3, uint32: 4 }),
  kernels: ['float32', 'uint8', 'int8', 'int16', 'int32', 'int64', 'uint32'],
  quantizedKernels: quantizedTypes,
  quantization: sameScale,
});

export const Unpack = defineTflOp({
  name: 'unpack',
  builtin: 'UNPACK',
  summary: 'The slices along an axis, without that axis',
  options: { num: 1, axis: 0 },
  operands: ['value'],
  infer(op): readonly Type[] {
    const input = tensorAt(op, 0);
    const { num, axis } = op.attributes;
    const { shape } = input;
    if (shape === null) return new Array<Type>(num).fill(moved(input, null));
    const at = normalizeAxis(axis, shape.length);
    const size = shape[at] ?? null;
    if (size !== null && size !== num) throw new InferenceError(`axis ${axis} has ${size} slices, not ${num}`);
    return new Array<Type>(num).fill(moved(input, shape.toSpliced(at, 1)));
  },
  version: versionByDtype({ int8: 2, uint8: 2, bool: 3, int16: 4, float16: 5, bfloat16: 5 }),
  kernels: ['float32', 'float16', 'bfloat16', 'int32', 'uint8', 'int8', 'int16', 'bool'],
  quantizedKernels: quantizedTypes,
  quantization: sameScale,
});
