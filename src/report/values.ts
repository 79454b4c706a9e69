import type { Metric } from '#record/measures.js';
import type { RunRecord, Variant } from '#record/record.js';
import { formatSize } from './format-size.js';

const MINUS = '−';

/** A change with its sign: `+1.2 kB`, `−3`. */
export function signed(value: number, format: (absolute: number) => string): string {
  if (value === 0) return '±0';
  return `${value < 0 ? MINUS : '+'}${format(Math.abs(value))}`;
}

/** A change as a share of what was: `+1.2%`; empty where that was nothing. */
export function signedShare(now: number, before: number): string {
  if (before === 0 || now === before) return '';
  const share = (now / before - 1) * 100;
  return signed(share, (absolute) => `${absolute < 0.1 ? absolute.toPrecision(1) : absolute.toFixed(1)}%`);
}

/** Three digits that count; `undefined` for what has no value. */
export function formatValue(value: number | null, unit: Metric['unit'] = null): string {
  if (value === null) return 'undefined';
  const text = String(Number(value.toPrecision(4)));
  return unit ? `${text} ${unit}` : text;
}

/** `26.6 kB (+1.2 kB, +4.7%)` */
export function sizeText({ figures, base }: Pick<Variant, 'figures' | 'base'>): string {
  if (!figures) return '–';
  const size = formatSize(figures.bytes);
  if (!base) return size;
  const change = figures.bytes - base.bytes;
  if (change === 0) return `${size} (±0)`;
  const share = signedShare(figures.bytes, base.bytes);
  return `${size} (${signed(change, formatSize)}${share && `, ${share}`})`;
}

/** `6 (+2)` */
export function opsText({ figures, base }: Pick<Variant, 'figures' | 'base'>): string {
  if (!figures) return '–';
  const change = base ? figures.ops - base.ops : 0;
  return change === 0 ? String(figures.ops) : `${figures.ops} (${signed(change, String)})`;
}

/** `top-1 0.99`, with how it differs from the base's or, where that tells more, from the float model's. */
export function metricText({ name, value, unit, base, reference, direction, evidence }: Metric): string {
  const text = `${name} ${formatValue(value, unit)}`;
  const weak = evidence === 'weak' ? ', random inputs' : '';
  // A drop that is certain is told before one that may be none.
  const other = [base, reference].find((each) => isCertain(each)) ?? base ?? reference;
  const against = other === base ? 'base' : 'float';
  if (!other || value === null || other.value === null) return weak ? `${text} (${weak.slice(2)})` : text;
  const change = value - other.value;
  if (change === 0) return `${text} (±0 to ${against}${weak})`;
  const better = direction === 'higher' ? change > 0 : change < 0;
  return `${text} (${signed(change, (absolute) => formatValue(absolute))} to ${against}, ${better ? 'better' : isCertain(other) ? 'certainly worse' : 'within noise'}${weak})`;
}

function isCertain(comparison: Metric['base']): boolean {
  return comparison !== null && comparison.p !== null && comparison.p < 0.05;
}

/** `TFLite Gate 1.2.0, LiteRT 2.3.0`: what checked the models, and the runtime that ran them if it did not come along. */
export function toolText({ version, runtime }: RunRecord['tool']): string {
  return `TFLite Gate ${version}${runtime === undefined ? '' : `, ${runtime}`}`;
}

/** What the run is compared with, and why: `Compared with 0123abcd: It is the first parent of the merge.` */
export function comparedText({ base }: Pick<RunRecord, 'base'>): string {
  const name = { none: 'nothing', commit: base.name.slice(0, 12), file: base.name }[base.kind];
  return `Compared with ${name}: ${base.reason}`;
}
