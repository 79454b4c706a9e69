import { expect, test } from '@jest/globals';
import { holm } from '#evaluate/statistics/holm.js';

test('the smallest counts for all, the next for all but one, none less than one before it', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  expect(holm([0.4, 0.9])).toEqual([0.8, 0.9]);
  expect(holm([0.7, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

test('what was not tested does not count', () => {
  expect(holm([0.02, Number.NaN, 0.03])).toEqual([0.04, Number.NaN, 0.04]);
});
