import { describe, expect, test } from '@jest/globals';
import type { Spread } from '#evaluate/statistics/paired-drop.js';
import { samplesToSettle } from '#evaluate/statistics/samples-to-settle.js';

const answers = (samples: number, lost: number, gained: number): Spread => ({ kind: 'answers', samples, lost, gained });
const numbers = (samples: number, deviation: number): Spread => ({ kind: 'numbers', samples, deviation });
const settle = (spread: Spread, limit: number, checks = 1): number =>
  samplesToSettle({ spread, limit, checks }) as number;

describe.each([
  ['answers', answers(1000, 30, 20)],
  ['numbers', numbers(1000, 0.22)],
])('%s', (_, spread) => {
  test('a smaller limit and more checks take more samples', () => {
    expect(settle(spread, 0.01)).toBeGreaterThan(3 * settle(spread, 0.02));
    expect(settle(spread, 0.01, 40)).toBeGreaterThan(settle(spread, 0.01));
  });

  test('no number of samples shows that a drop is not 0', () => {
    expect(samplesToSettle({ spread, limit: 0, checks: 1 })).toBeUndefined();
  });
});

test('answers that differ more often, or are known from fewer samples, take more', () => {
  expect(settle(answers(1000, 60, 50), 0.02)).toBeGreaterThan(settle(answers(1000, 30, 20), 0.02));
  expect(settle(answers(100, 3, 2), 0.02)).toBeGreaterThan(settle(answers(1000, 30, 20), 0.02));
});

test('numbers: about 4 variances by the square of the limit', () => {
  const needed = settle(numbers(1e6, 0.5), 0.01);
  expect(needed / (1.96 ** 2 * 0.25 * 1e4)).toBeCloseTo(1, 1);
});

test('a drop that cannot be, and a spread that is unknown', () => {
  expect(samplesToSettle({ spread: answers(100, 5, 5), limit: 0.6, checks: 1 })).toBeUndefined();
  expect(samplesToSettle({ spread: numbers(100, Number.NaN), limit: 0.1, checks: 1 })).toBeUndefined();
});

test('hopeless limits end', () => {
  expect(samplesToSettle({ spread: answers(100, 20, 20), limit: 1e-6, checks: 1 })).toBeUndefined();
  expect(samplesToSettle({ spread: numbers(100, 1), limit: 1e-9, checks: 1 })).toBeUndefined();
});
