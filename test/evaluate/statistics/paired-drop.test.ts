import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { pairedDrop } from '#evaluate/statistics/paired-drop.js';
import type { ResampledMetric } from '#evaluate/statistics/statistic.js';

/** Of scipy: see make_goldens.py. */
const goldens = JSON.parse(readFileSync('test/evaluate/statistics/goldens.json', 'utf8')) as Record<string, number[][]>;

type Rows = readonly Float64Array[];
const meanOf = (rows: Rows, weights?: Uint32Array): number => {
  const sum = rows.reduce((total, row, i) => total + (row[0] as number) * (weights?.[i] ?? 1), 0);
  return sum / (weights?.reduce((total, weight) => total + weight, 0) ?? rows.length);
};
const accuracy: ResampledMetric = { direction: 'higher', kind: 'binary', value: meanOf };
const mae: ResampledMetric = { direction: 'lower', kind: 'mean', value: meanOf };
const general: ResampledMetric = { direction: 'lower', kind: 'general', value: meanOf };

const rows = (...numbers: readonly number[]): Float64Array[] => numbers.map((number) => Float64Array.of(number));
/** Answers of two models that both have `both` samples right. */
const answers = (both: number, lost: number, gained: number): [Float64Array[], Float64Array[]] => {
  const all = (before: number, after: number) => [
    ...Array(both).fill(1),
    ...Array(lost).fill(before),
    ...Array(gained).fill(after),
  ];
  return [rows(...all(1, 0)), rows(...all(0, 1))];
};
const options = { seed: 1, limit: 0.01 };

describe('right and wrong answers', () => {
  test("McNemar's exact test, one-sided", () => {
    const drop = pairedDrop(accuracy, ...answers(95, 5, 0), options);
    expect(drop).toMatchObject({ drop: 0.050000000000000044, test: 'mcnemar' });
    expect(drop.spread).toEqual({ kind: 'answers', samples: 100, lost: 5, gained: 0 });
    for (const [lost = 0, gained = 0, p = 0] of goldens['mcnemar'] as number[][]) {
      expect(pairedDrop(accuracy, ...answers(100, lost, gained), options).p).toBeCloseTo(p, 9);
    }
  });

  test("Tango's interval, as searched for", () => {
    for (const [samples = 0, lost = 0, gained = 0, low = 0, high = 0] of goldens['tango'] as number[][]) {
      const { interval } = pairedDrop(accuracy, ...answers(samples - lost - gained, lost, gained), options);
      expect(interval).toMatchObject({ method: 'score', level: 0.95 });
      expect(interval?.low).toBeCloseTo(low, 7);
      expect(interval?.high).toBeCloseTo(high, 7);
    }
  });

  test('equal answers: no drop, but so many samples may miss one', () => {
    const { drop, p, interval, pLimit } = pairedDrop(accuracy, ...answers(100, 0, 0), options);
    expect([drop, p]).toEqual([0, 1]);
    const most = 1.959964 ** 2 / (100 + 1.959964 ** 2);
    expect(interval?.high).toBeCloseTo(most, 6);
    expect(interval?.low).toBeCloseTo(-most, 6);
    expect(pLimit).toBeGreaterThan(0.5);
  });

  test('of errors, fewer are better', () => {
    const errors: ResampledMetric = { ...accuracy, direction: 'lower' };
    expect(pairedDrop(errors, ...answers(95, 5, 0), options)).toMatchObject({ p: 1, spread: { lost: 0, gained: 5 } });
  });

  test('the interval and the test of the limit agree', () => {
    const { interval } = pairedDrop(accuracy, ...answers(180, 17, 3), options);
    const limit = interval?.low as number;
    expect(pairedDrop(accuracy, ...answers(180, 17, 3), { seed: 1, limit }).pLimit).toBeCloseTo(0.025, 6);
  });
});

/** Numbers that look random enough. */
const noise = (i: number): number => Math.sin(12.9898 * i) * 10;
const before = Array.from({ length: 60 }, (_, i) => 50 + noise(i));

describe.each([
  ['means', mae],
  ['any metric', general],
])('%s', (_, metric) => {
  test('a clear drop, beyond all resolution of the resamples', () => {
    const after = before.map((number, i) => number + 5 + noise(i + 100) / 10);
    const drop = pairedDrop(metric, rows(...before), rows(...after), { seed: 1, limit: 1 });
    expect(drop.test).toBe('swap');
    expect(drop.drop).toBeCloseTo(5, 0);
    expect(drop.p).toBeLessThan(1e-6);
    expect(drop.p).toBeGreaterThanOrEqual(2 ** -60);
    expect(drop.pLimit).toBeLessThan(1e-6);
    expect(drop.interval?.low).toBeGreaterThan(4.5);
    expect(drop.interval?.high).toBeLessThan(5.5);
    expect(drop.interval).toMatchObject({ method: 'bootstrap', resamples: 2000 });
  });

  test('the same seed gives the same numbers, another nearly so', () => {
    const after = before.map((number, i) => number + 0.3 + noise(i + 100) / 10);
    const of = (seed: number) => pairedDrop(metric, rows(...before), rows(...after), { seed, limit: 1 });
    expect(of(1)).toEqual(of(1));
    expect(of(2)).not.toEqual(of(1));
    expect(of(2).p).toBeCloseTo(of(1).p, 1);
  });

  test('equal rows: p is 1, and nothing to tell an interval from', () => {
    expect(pairedDrop(metric, rows(...before), rows(...before), options)).toEqual({
      drop: 0,
      interval: undefined,
      p: 1,
      pLimit: 1,
      test: 'swap',
      spread: { kind: 'numbers', samples: 60, deviation: 0 },
    });
  });

  test('two samples that differ cannot be significant', () => {
    const after = before.map((number, i) => number + (i < 2 ? 30 : 0));
    expect(pairedDrop(metric, rows(...before), rows(...after), options).p).toBeGreaterThanOrEqual(0.25);
  });

  test('an undefined value gives no numbers', () => {
    const { drop, p, pLimit, interval } = pairedDrop(metric, rows(1, 2, 3), rows(1, Number.NaN, 3), options);
    expect({ drop, p, pLimit, interval }).toEqual({
      drop: Number.NaN,
      p: Number.NaN,
      pLimit: Number.NaN,
      interval: undefined,
    });
    expect(pairedDrop(metric, [], [], options).p).toBeNaN();
  });

  test('an infinitely bad value is a drop', () => {
    const after = rows(...before.with(3, Number.POSITIVE_INFINITY));
    const { drop, p, interval } = pairedDrop(metric, rows(...before), after, options);
    expect([drop, interval]).toEqual([Number.POSITIVE_INFINITY, undefined]);
    // One sample of one model or the other.
    expect(p).toBeGreaterThan(0.3);
  });
});

test('the general way gives means what their own gives', () => {
  const after = before.map((number, i) => number + 0.3 + noise(i + 100) / 10);
  const [own, other] = [mae, general].map((metric) =>
    pairedDrop(metric, rows(...before), rows(...after), { seed: 1, limit: 0.1 }),
  );
  expect(other?.p).toBeCloseTo(own?.p as number, 1);
  expect(other?.interval?.low).toBeCloseTo(own?.interval?.low as number, 6);
});

test('a metric without value in many resamples still has a test', () => {
  const fragile: ResampledMetric = {
    ...general,
    value: (all, weights) => (weights && all.length === 60 && weights[0] === 0 ? Number.NaN : meanOf(all, weights)),
  };
  const after = before.map((number) => number + 1);
  const { p, pLimit, interval } = pairedDrop(fragile, rows(...before), rows(...after), options);
  expect(p).toBeLessThan(0.01);
  expect([pLimit, interval]).toEqual([Number.NaN, undefined]);
});

test('rows of different samples are refused', () => {
  expect(() => pairedDrop(mae, rows(1), rows(1, 2), options)).toThrow('1 rows cannot be paired with 2');
});
