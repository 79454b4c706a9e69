import { attr } from '#ir/attribute.js';
import type { Type } from '#ir/type.js';
import { tensorType } from '#ir/type.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { shapeOf, typeOf } from './support/types.js';

// The pass lower-tables gives these their TFLite ops; what is left of them when ops are lowered has none.

const advice = [
  'Use a `tf.lookup.StaticHashTable` that is filled when it is made, with keys of text or whole numbers, and at most one bucket for unknown keys.',
  'Or leave the look-up out of the exported model and feed it the numbers that the table gives.',
];

/** Why a look-up is left, as the pass found it. */
const problem = attr.string('what the table holds is not known when the model is converted');

export const HashTableV2 = defineTfOp({
  name: 'HashTableV2',
  summary: 'A handle on a table whose entries never change',
  operands: [],
  results: ['table_handle'],
  attributes: {
    container: attr.string(''),
    shared_name: attr.string(''),
    key_dtype: attr.dtype(),
    value_dtype: attr.dtype(),
    /** The node that stands for the table, filled in on import. */
    variable: attr.string(''),
  },
  infer: (): readonly Type[] => [{ kind: 'resource' }],
});

export const LookupTableFindV2 = defineTfOp({
  name: 'LookupTableFindV2',
  summary: 'The values of keys, or a default',
  operands: ['table_handle', 'keys', 'default_value'],
  results: ['values'],
  attributes: { Tin: attr.dtype(), Tout: attr.dtype(), problem },
  infer: (op) => [typeOf(op.attributes.Tout, shapeOf(op.operand(1)))],
  lower: (op) => unsupported(op.attributes.problem, ...advice),
});

export const LookupTableSizeV2 = defineTfOp({
  name: 'LookupTableSizeV2',
  summary: 'The number of entries of a table',
  operands: ['table_handle'],
  results: ['size'],
  attributes: { problem },
  infer: () => [tensorType('int64', [])],
  lower: (op) => unsupported(op.attributes.problem, ...advice),
});

function filler(name: string, types: readonly [string, string]) {
  return defineTfOp({
    name,
    summary: 'Fills a table with keys and their values',
    operands: ['table_handle', 'keys', 'values'],
    results: [],
    attributes: { [types[0]]: attr.dtype(), [types[1]]: attr.dtype(), problem },
    sideEffects: true,
    infer: () => [],
    lower: (op) => unsupported(String(op.attributes['problem']), ...advice),
  });
}

export const LookupTableImportV2 = filler('LookupTableImportV2', ['Tin', 'Tout']);
export const InitializeTableV2 = filler('InitializeTableV2', ['Tkey', 'Tval']);

export const InitializeTableFromTextFileV2 = defineTfOp({
  name: 'InitializeTableFromTextFileV2',
  summary: 'Fills a table from the lines of a file',
  operands: ['table_handle', 'filename'],
  results: [],
  attributes: {
    key_index: attr.int(),
    value_index: attr.int(),
    vocab_size: attr.int(-1),
    delimiter: attr.string('\t'),
    offset: attr.int(0),
    problem,
  },
  sideEffects: true,
  infer: () => [],
  lower: (op) => unsupported(op.attributes.problem, ...advice),
});

function hash(name: string, operand: string) {
  return defineTfOp({
    name,
    summary: 'The number of the bucket that a text falls into by its hash',
    operands: [operand],
    attributes: { num_buckets: attr.int() },
    infer: (op) => [tensorType('int64', shapeOf(op.operand(0)))],
    lower: (op) =>
      unsupported(
        `TFLite does not hash texts, which takes more than the one bucket that is known beforehand; it has ${op.attributes.num_buckets}`,
        'Use one bucket for all unknown keys (`num_oov_buckets=1`, or `num_oov_indices=1` of Keras).',
        'Or hash the texts outside of the model and feed it the numbers.',
      ),
  });
}

export const StringToHashBucketFast = hash('StringToHashBucketFast', 'input');
export const StringToHashBucketStrong = hash('StringToHashBucketStrong', 'input');
export const StringToHashBucket = hash('StringToHashBucket', 'string_tensor');
