import { InferenceError } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import { formatShape } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { broadcastOperands, dtypeAt, moved, normalizeAxis, tensorAt } from './infer.js';
import { indexTypes, plainTypes, quantizedBytes, quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { stridedShape } from './strided-shape.js';
import { rankAt, versionByDtype } from './versions.js';

const sameScale = [{ kind: 'sameScale' }] as const;

export const Gather = defineTflOp({
  name: 'gather',
  builtin: 'GATHER',
  summary: 'Slices of the input along an axis, at the given indices',
  options: { axis: 0, batch_dims: 0 },
  operands: ['input', 'indices'],
  infer(op) {
    const input = tensorAt(op, 0);
    const indices = tensorAt(op, 1).shape;
    if (input.shape === null || indices === null) return [moved(input, null)];
    const axis = normalizeAxis(op.attributes.axis, input.shape.length);
    const batch = normalizeAxis(op.attributes.batch_dims, indices.length + 1);
    return [moved(input, [...input.shape.slice(0, axis), ...indices.slice(batch), ...input.shape.slice(axis + 1)])];
  },
  kernelLimit: (op) =>
    dtypeAt(op, 0) === 'string' && rankAt(op, 0) > 1 ? 'it takes strings of one dimension only' : undefined,
  version(op) {
    const dtype = dtypeAt(op, 0);
    if (dtype === 'int4') return 7;
    if (dtypeAt(op, 1) === 'int16') return 6;
    if (op.attributes.batch_dims !== 0) return 5;
    return versionByDtype({ int16: 4, bool: 3, int8: 2 })(op);
  },
  kernels: ['float32', 'float16', 'uint8', 'int4', 'int8', 'int16', 'int32', 'int64', 'bool', 'string'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int16', ...indexTypes] },
  quantization: sameScale,
});

export const GatherNd = defineTflOp({
  name: 'gather_nd',
  builtin: 'GATHER_ND',
  summary: 'Slices of the input at the indices in the last dimension of `indices`',
  options: {},
  operands: ['params', 'indices'],
  infer(op) {
    const input = tensorAt(op, 0);
    const indices = tensorAt(op, 1).shape;
    const depth = indices?.at(-1);
    if (input.shape === null || indices === null || typeof depth !== 'number') return [moved(input, null)];
    if (depth > input.shape.length) {
      throw new InferenceError(`indices of ${depth} dimensions into ${formatShape(input.shape)}`);
    }
    return [moved(input, [...indices.slice(0, -1), ...input.shape.slice(depth)])];
  },
  version(op) {
    const dtype = dtypeAt(op, 0);
    if (dtype === 'bool') return 5;
    if (dtypeAt(op, 1) === 'int16') return 4;
    return versionByDtype({ int16: 3, string: 2 })(op);
  },
  kernels: ['float32', 'float16', 'uint8', 'int8', 'int16', 'int32', 'int64', 'bool', 'string'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int16', ...indexTypes] },
  quantization: sameScale,
});

export const Slice = defineTflOp({
  name: 'slice',
  builtin: 'SLICE',
  summary: 'The part of size `size` from `begin`; −1 is all that is left',
  options: {},
  operands: ['input', 'begin', 'size'],
  infer(op) {
    const input = tensorAt(op, 0);
    const begin = knownIntegers(op.operands[1]);
    const size = knownIntegers(op.operands[2]);
    const rank = input.shape?.length ?? begin?.length ?? size?.length;
    if (rank === undefined) return [moved(input, null)];
    const dims = Array.from({ length: rank }, (_, i) => {
      const wanted = size?.[i] ?? null;
      if (wanted !== -1) return wanted;
      const from = begin?.[i] ?? null;
      const whole = input.shape?.[i] ?? null;
      return from === null || whole === null ? null : whole - from;
    });
    return [moved(input, dims)];
  },
  version(op) {
    const dtype = dtypeAt(op, 0);
    if (dtype === 'float16') return 8;
    if (dtype === 'int4') return 7;
    if (dtype === 'uint32') return 6;
    if (rankAt(op, 0) > 4) return 5;
    return versionByDtype({ int16: 4, string: 3, int8: 2 })(op);
  },
  kernels: [...plainTypes, 'int4', 'string'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: indexTypes, 2: indexTypes },
  quantization: sameScale,
});

export const StridedSlice = defineTflOp({
  name: 'strided_slice',
  builtin: 'STRIDED_SLICE',
  summary: 'NumPy slicing, with a bit for each entry in the masks; with `offset`, `end` counts from `begin`',
  options: { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0, offset: false },
  operands: ['input', 'begin', 'end', 'strides'],
  infer(op) {
    const input = tensorAt(op, 0);
    const [begin, end, strides] = [1, 2, 3].map((i) => knownIntegers(op.operands[i]));
    if (input.shape === null || !begin || !end || !strides) return [moved(input, null)];
    return [moved(input, stridedShape(input.shape, begin, end, strides, op.attributes))];
  },
  version(op) {
    const { offset, ellipsis_mask, new_axis_mask } = op.attributes;
    const dtype = dtypeAt(op, 0);
    if (offset) return 8;
    if (dtype === 'uint32') return 7;
    if (ellipsis_mask !== 0 || new_axis_mask !== 0) return 6;
    if (dtype === 'string') return 5;
    if (rankAt(op, 0) > 4) return 4;
    return versionByDtype({ bool: 3, int8: 2 })(op);
  },
  kernels: [...plainTypes, 'string'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int32'], 2: ['int32'], 3: ['int32'] },
  quantization: sameScale,
});

export const DynamicUpdateSlice = defineTflOp({
  name: 'dynamic_update_slice',
  builtin: 'DYNAMIC_UPDATE_SLICE',
  summary: 'The operand with `update` written over it from `start_indices`',
  options: {},
  operands: ['operand', 'update', 'start_indices'],
  kernelLimit: (op) => (rankAt(op, 0) > 8 ? 'it takes at most 8 dimensions' : undefined),
  infer(op) {
    const input = tensorAt(op, 0);
    return [moved(input, input.shape)];
  },
  version(op) {
    const version = versionByDtype({ bfloat16: 6, int4: 5, int16: 4, float16: 3 })(op);
    return version === 1 && dtypeAt(op, 2) === 'int64' ? 2 : version;
  },
  kernels: ['float32', 'float16', 'bfloat16', 'bool', 'int4', 'int8', 'int16', 'int32', 'int64'],
  quantizedKernels: ['int8', 'int16'],
  operandKernels: { 2: indexTypes },
  quantization: sameScale,
});

export const ScatterNd = defineTflOp({
  name: 'scatter_nd',
  builtin: 'SCATTER_ND',
  summary: 'Zeros of a shape with `updates` added at `indices`',
  options: {},
  operands: ['indices', 'updates', 'shape'],
  infer(op): readonly Type[] {
    const rank = tensorAt(op, 2).shape?.[0];
    const unknown = typeof rank === 'number' ? new Array<null>(rank).fill(null) : null;
    return [tensorType(tensorAt(op, 1).dtype, knownIntegers(op.operands[2]) ?? unknown)];
  },
  kernels: ['float32', 'uint8', 'bool', 'int8', 'int32', 'int64'],
  quantizedKernels: quantizedBytes,
  mainOperand: 1,
  operandKernels: { 0: ['int32'], 2: ['int32'] },
  quantization: [...sameScale, { kind: 'zeroIsZero' }, { kind: 'wrappingSums', operand: 0 }],
});

export const SparseToDense = defineTflOp({
  name: 'sparse_to_dense',
  builtin: 'SPARSE_TO_DENSE',
  summary: 'A shape filled with `default_value`, with `sparse_values` at `sparse_indices`',
  options: { validate_indices: false },
  operands: ['sparse_indices', 'output_shape', 'sparse_values', 'default_value'],
  infer(op): readonly Type[] {
    const rank = tensorAt(op, 1).shape?.[0];
    const unknown = typeof rank === 'number' ? new Array<null>(rank).fill(null) : null;
    return [tensorType(tensorAt(op, 2).dtype, knownIntegers(op.operands[1]) ?? unknown)];
  },
  version: versionByDtype({ int8: 3, uint8: 3, int64: 2 }, 2),
  kernels: ['float32', 'int32', 'int64', 'int8', 'uint8'],
  quantizedKernels: quantizedBytes,
  mainOperand: 2,
  operandKernels: { 0: indexTypes, 1: indexTypes },
  quantization: sameScale,
});

export const OneHot = defineTflOp({
  name: 'one_hot',
  builtin: 'ONE_HOT',
  summary: '`on_value` where an index names the place along a new axis, `off_value` elsewhere',
  options: { axis: -1 },
  operands: ['indices', 'depth', 'on_value', 'off_value'],
  infer(op) {
    const { shape } = tensorAt(op, 0);
    const { dtype } = tensorAt(op, 2);
    if (shape === null) return [tensorType(dtype, null)];
    const depth = knownIntegers(op.operands[1])?.[0] ?? null;
    return [tensorType(dtype, shape.toSpliced(normalizeAxis(op.attributes.axis, shape.length + 1), 0, depth))];
  },
  kernels: ['float32', 'int32', 'int64', 'int8', 'uint8', 'bool'],
  quantizedKernels: quantizedBytes,
  mainOperand: 2,
  operandKernels: { 0: indexTypes, 1: ['int32'] },
  quantization: sameScale,
});

export const Where = defineTflOp({
  name: 'where',
  builtin: 'WHERE',
  summary: 'The indices of the elements that are not zero, a row each',
  options: {},
  operands: ['condition'],
  infer(op) {
    const { shape } = tensorAt(op, 0);
    return [tensorType('int64', [null, shape === null ? null : shape.length])];
  },
  kernelLimit: (op) => (tensorAt(op, 0).shape?.length === 0 ? 'it takes no scalars' : undefined),
  version: (op) => (dtypeAt(op, 0) === 'bool' ? 1 : 2),
  kernels: ['bool', 'float32', 'int64', 'int32', 'int8', 'uint8', 'uint32'],
});

export const Select = defineTflOp({
  name: 'select',
  builtin: 'SELECT',
  summary: 'x where the condition holds, y elsewhere; the condition of their shape, or a vector for whole rows',
  options: {},
  operands: ['condition', 'x', 'y'],
  infer(op) {
    const { dtype, shape } = tensorAt(op, 1);
    return [tensorType(dtype, shape ?? tensorAt(op, 2).shape)];
  },
  version(op) {
    if (dtypeAt(op, 1) === 'uint32') return 4;
    if ([0, 1, 2].some((i) => rankAt(op, i) === 5)) return 3;
    return dtypeAt(op, 1) === 'int8' ? 2 : 1;
  },
  kernels: plainTypes,
  quantizedKernels: quantizedTypes,
  mainOperand: 1,
  operandKernels: { 0: ['bool'], 2: plainTypes },
  quantization: sameScale,
});

export const SelectV2 = defineTflOp({
  name: 'select_v2',
  builtin: 'SELECT_V2',
  summary: 'x where the condition holds, y elsewhere; all three broadcast',
  options: {},
  operands: ['condition', 'x', 'y'],
  infer(op): readonly Type[] {
    return [tensorType(tensorAt(op, 1).dtype, broadcastOperands(op, 0, 1, 2))];
  },
  kernelLimit: (op) => ([0, 1, 2].some((i) => rankAt(op, i) > 8) ? 'it takes at most 8 dimensions' : undefined),
  version: versionByDtype({ uint32: 2 }, 1),
  kernels: plainTypes,
  quantizedKernels: quantizedTypes,
  mainOperand: 1,
  operandKernels: { 0: ['bool'], 2: plainTypes },
  quantization: sameScale,
});
