import type { MetricLimits, VariantConfig } from '#config/config.js';
import type { Metric } from '#evaluate/metric.js';
import { confidenceInterval } from '#evaluate/statistics/confidence-interval.js';
import type { PairedDrop } from '#evaluate/statistics/paired-drop.js';
import { plainCheck } from '#gate/checks/check.js';
import { figureChecks } from '#gate/checks/figure-checks.js';
import { compareMetric, finite, type MetricFindings } from '#gate/checks/metric-checks.js';
import { runCheck, unjudgedChecks } from '#gate/checks/unjudged-checks.js';
import type { Check, TargetFit } from '#record/findings.js';
import type { Comparison, Metric as MetricRecord } from '#record/measures.js';
import type { Variant } from '#record/record.js';
import type { Before, MeasuredMetric, Measurement } from './measurement.js';

/** Of everything that is drawn at random in the judging, unless the configuration says otherwise. */
const SEED = 1;
const NO_LIMITS: MetricLimits = { min: undefined, max: undefined, maxDrop: undefined, maxRegression: undefined };

export interface Compared {
  readonly variant: Measurement;
  /** Of the float model of the same SavedModel. */
  readonly reference: readonly MeasuredMetric[];
  /** Of the same variant of the base. */
  readonly base: Measurement | undefined;
  /** What is to be known of how the base compares, and why there is nothing of it. */
  readonly aboutBase: Partial<Pick<Before, 'findings' | 'missing'>>;
  /** Where in the output folder the file will lie. */
  readonly file: string | null;
}

/** What the record says of one variant. Verdicts on drops are left open: see `judgeRun`. */
export function compareVariant(
  config: VariantConfig,
  metrics: readonly Metric[],
  { variant, reference, base, aboutBase, file }: Compared,
  seed = SEED,
): Variant {
  const { scheme, engine, figures, outcome } = variant;
  const found = metrics.flatMap((metric) => {
    const own = variant.metrics.find(({ name }) => name === metric.name);
    const float = reference.find(({ name }) => name === metric.name);
    const before = base?.metrics.find(({ name }) => name === metric.name);
    return own ? [{ metric, own, float, before: before && sameSamples(own, before) ? before : undefined }] : [];
  });
  const compared = found.map(({ metric, own, float, before }) => ({
    metric,
    own,
    float,
    before,
    ...compareMetric(
      metric,
      { variant: own.rows, reference: float?.rows, base: before?.rows },
      {
        name: metric.name,
        limits: config.limits.metrics[metric.name] ?? NO_LIMITS,
        strict: config.limits.strict,
        baseReason: aboutBase.missing,
        seed,
      },
    ),
  }));
  const checks = compared.flatMap((each) => each.checks);
  if (outcome === 'measured') {
    const known = new Set(found.map(({ metric }) => metric));
    const unknown = metrics.filter((metric) => !known.has(metric));
    checks.push(...runCheck(variant.findings));
    checks.push(
      ...unknown.flatMap((metric) => unjudgedChecks(metric, config.limits.metrics[metric.name] ?? NO_LIMITS)),
    );
  }
  if (figures) checks.push(...figureChecks(figures, base?.figures, config.limits, aboutBase.missing));
  checks.push(...variant.targets.map(targetCheck), ...variant.checks);
  return {
    name: config.name,
    scheme,
    engine,
    verdict: outcome === 'measured' ? 'passed' : outcome,
    file,
    figures: figures ?? null,
    base: base?.figures ?? null,
    metrics: compared.map((each) => metricRecord(each, seed)),
    nan: variant.nan,
    layers: [...variant.layers],
    float: variant.float,
    targets: variant.targets,
    checks,
    findings: [...variant.findings, ...(aboutBase.findings ?? [])],
  };
}

/** Judged on other data, as by a baseline file of before: such results do not pair. */
function sameSamples(a: MeasuredMetric, b: MeasuredMetric): boolean {
  return a.rows.length === b.rows.length && a.evidence === b.evidence;
}

interface ComparedMetric extends MetricFindings {
  readonly metric: Metric;
  readonly own: MeasuredMetric;
  readonly float: MeasuredMetric | undefined;
  readonly before: MeasuredMetric | undefined;
}

function metricRecord({ metric, own, float, before, reference, base }: ComparedMetric, seed: number): MetricRecord {
  const comparison = (other: MeasuredMetric | undefined, found: PairedDrop | undefined): Comparison | null => {
    if (!other || !found) return null;
    const { drop, interval, p, test } = found;
    const value = finite(metric.value(other.rows));
    return { value, drop: finite(drop), interval: intervalRecord(interval), p: finite(p), test };
  };
  return {
    name: metric.name,
    direction: metric.direction,
    unit: metric.unit ?? null,
    samples: own.rows.length,
    evidence: own.evidence,
    value: finite(metric.value(own.rows)),
    interval: intervalRecord(confidenceInterval(metric, own.rows, { seed })),
    reference: comparison(float, reference),
    base: comparison(before, base),
  };
}

function intervalRecord(interval: ReturnType<typeof confidenceInterval>): MetricRecord['interval'] {
  return interval ? { ...interval, low: finite(interval.low), high: finite(interval.high) } : null;
}

function targetCheck({ target, fits, problems }: TargetFit): Check {
  return plainCheck({
    id: `targets.${target}`,
    kind: 'target',
    limit: 0,
    limitText: target,
    measured: problems.length,
    unit: 'count',
    verdict: fits ? 'pass' : 'fail',
    reason: fits
      ? `It fits ${target}.`
      : `It does not fit ${target}: ${problems.map(({ op, reason }) => `${op}: ${reason}`).join('; ')}.`,
  });
}
