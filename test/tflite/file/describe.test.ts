import { expect, test } from '@jest/globals';
import { describeModel } from '#tflite/file/describe.js';
import { parseModel } from '#tflite/file/read-model.js';
import { fixtureBytes } from './fixtures.js';

test('a network: signature with its own names, free batch, operators by number', () => {
  const described = describeModel(parseModel(fixtureBytes('float_network')));
  expect(described.signatures).toEqual([
    {
      key: 'serving_default',
      subgraph: 0,
      inputs: [{ name: 'image', type: 'FLOAT32', shape: [-1, 8, 8, 1], bytes: 0 }],
      outputs: [{ name: 'scores', type: 'FLOAT32', shape: [-1, 3], bytes: 0 }],
    },
  ]);
  expect(described.subgraphs[0]?.operators).toEqual([
    { name: 'CONV_2D', version: 1, custom: false, count: 1 },
    { name: 'FULLY_CONNECTED', version: 1, custom: false, count: 1 },
    { name: 'MEAN', version: 1, custom: false, count: 1 },
  ]);
  expect(described.operatorCount).toBe(3);
  // Kernel 3×3×1×4, bias 4, head 4×3, axes 2.
  expect(described.weightBytes).toBe(4 * (36 + 4 + 12 + 2));
  expect(described.metadata.map((entry) => entry.name)).toContain('min_runtime_version');
});

test('control flow: every subgraph', () => {
  const described = describeModel(parseModel(fixtureBytes('loop')));
  expect(described.subgraphs).toHaveLength(5);
  expect(described.operatorCount).toBe(described.subgraphs.reduce((sum, { operatorCount }) => sum + operatorCount, 0));
});

test('custom operators by their own name', () => {
  const described = describeModel(parseModel(fixtureBytes('custom')));
  expect(described.subgraphs[0]?.operators.filter((entry) => entry.custom)).toEqual([
    { name: 'ApproximateEqual', version: 1, custom: true, count: 1 },
  ]);
});
