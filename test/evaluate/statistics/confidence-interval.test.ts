import { expect, test } from '@jest/globals';
import { confidenceInterval } from '#evaluate/statistics/confidence-interval.js';
import type { ResampledMetric } from '#evaluate/statistics/statistic.js';

type Rows = readonly Float64Array[];
const meanOf = (rows: Rows, weights?: Uint32Array): number => {
  const sum = rows.reduce((total, row, i) => total + (row[0] as number) * (weights?.[i] ?? 1), 0);
  return sum / (weights?.reduce((total, weight) => total + weight, 0) ?? rows.length);
};
const metric = (kind: ResampledMetric['kind']): ResampledMetric => ({ direction: 'higher', kind, value: meanOf });
const rows = (count: number, number: (i: number) => number): Float64Array[] =>
  Array.from({ length: count }, (_, i) => Float64Array.of(number(i)));
const seed = 3;

test('20 of 20 right: not certainly all', () => {
  const interval = confidenceInterval(
    metric('binary'),
    rows(20, () => 1),
    { seed },
  );
  expect(interval).toMatchObject({ high: 1, level: 0.95, method: 'wilson' });
  expect(interval?.low).toBeCloseTo(0.8389, 4);
});

test('a mean of zeros and ones is a share', () => {
  const share = rows(50, (i) => i % 2);
  expect(confidenceInterval(metric('mean'), share, { seed })?.method).toBe('wilson');
});

test.each(['mean', 'general'] as const)('the interval of a %s of even numbers is about that of the normal', (kind) => {
  const interval = confidenceInterval(
    metric(kind),
    rows(400, (i) => i / 400),
    { seed },
  );
  const half = (1.966 * Math.sqrt(1 / 12)) / 20;
  expect(interval).toMatchObject({ method: 'bootstrap', resamples: 2000 });
  expect((interval?.high as number) - 0.49875).toBeCloseTo(half, 2);
  expect(0.49875 - (interval?.low as number)).toBeCloseTo(half, 2);
  expect(
    confidenceInterval(
      metric(kind),
      rows(400, (i) => i / 400),
      { seed },
    ),
  ).toEqual(interval);
});

test('a lower level is narrower', () => {
  const numbers = rows(100, (i) => Math.sqrt(i));
  const [wide, narrow] = [0.95, 0.5].map((level) => confidenceInterval(metric('mean'), numbers, { seed, level }));
  expect(wide?.low).toBeLessThan(narrow?.low as number);
  expect(wide?.high).toBeGreaterThan(narrow?.high as number);
});

test('fewer resamples of many samples, but never few', () => {
  let calls = 0;
  const counted: ResampledMetric = { ...metric('general'), value: (all) => all.length + (++calls % 7) };
  expect(
    confidenceInterval(
      counted,
      rows(10_000, (i) => i),
      { seed },
    )?.resamples,
  ).toBe(500);
  expect(
    confidenceInterval(
      counted,
      rows(50_000, (i) => i),
      { seed },
    )?.resamples,
  ).toBe(400);
});

test.each<[string, Float64Array[]]>([
  ['no samples', []],
  ['one sample', rows(1, () => 0.3)],
  ['all samples equal', rows(10, () => 0.3)],
  ['an undefined value', rows(10, (i) => (i === 3 ? Number.NaN : i))],
  ['an infinite value', rows(10, (i) => (i === 3 ? Number.POSITIVE_INFINITY : i))],
])('nothing to tell one from: %s', (_, samples) => {
  for (const kind of ['mean', 'general'] as const) {
    expect(confidenceInterval(metric(kind), samples, { seed })).toBeUndefined();
  }
});
