import { expect, test } from '@jest/globals';
import type { ModelRecord, SubGraphRecord, TensorRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { verifyModel } from '#tflite/file/verify-model.js';
import { fixtureBytes, fixtureNames } from './fixtures.js';

const model = parseModel(fixtureBytes('float_network'));
const main = model.subgraphs[0] as SubGraphRecord;

function withMain(changes: Partial<SubGraphRecord>): ModelRecord {
  return { ...model, subgraphs: [{ ...main, ...changes }] };
}

function withTensor(index: number, changes: Partial<TensorRecord>): ModelRecord {
  return withMain({ tensors: main.tensors.map((tensor, i) => (i === index ? { ...tensor, ...changes } : tensor)) });
}

const constant = main.tensors.findIndex((tensor) => (model.buffers[tensor.buffer]?.byteLength ?? 0) > 0);
const signature = model.signature_defs[0] as ModelRecord['signature_defs'][number];

test.each(fixtureNames)('the official converter writes consistent files: %s', (name) => {
  expect(() => verifyModel(parseModel(fixtureBytes(name)))).not.toThrow();
});

test.each([
  [
    'a constant of another size',
    withTensor(constant, { shape: [1000] }),
    /, FLOAT32\[1000\], takes 4000 bytes, not \d+\.$/,
  ],
  [
    'a constant of another type',
    withTensor(constant, { type: 'FLOAT64' }),
    /, FLOAT64\[.*\], takes \d+ bytes, not \d+\.$/,
  ],
  ['a signature of another rank', withTensor(0, { shape_signature: [-1] }), /has a signature of another rank/],
  [
    'operators out of order',
    withMain({ operators: main.operators.toReversed() }),
    /operators\[0\] uses tensor \d+ .* before/,
  ],
  [
    'a value made twice',
    withMain({ inputs: main.tensors.map((_, i) => i) }),
    /operators\[0\] makes tensor .* something else/,
  ],
  ['an output that nothing makes', withMain({ operators: [] }), /operator_codes\[0\] .* is used by no operator/],
  ['a missing input', withMain({ inputs: [] }), /operators\[\d\] uses tensor 0 .* before it is made/],
  [
    'two signatures of one key',
    { ...model, signature_defs: [signature, signature] },
    /two signatures "serving_default"/,
  ],
  [
    'a signature of strange tensors',
    { ...model, signature_defs: [{ ...signature, inputs: [{ name: 'w', tensor_index: constant }] }] },
    /names "w", which is none of its subgraph's inputs/,
  ],
  [
    'a custom operator without a name',
    { ...model, operator_codes: model.operator_codes.map((code) => ({ ...code, builtin_code: 'CUSTOM' as const })) },
    /operator_codes\[0\] is custom without a name/,
  ],
])('%s is reported', (_, broken, message) => {
  expect(() => verifyModel(broken, 'a.tflite')).toThrow(message);
  expect(() => verifyModel(broken, 'a.tflite')).toThrow(/^Invalid \.tflite file: a\.tflite is inconsistent: /);
});

test('an output without an operator is reported', () => {
  const empty = { ...model, operator_codes: [], subgraphs: [{ ...main, operators: [] }] };
  expect(() => verifyModel(empty)).toThrow(/outputs: nothing makes tensor/);
});
