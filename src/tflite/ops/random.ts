import { type Type, tensorType } from '#ir/type.js';
import { defineTflOp } from '../define-op.js';
import { dtypeAt, type HasOperands, tensorAt } from './infer.js';
import { knownIntegers } from './known-integers.js';

const options = { seed: 0, seed2: 0 };

function ofStatedShape(op: HasOperands): readonly Type[] {
  const rank = tensorAt(op, 0).shape?.[0];
  const unknown = typeof rank === 'number' ? new Array<null>(rank).fill(null) : null;
  return [tensorType('float32', knownIntegers(op.operands[0]) ?? unknown)];
}

export const RandomUniform = defineTflOp({
  name: 'random_uniform',
  builtin: 'RANDOM_UNIFORM',
  summary: 'Evenly distributed numbers from 0 up to 1',
  options,
  operands: ['shape'],
  sideEffects: true,
  infer: ofStatedShape,
  kernels: ['int32'],
});

export const RandomStandardNormal = defineTflOp({
  name: 'random_standard_normal',
  builtin: 'RANDOM_STANDARD_NORMAL',
  summary: 'Normally distributed numbers of mean 0 and deviation 1',
  options,
  operands: ['shape'],
  sideEffects: true,
  infer: ofStatedShape,
  kernels: ['int32'],
});

export const Multinomial = defineTflOp({
  name: 'multinomial',
  builtin: 'MULTINOMIAL',
  summary: 'Classes drawn by unnormalized log-probabilities [batch, classes]',
  options,
  operands: ['logits', 'num_samples'],
  sideEffects: true,
  infer(op): readonly Type[] {
    const given = op.results[0]?.type;
    const dtype = given?.kind === 'tensor' ? given.dtype : 'int64';
    return [tensorType(dtype, [tensorAt(op, 0).shape?.[0] ?? null, knownIntegers(op.operands[1])?.[0] ?? null])];
  },
  kernels: ['float32'],
  operandKernels: { 1: ['int32'] },
  kernelLimit: (op) => (dtypeAt(op, 1) === undefined ? 'it needs the number of samples' : undefined),
});
