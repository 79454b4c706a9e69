import { afterEach, expect, jest, test } from '@jest/globals';
import type { Metric } from '#evaluate/metric.js';
import { openMetrics } from '#evaluate/open-metrics.js';
import { Tensor } from '#tensor/tensor.js';
import { findingsOf } from '../data/reading.js';
import { moduleFile } from '../data/user-code/modules.js';
import { info, observation, repeat, signature, tensor } from './observations.js';

// Processes are started, on machines that may be busy.
jest.setTimeout(120_000);

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of opened.splice(0)) await dispose();
});

async function open(source: string): Promise<Metric> {
  const file = moduleFile(source);
  const { metrics, dispose } = await openMetrics(['top-1', file], { allowCode: true });
  opened.push(dispose);
  expect(metrics.map(({ name }) => name)).toEqual(['top-1', file]);
  return metrics[1] as Metric;
}

const MEAN_PRODUCT = `export default {
  direction: 'lower',
  labels: { label: { dtype: 'float32', shape: [2] } },
  update: ({ outputs, labels }) => [outputs.y.data.reduce((sum, x, i) => sum + x * labels.label.data[i], 0), 1],
  merge: (a, b) => [a[0] + b[0], a[1] + b[1]],
  result: ([sum, count]) => sum / count,
};`;

test('a metric of a module is one like others: rows, value, weights', async () => {
  const metric = await open(MEAN_PRODUCT);
  const y = tensor('int8', [
    [2, 4],
    [6, 8],
    [1, 1],
  ]);
  const quantized = signature([info('y', y, { scales: [0.5], zeroPoints: [0], axis: 0 })], 3);
  const labels = {
    label: tensor('float32', [
      [1, 1],
      [1, 2],
      [9, 9],
    ]),
  };
  const sample = { ...observation({ y }, labels, { batch: 3 }), rows: 2, signature: quantized };
  expect(metric).toMatchObject({ direction: 'lower', kind: 'general', comparesWithReference: false });
  expect(metric.labels(quantized)).toEqual([{ name: 'label', dtype: 'float32', shape: [3, 2] }]);
  const rows = metric.observe(sample);
  expect(rows.map((row) => Array.from(row))).toEqual([
    [3, 1],
    [11, 1],
  ]);
  expect(metric.value(rows)).toBe(7);
  for (const weights of [
    [0, 3],
    [2, 1],
    [5, 0],
  ]) {
    expect(metric.value(rows, Uint32Array.from(weights))).toBe(metric.value(repeat(rows, weights)));
  }
  expect(metric.value(rows, Uint32Array.of(0, 0))).toBeNaN();
  expect(metric.value([])).toBeNaN();
});

test('accumulators that grow are merged in little time, in any number', async () => {
  const metric = await open(`
    export const direction = 'higher';
    export const update = ({ index }) => [index];
    export const merge = (a, b) => [...a, ...b];
    export const result = (all) => all.every((x, i) => i === 0 || x >= all[i - 1]) ? all.length : -1;
  `);
  const rows = Array.from({ length: 20_000 }, (_, i) => Float64Array.of(i));
  expect(metric.value(rows)).toBe(20_000);
  expect(metric.value(rows, new Uint32Array(20_000).fill(3))).toBe(60_000);
});

test('it may compare with the float model, and gets text as it is', async () => {
  const metric = await open(`export default {
    direction: 'higher', reference: true,
    update: ({ outputs, reference, index }) =>
      [Number(new TextDecoder().decode(outputs.t.data[0]) === 'b'), reference.y.data[0], outputs.y.shape.length, index],
    merge: (a) => a,
    result: ([a]) => a,
  };`);
  expect(metric.comparesWithReference).toBe(true);
  const outputs = {
    y: tensor('float32', [
      [1, 2],
      [3, 4],
    ]),
    t: Tensor.fromStrings([2], [Buffer.from('a'), Buffer.from('b')]),
  };
  const sample = observation(outputs, {}, { batch: 2, index: 10 });
  const rows = metric.observe({ ...sample, reference: sample });
  expect(rows.map((row) => Array.from(row))).toEqual([
    [0, 1, 1, 10],
    [1, 3, 1, 11],
  ]);
});

test('what it does wrong is told with file and line', async () => {
  const metric = await open(`export default {
    direction: 'higher',
    update: () => [1],
    merge: (a, b) => [a[0] + b[0]],
    result: () => undefined,
  };`);
  expect(() => metric.value([Float64Array.of(1)])).toThrow('result() gave undefined, not a number');
  const odd = await open(MEAN_PRODUCT.replace("dtype: 'float32'", "dtype: 'float'"));
  expect(() => odd.labels(signature([]))).toThrow("the label 'label' has no dtype and shape, such as");
});

test('it is refused unless it is allowed, and none is left running', async () => {
  const [found] = await findingsOf(openMetrics(['top-1', './metric.mjs']));
  expect(found?.code).toBe('code-not-allowed');
  const names = [moduleFile(MEAN_PRODUCT), 'top-one'];
  const [unknown] = await findingsOf(openMetrics(names, { allowCode: true }));
  expect(unknown?.detail).toBe("There is no metric 'top-one'.");
});
