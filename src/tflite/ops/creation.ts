import { constantOf } from '#ir/constant.js';
import { InferenceError } from '#ir/graph.js';
import { type Type, tensorType } from '#ir/type.js';
import { defineTflOp } from '../define-op.js';
import { tensorAt } from './infer.js';
import { indexTypes, plainTypes, quantizedTypes } from './kernel-types.js';
import { knownIntegers } from './known-integers.js';
import { versionByDtype } from './versions.js';

export const Fill = defineTflOp({
  name: 'fill',
  builtin: 'FILL',
  summary: 'A shape filled with one scalar',
  options: {},
  operands: ['dims', 'value'],
  infer(op) {
    const dims = knownIntegers(op.operands[0]);
    const rank = tensorAt(op, 0).shape?.[0];
    const unknown = typeof rank === 'number' ? new Array<null>(rank).fill(null) : null;
    return [tensorType(tensorAt(op, 1).dtype, dims ?? unknown)];
  },
  version: versionByDtype({ float16: 4, int8: 3, int16: 3, bool: 2, string: 2 }, 1),
  kernels: [...plainTypes, 'string'],
  quantizedKernels: quantizedTypes,
  mainOperand: 1,
  operandKernels: { 0: indexTypes },
  quantization: [{ kind: 'sameScale' }],
});

export const Range = defineTflOp({
  name: 'range',
  builtin: 'RANGE',
  summary: 'Numbers from `start` up to `limit`, by steps of `delta`',
  options: {},
  operands: ['start', 'limit', 'delta'],
  infer(op): readonly Type[] {
    const [start, limit, delta] = [0, 1, 2].map((i) => constantOf(op.operands[i]));
    const { dtype } = tensorAt(op, 0);
    if (!start || !limit || !delta) return [tensorType(dtype, [null])];
    const [from, to, step] = [start, limit, delta].map((tensor) => Number(tensor.data[0]));
    if (!step) throw new InferenceError('the step is 0');
    return [tensorType(dtype, [Math.max(0, Math.ceil(((to ?? 0) - (from ?? 0)) / step))])];
  },
  version: versionByDtype({ int64: 2 }),
  kernels: ['float32', 'int32', 'int64'],
  operandKernels: { 1: ['float32', 'int32', 'int64'], 2: ['float32', 'int32', 'int64'] },
});

export const ZerosLike = defineTflOp({
  name: 'zeros_like',
  builtin: 'ZEROS_LIKE',
  summary: 'Zeros of the same shape',
  options: {},
  operands: ['input'],
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    return [tensorType(dtype, shape)];
  },
  kernels: ['float32', 'int32', 'int64'],
});
