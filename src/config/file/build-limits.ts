import type { GrowthLimits, Limits, MetricConfig, MetricLimits } from '../config.js';
import { type Limit, parseLimit, parseQuantity, type Unit } from '../quantity.js';
import type { LimitsFile, MetricLimitsFile } from './limits-schema.js';
import { NONE } from './schema-parts.js';

type None = typeof NONE;

/** The limits that a checked, merged file states, for a model that is judged by these metrics. */
export function buildLimits(file: LimitsFile | undefined, metrics: readonly MetricConfig[]): Limits {
  const { accuracy, strict = false } = file ?? {};
  const [first] = metrics;
  const stated = new Map(Object.entries(file?.metrics ?? {}));
  if (accuracy !== undefined && first) stated.set(first.name, accuracy);
  const ops = given(file?.ops);
  const latency = given(file?.latency)['max-ratio'];
  return {
    strict,
    metrics: Object.fromEntries(
      metrics.flatMap(({ name }): [string, MetricLimits][] => {
        const limits = given(stated.get(name));
        return Object.keys(limits).length === 0 ? [] : [[name, metricLimits(limits)]];
      }),
    ),
    size: growth(file?.size, 'bytes'),
    ops: { ...growth(file?.ops, 'count'), allow: ops.allow, deny: ops.deny ?? [] },
    macs: growth(file?.macs, 'count'),
    peakMemory: growth(file?.['peak-memory'], 'bytes'),
    latency: { maxRatio: latency === NONE ? undefined : latency },
  };
}

function metricLimits(file: MetricLimitsFile): MetricLimits {
  return {
    min: limit(file.min, 'number'),
    max: limit(file.max, 'number'),
    maxDrop: limit(file['max-drop'], 'number'),
    maxRegression: limit(file['max-regression'], 'number'),
  };
}

interface GrowthFile {
  readonly max?: string | number | undefined;
  readonly 'max-increase'?: string | number | undefined;
}

function growth(file: GrowthFile | None | undefined, unit: Unit): GrowthLimits {
  const { max, 'max-increase': maxIncrease } = given(file);
  return {
    max: max === undefined || max === NONE ? undefined : parseQuantity(max, unit),
    maxIncrease: limit(maxIncrease, unit),
  };
}

function limit(value: string | number | undefined, unit: Unit): Limit | undefined {
  return value === undefined || value === NONE ? undefined : parseLimit(value, unit);
}

function given<T extends object>(value: T | None | undefined): Partial<T> {
  return value === undefined || value === NONE ? {} : value;
}
