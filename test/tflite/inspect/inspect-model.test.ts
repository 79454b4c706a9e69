import { expect, test } from '@jest/globals';
import { parseModel } from '#tflite/file/read-model.js';
import { inspectModel } from '#tflite/inspect/inspect-model.js';
import { fixtureBytes } from '../file/fixtures.js';

test('a network', () => {
  const { tensors, ...inspected } = inspectModel(parseModel(fixtureBytes('float_network')));
  expect(inspected).toMatchObject({ operatorCount: 3, subgraphCount: 1, weightBytes: 216 });
  expect(inspected.macs.byOperator.map(({ name }) => name)).toEqual(['CONV_2D', 'FULLY_CONNECTED']);
  expect(tensors[0]).toHaveLength(inspected.tensorCount);
});

test('operators of several subgraphs are counted together', () => {
  const inspected = inspectModel(parseModel(fixtureBytes('loop')));
  const names = inspected.operators.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(inspected.operators.reduce((sum, { count }) => sum + count, 0)).toBe(inspected.operatorCount);
});
