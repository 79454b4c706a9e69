import { type Type, tensorType } from '#ir/type.js';
import { defineTflOp } from '../define-op.js';
import { dtypeAt, tensorAt } from './infer.js';
import { isPerChannel } from './versions.js';

const noNumbers: readonly number[] = [];

export const EmbeddingLookup = defineTflOp({
  name: 'embedding_lookup',
  builtin: 'EMBEDDING_LOOKUP',
  summary: 'Rows of a table, by a vector of indices',
  options: {},
  operands: ['lookup', 'table'],
  infer(op): readonly Type[] {
    const count = tensorAt(op, 0).shape?.[0] ?? null;
    const { shape } = tensorAt(op, 1);
    const given = op.results[0]?.type;
    const dtype = given?.kind === 'tensor' ? given.dtype : 'float32';
    return [tensorType(dtype, shape === null ? null : [count, ...shape.slice(1)])];
  },
  version: (op) => (dtypeAt(op, 1) === 'int4' || isPerChannel(op.operands[1]) ? 4 : 1),
  kernels: ['float32'],
  quantizedKernels: ['uint8', 'int8', 'int4'],
  mainOperand: 1,
  operandKernels: { 0: ['int32'] },
  quantization: [
    { kind: 'weights', operand: 1, axis: 0, hybridOnly: true, hybrid: { bits: [4, 8], perChannel: true } },
    { kind: 'sameScale' },
  ],
});

export const EmbeddingLookupSparse = defineTflOp({
  name: 'embedding_lookup_sparse',
  builtin: 'EMBEDDING_LOOKUP_SPARSE',
  summary: 'Weighted sums of rows of a table, by a sparse tensor of indices',
  options: { combiner: 'SUM' },
  operands: ['ids', 'indices', 'dense_shape', 'weights', 'table'],
  kernels: ['float32'],
  mainOperand: 4,
  operandKernels: { 0: ['int32'], 1: ['int32'], 2: ['int32'], 3: ['float32'] },
});

export const HashtableLookup = defineTflOp({
  name: 'hashtable_lookup',
  builtin: 'HASHTABLE_LOOKUP',
  summary: 'Rows of a constant table of sorted keys, and whether each key was found',
  options: {},
  operands: ['lookup', 'keys', 'values'],
  infer(op): readonly Type[] {
    const count = tensorAt(op, 0).shape?.[0] ?? null;
    const values = tensorAt(op, 2);
    const shape = values.shape === null ? null : [count, ...values.shape.slice(1)];
    return [tensorType(values.dtype, shape), tensorType('uint8', [count])];
  },
  kernels: ['int32'],
  operandKernels: { 1: ['int32'], 2: ['float32', 'string'] },
});

export const LshProjection = defineTflOp({
  name: 'lsh_projection',
  builtin: 'LSH_PROJECTION',
  summary: 'Locality-sensitive hashes of rows',
  options: { type: 'SPARSE' },
  operands: ['hash', 'input', 'weight?'],
  kernels: ['float32'],
});

export const SkipGram = defineTflOp({
  name: 'skip_gram',
  builtin: 'SKIP_GRAM',
  summary: 'The skip-grams of a text',
  options: { ngram_size: 1, max_skip_size: 0, include_all_ngrams: false },
  operands: ['input'],
  infer: () => [tensorType('string', [null])],
  kernels: ['string'],
});

export const Bucketize = defineTflOp({
  name: 'bucketize',
  builtin: 'BUCKETIZE',
  summary: 'For each element the number of boundaries that are not above it',
  options: { boundaries: noNumbers },
  operands: ['input'],
  infer(op) {
    return [tensorType('int32', tensorAt(op, 0).shape)];
  },
  kernels: ['float32', 'float64', 'int32', 'int64'],
});
