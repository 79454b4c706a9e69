import { tensorType } from '#ir/type.js';
import type { Dim, Shape } from '#tensor/shape.js';
import { defineTflOp } from '../define-op.js';
import { tensorAt } from './infer.js';

const sameScale = [{ kind: 'sameScale' }] as const;

/** The shape of a batch of matrices with diagonals of length `size`. */
function matrices(shape: Shape): readonly Dim[] | null {
  return shape === null ? null : [...shape, shape.at(-1) ?? null];
}

export const MatrixDiag = defineTflOp({
  name: 'matrix_diag',
  builtin: 'MATRIX_DIAG',
  summary: 'Matrices with the last dimension on their diagonals',
  options: {},
  operands: ['diagonal'],
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    return [tensorType(dtype, matrices(shape))];
  },
  kernels: ['float32', 'int64', 'int32', 'int16', 'int8', 'uint8'],
  quantizedKernels: ['int8', 'int16'],
  quantization: [...sameScale, { kind: 'zeroIsZero' }],
});

export const MatrixSetDiag = defineTflOp({
  name: 'matrix_set_diag',
  builtin: 'MATRIX_SET_DIAG',
  summary: 'Matrices with their diagonals replaced',
  options: {},
  operands: ['input', 'diagonal'],
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    return [tensorType(dtype, shape)];
  },
  kernels: ['float32', 'int64', 'int32', 'int16', 'int8', 'uint8'],
  quantizedKernels: ['int8', 'int16'],
  quantization: [...sameScale, { kind: 'zeroIsZero' }],
});
