import { expect, test } from '@jest/globals';
import { findMetric } from '#evaluate/find-metric.js';
import type { Observation } from '#evaluate/metric.js';
import type { Tensor } from '#tensor/tensor.js';
import { evaluated, observation, tensor } from '../observations.js';

function pair(actual: Readonly<Record<string, Tensor>>, expected: Readonly<Record<string, Tensor>>): Observation {
  return observation(actual, {}, { reference: observation(expected) });
}

function value(name: string, ...samples: Observation[]): number {
  return evaluated(findMetric(name, { against: 'float' }), samples);
}

test('errors done by hand', () => {
  const samples = [
    pair({ y: tensor('float32', [[4]]) }, { y: tensor('float32', [[3]]) }),
    pair({ y: tensor('float32', [[1]]) }, { y: tensor('float32', [[4]]) }),
  ];
  expect(value('mae', ...samples)).toBe(2);
  expect(value('max-error', ...samples)).toBe(3);
  expect(value('rmse', ...samples)).toBeCloseTo(Math.sqrt(5), 12);
  expect(value('cosine', ...samples)).toBeCloseTo(16 / Math.sqrt(25 * 17), 12);
  expect(value('sqnr', ...samples)).toBeCloseTo(10 * Math.log10(2.5), 12);
});

test('equal outputs, zeros and infinities among them', () => {
  const equal = pair({ y: tensor('float32', [[0, Infinity]]) }, { y: tensor('float32', [[0, Infinity]]) });
  const names = ['mae', 'rmse', 'max-error', 'cosine', 'sqnr'];
  expect(names.map((name) => value(name, equal))).toEqual([0, 0, 0, 1, Number.POSITIVE_INFINITY]);
});

test('NaN makes errors NaN, also if the float model gives it, and never agrees', () => {
  const [one, nan] = [tensor('float32', [[0, 1]]), tensor('float32', [[0, NaN]])];
  for (const sample of [pair({ y: nan }, { y: one }), pair({ y: one }, { y: nan }), pair({ y: nan }, { y: nan })]) {
    for (const name of ['mae', 'rmse', 'r2', 'cosine', 'sqnr', 'max-error']) {
      expect(value(name, sample, pair({ y: one }, { y: one }))).toBeNaN();
    }
    expect(value('agreement', sample, pair({ y: one }, { y: one }))).toBe(0.5);
  }
});

test('outputs of another size than in the float model are no agreement, and no number', () => {
  const sample = pair({ y: tensor('float32', [[1, 2]]) }, { y: tensor('float32', [[1, 2, 3]]) });
  expect(value('sqnr', sample)).toBeNaN();
  expect(value('agreement', sample)).toBe(0);
});

test('agreement is of places with scores and of whole numbers, not of single numbers', () => {
  const scores = (values: number[][]) => tensor('float32', [values]);
  const sample = pair(
    {
      a: scores([
        [0, 1],
        [5, 1],
      ]),
      b: tensor('int64', [[3, 4]]),
      c: tensor('float32', [[7]]),
    },
    {
      a: scores([
        [0, 9],
        [1, 5],
      ]),
      b: tensor('int64', [[3, 4]]),
      c: tensor('float32', [[8]]),
    },
  );
  expect(value('agreement', sample)).toBe(0.75);
  expect(value('agreement', pair({ c: tensor('float32', [[7]]) }, { c: tensor('float32', [[7]]) }))).toBeNaN();
});

test('one of several outputs may be named', () => {
  const sample = pair(
    { a: tensor('float32', [[1]]), b: tensor('float32', [[5]]) },
    { a: tensor('float32', [[1]]), b: tensor('float32', [[3]]) },
  );
  expect(evaluated(findMetric('max-error', { output: 'a' }), [sample])).toBe(0);
});

test('a label of another size is told', () => {
  const observed = observation({ y: tensor('float32', [[1, 2]]) }, { label: tensor('float32', [[1]]) });
  expect(() => findMetric('mae').observe(observed)).toThrow(
    "takes outputs of the size of the label 'label', but it has 1 elements a row; the output 'y' is float32 [1, 2]",
  );
});
