import { type Type, tensorType } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';
import { defineTflOp } from '../define-op.js';
import { tensorAt } from './infer.js';
import { knownIntegers } from './known-integers.js';

export const SegmentSum = defineTflOp({
  name: 'segment_sum',
  builtin: 'SEGMENT_SUM',
  summary: 'Sums of the rows that have the same segment; segments ascend',
  options: {},
  operands: ['data', 'segment_ids'],
  infer(op) {
    const { dtype, shape } = tensorAt(op, 0);
    const last = knownIntegers(op.operands[1])?.at(-1);
    const count = typeof last === 'number' ? last + 1 : null;
    return [tensorType(dtype, shape === null ? null : [count, ...shape.slice(1)])];
  },
  kernels: ['float32', 'int32'],
  operandKernels: { 1: ['int32'] },
});

const numbers: readonly DType[] = ['float32', 'int32'];

function unsorted(builtin: string, summary: string) {
  return defineTflOp({
    name: builtin.toLowerCase(),
    builtin,
    summary,
    options: {},
    operands: ['data', 'segment_ids', 'num_segments'],
    infer(op): readonly Type[] {
      const { dtype, shape } = tensorAt(op, 0);
      const ids = tensorAt(op, 1).shape;
      const count = knownIntegers(op.operands[2])?.[0] ?? null;
      return [tensorType(dtype, shape === null || ids === null ? null : [count, ...shape.slice(ids.length)])];
    },
    kernels: numbers,
    operandKernels: { 1: ['int32'], 2: ['int32'] },
  });
}

export const UnsortedSegmentSum = unsorted('UNSORTED_SEGMENT_SUM', 'Sum of each segment');
export const UnsortedSegmentProd = unsorted('UNSORTED_SEGMENT_PROD', 'Product of each segment');
export const UnsortedSegmentMax = unsorted('UNSORTED_SEGMENT_MAX', 'Maximum of each segment');
export const UnsortedSegmentMin = unsorted('UNSORTED_SEGMENT_MIN', 'Minimum of each segment');
