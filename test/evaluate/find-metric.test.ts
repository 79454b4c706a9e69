import { describe, expect, test } from '@jest/globals';
import { findMetric, metricNames } from '#evaluate/find-metric.js';
import { dropOf } from '#evaluate/metric.js';
import { info, signature, tensor } from './observations.js';

const serving = signature([info('y', tensor('float32', [[1, 2, 3]]))]);

test.each(metricNames.filter((name) => !name.startsWith('map')))('%s has its name and asks for its labels', (name) => {
  const metric = findMetric(name);
  expect(metric.name).toBe(name);
  expect(metric.labels(serving).length > 0).toBe(!metric.comparesWithReference);
});

test.each([
  ['top-7', 'higher', 'binary'],
  ['f1[3]', 'higher', 'general'],
  ['recall[micro]', 'higher', 'general'],
  ['roc-auc[0]', 'higher', 'general'],
  ['log-loss', 'lower', 'mean'],
  ['mae', 'lower', 'mean'],
  ['map-50[12]', 'higher', 'general'],
] as const)('%s: the better value is %s, its rows are %s', (name, direction, kind) => {
  expect(findMetric(name)).toMatchObject({ name, direction, kind });
});

test.each([
  ['mae', undefined, false],
  ['mae', 'float', true],
  ['mae[labels]', 'float', false],
  ['sqnr', undefined, true],
  ['sqnr[labels]', undefined, false],
  ['r2[float]', 'labels', true],
] as const)('%s with %s compares with the float model: %s', (name, against, expected) => {
  expect(findMetric(name, { against }).comparesWithReference).toBe(expected);
});

test.each([
  ['f2', 'Did you mean `f1`?'],
  ['acuracy', 'It may be top-1, top-5, precision'],
  ['top-0', 'Did you mean `top-1`?'],
  ['f1[macro]', 'It may be `f1`, `f1[1]`, `f1[micro]`, with the number of any class.'],
  ['mae[3]', 'It may be `mae`, `mae[labels]`, `mae[float]`.'],
  ['log-loss[1]', 'It may be `log-loss`.'],
  ['f1[2', 'Did you mean'],
  ['quality', 'or the path of a module that ends in .mjs'],
])('there is no %s', (name, help) => {
  try {
    findMetric(name);
  } catch (error) {
    expect(error).toMatchObject({ diagnostics: [{ code: 'invalid-option', help: [expect.stringContaining(help)] }] });
    return;
  }
  throw new Error('it was found');
});

test('what labels are asked for follows from the signature', () => {
  const fixed = signature([info('y', tensor('float32', [[1, 2, 3]]))], 8);
  expect(findMetric('top-1', { label: 'c', labelType: 'uint8' }).labels(fixed)).toEqual([
    { name: 'c', dtype: 'uint8', shape: [8] },
  ]);
  expect(findMetric('f1', { labelType: 'one-hot' }).labels(serving)).toEqual([
    { name: 'label', dtype: 'float32', shape: [null, 3] },
  ]);
  expect(findMetric('mae').labels(serving)).toEqual([{ name: 'label', dtype: 'float32', shape: [null, 3] }]);
  const one = signature([info('y', tensor('float32', [[1]]))]);
  expect(findMetric('mae').labels(one)).toEqual([{ name: 'label', dtype: 'float32', shape: [null] }]);
  expect(findMetric('f1', { labelType: 'one-hot' }).labels(one)[0]?.shape).toEqual([null, 2]);
  const mask = signature([info('y', tensor('float32', [[[[1, 2]]]]))]);
  expect(findMetric('mean-iou').labels(mask)).toEqual([{ name: 'label', dtype: 'int64', shape: [null, 1, 1] }]);
});

describe('what a value has lost', () => {
  test.each([
    ['top-1', 0.97, 0.99, 0.02],
    ['mae', 0.5, 0, 0.5],
    ['rmse', 0.25, 0, 0.25],
    ['cosine', 0.75, 1, 0.25],
    ['sqnr', 20, Number.POSITIVE_INFINITY, 0.01],
    ['sqnr', 20, 30, 0.009],
    ['sqnr', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0],
    ['log-loss', 0.5, 0.75, -0.25],
  ])('%s %d where there was %d: %d', (name, value, from, drop) => {
    expect(dropOf(findMetric(name), value, from)).toBeCloseTo(drop, 12);
  });

  test('nothing can be said of NaN', () => {
    for (const name of ['top-1', 'mae', 'sqnr']) expect(dropOf(findMetric(name), Number.NaN, 1)).toBeNaN();
  });
});
