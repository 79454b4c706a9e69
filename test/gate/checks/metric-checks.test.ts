import { describe, expect, test } from '@jest/globals';
import type { MetricLimits } from '#config/config.js';
import { defaultConfig } from '#config/file/parse-config.js';
import type { Metric } from '#evaluate/metric.js';
import { figureChecks, latencyCheck } from '#gate/checks/figure-checks.js';
import { judgeRun } from '#gate/checks/judge-run.js';
import { compareMetric, type MetricRows } from '#gate/checks/metric-checks.js';
import { RunRecord } from '#record/record.js';
import { sampleFigures, sampleModel, sampleRecord, sampleVariant } from '../../record/sample-record.js';

const NO_LIMITS: MetricLimits = { min: undefined, max: undefined, maxDrop: undefined, maxRegression: undefined };
const REFUSED = 'The base has no file of this variant: it could not be made.';

type Judged = Pick<Metric, 'name' | 'direction' | 'kind' | 'unit' | 'value'>;

/** The mean of what rows hold. */
function mean(unit?: 'dB'): Judged {
  const value = (rows: readonly Float64Array[]) => rows.reduce((sum, [x = 0]) => sum + x, 0) / rows.length;
  return { name: 'score', direction: 'higher', kind: 'general', value, ...(unit && { unit }) };
}

function rows(value: number): Float64Array[] {
  return Array.from({ length: 4 }, () => Float64Array.of(value));
}

function compare(metric: Judged, given: Partial<MetricRows>, limits: Partial<MetricLimits>, baseReason?: string) {
  const all: MetricRows = { variant: rows(0.5), reference: undefined, base: undefined, ...given };
  const options = { name: 'score', limits: { ...NO_LIMITS, ...limits }, strict: false, seed: 1, baseReason };
  return compareMetric(metric, all, options).checks;
}

describe('limits relative to what is no number', () => {
  const tenth = { relative: 0.9 };
  const some = { relative: 0.05 };
  const cases: [string, Judged, Partial<MetricRows>, Partial<MetricLimits>][] = [
    ['a bound, of an undefined one', mean(), { reference: rows(Number.NaN) }, { min: tenth, max: tenth }],
    ['a bound, of infinite decibels', mean('dB'), { reference: rows(Number.POSITIVE_INFINITY) }, { min: tenth }],
    ['nothing of infinity', mean(), { reference: rows(Number.POSITIVE_INFINITY) }, { min: { relative: 0 } }],
    ['a drop, from an undefined one', mean(), { base: rows(Number.NaN) }, { maxRegression: some }],
    ['a drop, from infinity', mean(), { reference: rows(Number.POSITIVE_INFINITY) }, { maxDrop: some }],
    ['a drop, from no signal at all', mean('dB'), { base: rows(Number.NEGATIVE_INFINITY) }, { maxRegression: some }],
    ['a drop, of all that is undefined', mean(), { variant: rows(Number.NaN), base: rows(1) }, { maxRegression: some }],
  ];

  test.each(cases)('%s: the record can be written and read', (_, metric, given, limits) => {
    const checks = compare(metric, given, limits);
    expect(checks).not.toEqual([]);
    const record = sampleRecord({
      models: judgeRun([sampleModel({ variants: [sampleVariant({ checks: [...checks] })] })]),
    });
    expect(RunRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(RunRecord.safeParse(record).error).toBeUndefined();
    expect(record.models[0]?.variants[0]?.checks.map(({ verdict }) => verdict)).not.toContain('pass');
  });

  test('infinite decibels are as good as infinite decibels', () => {
    const infinite = rows(Number.POSITIVE_INFINITY);
    const [check] = compare(mean('dB'), { variant: infinite, reference: infinite }, { min: tenth });
    expect(check).toMatchObject({ verdict: 'pass', limit: null, measured: null });
  });

  test('the reason says which of the two is undefined', () => {
    const reason = (variant: number, reference: number) =>
      compare(mean(), { variant: rows(variant), reference: rows(reference) }, { min: tenth })[0]?.reason;
    expect(reason(Number.NaN, 1)).toBe('score is undefined on these samples.');
    expect(reason(0.5, Number.NaN)).toBe('score of the float model is undefined on these samples.');
    expect(reason(0.5, 1)).toBe('score is 0.5, at least 90% is asked.');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a ratio of %p of times fails, as null', (ratio) => {
    expect(latencyCheck(ratio, { maxRatio: 1.1 })).toMatchObject([{ measured: null, verdict: 'fail' }]);
  });
});

describe('without a base', () => {
  test('a regression of a metric is skipped, for the reason that is given', () => {
    const limits = { maxRegression: { absolute: 0.1 }, maxDrop: { absolute: 0.1 } };
    const reasons = (baseReason?: string) => compare(mean(), {}, limits, baseReason).map(({ reason }) => reason);
    expect(reasons()).toEqual(['There is no float model to compare with.', 'There is no base to compare with.']);
    expect(reasons(REFUSED)).toEqual(['There is no float model to compare with.', REFUSED]);
  });

  test('growth of the file is skipped, for the reason that is given', () => {
    const [model] = defaultConfig().models;
    const limits = { ...(model as NonNullable<typeof model>).limits };
    const growing = { ...limits, size: { max: undefined, maxIncrease: { relative: 0.05 } } };
    const found = (...baseReason: [string?]) => figureChecks(sampleFigures(), undefined, growing, ...baseReason);
    expect(found()).toMatchObject([{ verdict: 'skipped', reason: 'There is no base to compare with.' }]);
    expect(found(REFUSED)).toMatchObject([{ verdict: 'skipped', reason: REFUSED }]);
    expect(figureChecks(sampleFigures(), sampleFigures(), growing, REFUSED)).toMatchObject([{ verdict: 'pass' }]);
  });
});
