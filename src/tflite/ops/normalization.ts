import { defineTflOp } from '../define-op.js';
import { likeOperand, tensorAt } from './infer.js';
import { quantizedBytes } from './kernel-types.js';
import { versionByDtype } from './versions.js';

export const L2Normalization = defineTflOp({
  name: 'l2_normalization',
  builtin: 'L2_NORMALIZATION',
  summary: 'x over its Euclidean norm along the last dimension',
  options: { fused_activation_function: 'NONE' },
  operands: ['input'],
  infer: likeOperand(),
  version: versionByDtype({ int8: 2 }),
  kernels: ['float32'],
  quantizedKernels: quantizedBytes,
  kernelLimit: (op) => (tensorAt(op, 0).shape?.length === 0 ? 'it takes no scalars' : undefined),
  quantization: [
    { kind: 'fixedRange', dtype: 'int8', scale: 1 / 128, zeroPoint: 0 },
    { kind: 'fixedRange', dtype: 'uint8', scale: 1 / 128, zeroPoint: 128 },
  ],
});

export const LocalResponseNormalization = defineTflOp({
  name: 'local_response_normalization',
  builtin: 'LOCAL_RESPONSE_NORMALIZATION',
  summary: 'x over (bias + alpha × sum of squares of `radius` channels on each side) to the power beta',
  options: { radius: 5, bias: 1, alpha: 1, beta: 0.5 },
  operands: ['input'],
  infer: likeOperand(),
  kernels: ['float32'],
  kernelLimit: (op) => ((tensorAt(op, 0).shape?.length ?? 4) !== 4 ? 'it takes 4 dimensions' : undefined),
});
