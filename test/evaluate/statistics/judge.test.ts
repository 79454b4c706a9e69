import { describe, expect, test } from '@jest/globals';
import { type DropCheck, judge } from '#evaluate/statistics/judge.js';

const check = (drop: number, p: number, pLimit?: number): DropCheck => ({
  id: `${drop} ${p}`,
  drop,
  limit: 0.01,
  p,
  ...(pLimit === undefined ? {} : { pLimit }),
});

const verdicts = (checks: readonly DropCheck[], strict = false) =>
  judge(checks, { strict }).map(({ verdict, certainty }) => `${verdict}, ${certainty}`);

describe('the default rule', () => {
  test('fails where the limit is exceeded and no drop is rejected', () => {
    expect(verdicts([check(0.02, 0.001)])).toEqual(['fail, certain']);
    expect(verdicts([check(0.02, 0.2)])).toEqual(['within-noise, within noise']);
  });

  test('a drop within its limit passes, however certain it is', () => {
    expect(verdicts([check(0.01, 0.0001)])).toEqual(['pass, within noise']);
    expect(verdicts([check(0.005, 0.0001, 0.99)])).toEqual(['pass, certain']);
    expect(verdicts([check(0.005, 0.4, 0.9)])).toEqual(['pass, within noise']);
    expect(verdicts([check(-0.02, 1, Number.NaN)])).toEqual(['pass, within noise']);
  });

  test('each further check asks for more', () => {
    expect(verdicts([check(0.02, 0.03)])).toEqual(['fail, certain']);
    expect(verdicts([check(0.02, 0.03), check(0, 0.5)])).toEqual(['within-noise, within noise', 'pass, within noise']);
    const [judged] = judge([check(0.02, 0.03), check(0, 0.5)], { strict: false });
    expect(judged).toEqual({
      ...check(0.02, 0.03),
      adjustedP: 0.06,
      verdict: 'within-noise',
      certainty: 'within noise',
    });
  });

  test('an undefined drop fails', () => {
    expect(verdicts([check(Number.NaN, Number.NaN), check(0.02, 0.03)])).toEqual(['fail, certain', 'fail, certain']);
  });
});

test('strictly judged, the measured drop fails alone', () => {
  expect(verdicts([check(0.02, 0.4), check(0.009, 0.0001)], true)).toEqual([
    'fail, within noise',
    'pass, within noise',
  ]);
});

test('the order of checks does not matter, nor on which shard they were', () => {
  const checks = [check(0.02, 0.001), check(0.03, 0.02), check(0.04, 0.04), check(0, 0.9)];
  const byId = (judged: ReturnType<typeof judge>) => judged.toSorted((a, b) => a.id.localeCompare(b.id));
  expect(byId(judge(checks.toReversed(), { strict: false }))).toEqual(byId(judge(checks, { strict: false })));
});
