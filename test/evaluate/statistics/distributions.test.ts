import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  binomialAtLeast,
  logBinomial,
  normalBelow,
  normalQuantile,
  studentAbove,
  studentQuantile,
} from '#evaluate/statistics/distributions.js';
import { wilsonInterval } from '#evaluate/statistics/share-interval.js';

/** Arguments followed by what scipy gives: see make_goldens.py. */
const goldens = JSON.parse(readFileSync('test/evaluate/statistics/goldens.json', 'utf8')) as Record<string, number[][]>;

/** Far less than what the number of resamples leaves open. */
const RELATIVE_ERROR = 2e-7;

const functions: readonly (readonly [string, (...given: number[]) => number])[] = [
  ['normalQuantile', normalQuantile as (...given: number[]) => number],
  ['normalBelow', normalBelow as (...given: number[]) => number],
  ['studentQuantile', studentQuantile as (...given: number[]) => number],
  ['studentAbove', studentAbove as (...given: number[]) => number],
  ['binomialAtLeast', (hits = 0, trials = 0) => binomialAtLeast(hits, trials, 0.5)],
  ['logBinomial', logBinomial as (...given: number[]) => number],
];

test.each(functions)('%s is as exact as scipy, to seven digits', (name, give) => {
  const cases = goldens[name] as number[][];
  expect(cases.length).toBeGreaterThan(3);
  for (const given of cases) {
    const right = given.at(-1) as number;
    const error = Math.abs(give(...given.slice(0, -1)) - right) / (Math.abs(right) || 1);
    expect([given, error < RELATIVE_ERROR]).toEqual([given, true]);
  }
});

test('infinite t', () => {
  expect([studentAbove(Number.POSITIVE_INFINITY, 5), studentAbove(Number.NEGATIVE_INFINITY, 5)]).toEqual([0, 1]);
});

test('Wilson intervals are those of scipy', () => {
  for (const [hits = 0, samples = 0, low = 0, high = 0] of goldens['wilson'] as number[][]) {
    const interval = wilsonInterval(hits, samples, 0.95);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  }
});
