import type { Baseline, Config, EvaluateConfig, Limits, MetricLimits, ModelEntry, VariantConfig } from '../config.js';
import { formatLimit, formatQuantity, type Limit, type Unit } from '../quantity.js';

/** What a configuration says at each path: text, numbers, flags, lists and limits. Nothing said is undefined. */
export type Statements = ReadonlyMap<string, unknown>;

export function settingStatements({ file: _, models: __, report, ...settings }: Config): Statements {
  return statements(['', settings], ['report', report]);
}

/** All about a model but its variants, metrics and targets, which are compared one by one. */
export function modelStatements(model: ModelEntry): Statements {
  const { path, signatures, tags, inputShapes, verify, baseline } = model;
  const { metrics, image, audio, ...evaluate } = model.evaluate;
  return statements(
    ['', { path, signatures, tags, verify, baseline: baselineText(baseline) }],
    ['input-shapes', inputShapes],
    ['evaluate', evaluate],
    ['evaluate', { metrics: metrics.map(({ name }) => name) }],
    ['evaluate.image', image],
    ['evaluate.audio', audio],
  );
}

export function variantStatements({ name: _, limits, targets: __, ...definition }: VariantConfig): Statements {
  return new Map([...statements(['', definition]), ...limitStatements(limits)]);
}

export function limitStatements({ strict, metrics, ...limits }: Limits): Statements {
  const groups = Object.entries(limits).map(([name, group]) => [`limits.${kebab(name)}`, group] as const);
  return statements(['limits', { strict }], ...Object.entries(metrics).map(metricStatements), ...groups);
}

export function metricStatement(evaluate: EvaluateConfig, name: string): string | undefined {
  const metric = evaluate.metrics.find((each) => each.name === name);
  if (!metric) return undefined;
  const options = Object.entries(metric.options).sort(([a], [b]) => (a < b ? -1 : 1));
  return options.length === 0 ? metric.metric : `${metric.metric} ${JSON.stringify(Object.fromEntries(options))}`;
}

/** As it may stand in a configuration. */
export function statementText(path: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return `[${value.map((each) => (each === null ? '?' : String(each))).join(', ')}]`;
  const unit = unitOf(path);
  if (typeof value === 'object' && value !== null) return formatLimit(value as Limit, unit);
  return typeof value === 'number' && unit !== 'number' ? formatQuantity(value, unit) : String(value);
}

function unitOf(path: string): Unit {
  if (/\.limits\.(?:size|peak-memory)\.|^(?:engine-)?memory$/.test(path)) return 'bytes';
  if (/\.limits\.(?:ops|macs)\./.test(path)) return 'count';
  return /^engine-time-limit$|\.audio\.duration$/.test(path) ? 'seconds' : 'number';
}

function metricStatements([name, limits]: [string, MetricLimits]): readonly [string, object] {
  return [`limits.metrics.${name}`, limits];
}

function baselineText(baseline: Baseline): string {
  return baseline.kind === 'file' ? baseline.path : baseline.kind;
}

function statements(...groups: readonly (readonly [string, object])[]): Statements {
  const found = new Map<string, unknown>();
  for (const [prefix, group] of groups) {
    for (const [key, value] of Object.entries(group))
      found.set(prefix === '' ? kebab(key) : `${prefix}.${kebab(key)}`, value);
  }
  return found;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
