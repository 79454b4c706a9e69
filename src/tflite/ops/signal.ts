import { tensorType } from '#ir/type.js';
import { defineTflOp } from '../define-op.js';
import { tensorAt } from './infer.js';
import { knownIntegers } from './known-integers.js';

export const Rfft2d = defineTflOp({
  name: 'rfft2d',
  builtin: 'RFFT2D',
  summary: 'Fourier transform of real numbers over the last two dimensions, at lengths that are powers of two',
  options: {},
  operands: ['input', 'fft_length'],
  infer(op) {
    const { shape } = tensorAt(op, 0);
    const [rows = null, columns = null] = knownIntegers(op.operands[1]) ?? [];
    const half = columns === null ? null : Math.floor(columns / 2) + 1;
    return [tensorType('complex64', shape === null ? null : [...shape.slice(0, -2), rows, half])];
  },
  kernels: ['float32'],
  operandKernels: { 1: ['int32'] },
  kernelLimit(op) {
    const lengths = knownIntegers(op.operands[1]) ?? [];
    const bad = lengths.find((length) => length !== null && (length & (length - 1)) !== 0);
    return bad === undefined ? undefined : `the length ${bad} is not a power of two`;
  },
});
