import type { MetricLimits } from '#config/config.js';
import type { Metric } from '#evaluate/metric.js';
import { type PairedDrop, pairedDrop } from '#evaluate/statistics/paired-drop.js';
import type { Check } from '#record/findings.js';
import { NO_BASE, plainCheck } from './check.js';
import { limitText, plainNumber, resolveLimit } from './quantities.js';

const NO_FLOAT = 'There is no float model to compare with.';

/** A metric's rows of the same samples in the same order, of the models that are compared. */
export interface MetricRows {
  readonly variant: readonly Float64Array[];
  /** Of the float model of the same SavedModel. */
  readonly reference: readonly Float64Array[] | undefined;
  /** Of the same variant of the base. */
  readonly base: readonly Float64Array[] | undefined;
}

export interface MetricCheckOptions {
  /** As limits name it. */
  readonly name: string;
  readonly limits: MetricLimits;
  readonly strict: boolean;
  readonly seed: number;
  /** A sentence: why there is nothing of the base to compare with, where more is known than that there is no base. */
  readonly baseReason?: string | undefined;
}

type JudgedMetric = Pick<Metric, 'name' | 'direction' | 'kind' | 'unit' | 'value'>;

export interface MetricFindings {
  readonly checks: readonly Check[];
  /** Against the float model. */
  readonly reference: PairedDrop | undefined;
  readonly base: PairedDrop | undefined;
}

/**
 * How one metric compares, and the checks of it. Verdicts on drops depend on all drops of a run: they are left to
 * `judgeRun`.
 */
export function compareMetric(metric: JudgedMetric, rows: MetricRows, options: MetricCheckOptions): MetricFindings {
  const { limits } = options;
  const value = metric.value(rows.variant);
  const reference = compared(metric, rows.variant, rows.reference, limits.maxDrop, options);
  const base = compared(metric, rows.variant, rows.base, limits.maxRegression, options);
  return {
    checks: [
      ...boundCheck(metric, value, 'min', limits.min, rows, options),
      ...boundCheck(metric, value, 'max', limits.max, rows, options),
      ...dropCheck(metric, reference, 'max-drop', limits.maxDrop, options),
      ...dropCheck(metric, base, 'max-regression', limits.maxRegression, options),
    ],
    reference: reference?.drop,
    base: base?.drop,
  };
}

interface Compared {
  /** 0 where nothing is said. */
  readonly limit: number;
  readonly drop: PairedDrop;
}

function compared(
  metric: JudgedMetric,
  variant: readonly Float64Array[],
  from: readonly Float64Array[] | undefined,
  allowed: MetricLimits['maxDrop'],
  { seed }: MetricCheckOptions,
): Compared | undefined {
  if (!from) return undefined;
  const limit = allowed === undefined ? 0 : allowedDrop(metric, allowed, metric.value(from));
  return { limit, drop: pairedDrop(metric, from, variant, { seed, limit }) };
}

function unitOf({ unit }: JudgedMetric): Check['unit'] {
  return unit ?? 'metric';
}

/** A relative bound is a share of the float model's value. */
function boundCheck(
  metric: JudgedMetric,
  value: number,
  which: 'min' | 'max',
  bound: MetricLimits['min'],
  { reference }: MetricRows,
  { name }: MetricCheckOptions,
): Check[] {
  if (bound === undefined) return [];
  const unit = unitOf(metric);
  const text = limitText(bound, unit);
  const head = {
    id: `metrics.${name}.${which}`,
    kind: 'accuracy',
    limitText: text,
    measured: finite(value),
    unit,
  } as const;
  if ('relative' in bound && !reference) {
    return [plainCheck({ ...head, limit: null, verdict: 'skipped', reason: NO_FLOAT })];
  }
  const from = 'relative' in bound && reference ? metric.value(reference) : 0;
  const limit = resolveLimit(bound, from);
  // Nothing holds against what is undefined.
  const holds = which === 'min' ? value >= limit : value <= limit;
  const asked = `${which === 'min' ? 'at least' : 'at most'} ${text}`;
  const reason = `${name} is ${plainNumber(value)}, ${asked} is asked.`;
  return [
    plainCheck({
      ...head,
      limit: finite(limit),
      verdict: holds ? 'pass' : 'fail',
      reason: undefinedIn(name, value, from) ?? reason,
    }),
  ];
}

function undefinedIn(name: string, value: number, from: number): string | undefined {
  if (Number.isNaN(value)) return `${name} is undefined on these samples.`;
  return Number.isNaN(from) ? `${name} of the float model is undefined on these samples.` : undefined;
}

function dropCheck(
  metric: JudgedMetric,
  found: Compared | undefined,
  which: 'max-drop' | 'max-regression',
  allowed: MetricLimits['maxDrop'],
  { name, strict, baseReason = NO_BASE }: MetricCheckOptions,
): Check[] {
  if (allowed === undefined) return [];
  const unit = unitOf(metric);
  const text = limitText(allowed, 'metric');
  const id = `metrics.${name}.${which}`;
  if (!found) {
    const reason = which === 'max-drop' ? NO_FLOAT : baseReason;
    return [
      plainCheck({
        id,
        kind: 'accuracy',
        limit: null,
        limitText: text,
        measured: null,
        unit,
        verdict: 'skipped',
        reason,
      }),
    ];
  }
  const { limit, drop } = found;
  return [
    {
      id,
      kind: 'accuracy',
      limit: finite(limit),
      limitText: text,
      measured: finite(drop.drop),
      unit,
      verdict: 'pass',
      certainty: null,
      p: finite(drop.p),
      adjustedP: null,
      pLimit: finite(drop.pLimit),
      strict,
      samplesToSettle: null,
      spread: spreadOf(drop),
      reason: '',
    },
  ];
}

/** A relative drop is a share of the value that it is a drop from; of decibels, of that model's noise. */
function allowedDrop({ unit }: JudgedMetric, allowed: NonNullable<MetricLimits['maxDrop']>, from: number): number {
  return resolveLimit(allowed, unit === 'dB' ? 10 ** (-from / 10) : from);
}

function spreadOf({ spread }: PairedDrop): NonNullable<Check['spread']> {
  return spread.kind === 'answers' ? spread : { ...spread, deviation: finite(spread.deviation) };
}

/** JSON holds no NaN and no infinity. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
