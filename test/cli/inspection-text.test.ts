import { expect, test } from '@jest/globals';
import { inspectionText } from '#cli/inspection-text.js';
import { diagnostic } from '#diagnostics/diagnostic.js';
import type { SavedModelInspection } from '#index.js';
import { parseModel } from '#tflite/file/read-model.js';
import { inspectModel } from '#tflite/inspect/inspect-model.js';
import { fixtureBytes } from '../tflite/file/fixtures.js';

const network = inspectModel(parseModel(fixtureBytes('float_network')));

test('a .tflite file', () => {
  expect(inspectionText('dir/net.tflite', { kind: 'tflite', bytes: 2345, ...network })).toMatchInlineSnapshot(`
"dir/net.tflite: TFLite model, 2.3 kB (216 B weights)
signature serving_default
  in   image: float32[?, 8, 8, 1]
  out  scores: float32[?, 3]
ops: 3, 8 tensors, 588 MACs
  1  CONV_2D
  1  FULLY_CONNECTED
  1  MEAN
"
`);
});

test('custom ops and several subgraphs', () => {
  const custom = inspectModel(parseModel(fixtureBytes('custom')));
  expect(inspectionText('m', { kind: 'tflite', bytes: 1, ...custom })).toContain('ApproximateEqual (custom)');
  const loop = inspectModel(parseModel(fixtureBytes('loop')));
  expect(inspectionText('m', { kind: 'tflite', bytes: 1, ...loop })).toContain(' in 5 subgraphs, ');
});

const savedModel: Omit<SavedModelInspection, 'unsupported' | 'converted'> = {
  kind: 'saved-model',
  tensorflowVersion: '2.21.0',
  tags: ['serve'],
  signatures: [
    {
      key: 'serving_default',
      inputs: [{ name: 'image', dtype: 'float32', shape: [null, 28, 28, 1] }],
      outputs: [{ name: 'any\u001b', dtype: 'variant', shape: null }],
    },
  ],
  operators: [
    { name: 'Conv2D', count: 12 },
    { name: 'Foo', count: 1 },
  ],
  operatorCount: 13,
  variables: [{ name: 'kernel', dtype: 'float32', shape: [2, 2], bytes: 16 }],
  variableBytes: 16,
};

test('a SavedModel that cannot be converted', () => {
  const unsupported = [diagnostic('unsupported-op', { op: 'Foo', detail: 'No.', locations: [{ node: 'a/Foo' }] })];
  expect(inspectionText('dir', { ...savedModel, unsupported })).toMatchInlineSnapshot(`
"dir: SavedModel, written by TensorFlow 2.21.0, tags serve
signature serving_default
  in   image: float32[?, 28, 28, 1]
  out  any\\u001b: variant of unknown rank
variables: 1, 16 B
TensorFlow ops: 13
  12  Conv2D
   1  Foo

error: Op without a TFLite equivalent: Foo [unsupported-op]
  No.
    at node a/Foo
"
`);
});

test('a SavedModel that can', () => {
  const text = inspectionText('dir', { ...savedModel, tensorflowVersion: '', unsupported: [], converted: network });
  expect(text).toMatchInlineSnapshot(`
"dir: SavedModel, tags serve
signature serving_default
  in   image: float32[?, 28, 28, 1]
  out  any\\u001b: variant of unknown rank
variables: 1, 16 B
TensorFlow ops: 13
  12  Conv2D
   1  Foo

as TFLite model: 216 B weights
ops: 3, 8 tensors, 588 MACs
  1  CONV_2D
  1  FULLY_CONNECTED
  1  MEAN
"
`);
});
