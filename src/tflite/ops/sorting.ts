import { type Type, tensorType } from '#ir/type.js';
import { defineTflOp } from '../define-op.js';
import { dtypeOfElementType } from './element-type.js';
import { dtypeAt, type HasOperands, moved, tensorAt } from './infer.js';
import { quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';

export const TopkV2 = defineTflOp({
  name: 'topk_v2',
  builtin: 'TOPK_V2',
  summary: 'The k greatest elements along the last dimension, with their indices',
  options: {},
  operands: ['input', 'k'],
  infer(op): readonly Type[] {
    const input = tensorAt(op, 0);
    const k = knownIntegers(op.operands[1])?.[0] ?? null;
    const shape = input.shape === null ? null : [...input.shape.slice(0, -1), k];
    // The kernel takes either type of indices with either type of k.
    const stated = op.results[1]?.type;
    const indices = stated?.kind === 'tensor' && stated.dtype === 'int16' ? 'int16' : 'int32';
    return [moved(input, shape), tensorType(indices, shape)];
  },
  version(op) {
    const indices = op.results[1]?.type;
    if (indices?.kind === 'tensor' && indices.dtype === 'int16') return 3;
    if (dtypeAt(op, 0) === 'int16' || dtypeAt(op, 1) === 'int16') return 3;
    return dtypeAt(op, 0) === 'int8' ? 2 : 1;
  },
  kernels: ['float32', 'uint8', 'int8', 'int16', 'int32', 'int64'],
  quantizedKernels: quantizedTypes,
  operandKernels: { 1: ['int16', 'int32'] },
  quantization: [{ kind: 'sameScale' }],
});

export const Unique = defineTflOp({
  name: 'unique',
  builtin: 'UNIQUE',
  summary: 'The distinct elements of a vector, and for each element its place among them',
  options: { idx_out_type: 'INT32' },
  operands: ['input'],
  infer(op): readonly Type[] {
    const { dtype, shape } = tensorAt(op, 0);
    const places = dtypeOfElementType(op.attributes.idx_out_type) ?? 'int32';
    return [tensorType(dtype, [null]), tensorType(places, shape)];
  },
  kernels: ['float32', 'int8', 'int16', 'int32', 'int64', 'uint8'],
});

function selected(op: HasOperands) {
  return tensorType('int32', [knownIntegers(op.operands[2])?.[0] ?? null]);
}

const limits = { 1: ['float32'], 2: ['int32'], 3: ['float32'], 4: ['float32'] } as const;

export const NonMaxSuppressionV4 = defineTflOp({
  name: 'non_max_suppression_v4',
  builtin: 'NON_MAX_SUPPRESSION_V4',
  summary: 'Indices of the best boxes that do not overlap, padded, and their number',
  options: {},
  operands: ['boxes', 'scores', 'max_output_size', 'iou_threshold', 'score_threshold'],
  infer: (op): readonly Type[] => [selected(op), tensorType('int32', [])],
  kernels: ['float32'],
  operandKernels: limits,
});

export const NonMaxSuppressionV5 = defineTflOp({
  name: 'non_max_suppression_v5',
  builtin: 'NON_MAX_SUPPRESSION_V5',
  summary: 'As version 4, with softened scores, which it gives too',
  options: {},
  operands: ['boxes', 'scores', 'max_output_size', 'iou_threshold', 'score_threshold', 'soft_nms_sigma'],
  infer(op): readonly Type[] {
    const indices = selected(op);
    return [indices, tensorType('float32', indices.shape), tensorType('int32', [])];
  },
  kernels: ['float32'],
  operandKernels: { ...limits, 5: ['float32'] },
});
