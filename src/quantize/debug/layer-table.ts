import { byDamage, type DebugReport, type LayerError } from './layer-error.js';

/** One column of the CSV file. */
interface Column {
  readonly name: string;
  readonly value: (layer: LayerError) => string | number | undefined;
}

const columns: readonly Column[] = [
  { name: 'signature', value: ({ signature }) => signature },
  { name: 'index', value: ({ index }) => index },
  { name: 'op', value: ({ op }) => op },
  { name: 'tensor', value: ({ tensor }) => tensor },
  { name: 'float_tensor', value: ({ floatTensor }) => floatTensor },
  { name: 'dtype', value: ({ dtype }) => dtype },
  { name: 'damage', value: ({ damage }) => damage },
  { name: 'sqnr_db', value: ({ total }) => total.sqnr },
  { name: 'own_sqnr_db', value: ({ local }) => local?.sqnr },
  { name: 'rounding_sqnr_db', value: ({ rounding }) => rounding.sqnr },
  { name: 'mean_error', value: ({ total }) => total.meanError },
  { name: 'max_error', value: ({ total }) => total.maxError },
  { name: 'cosine', value: ({ total }) => total.cosine },
  { name: 'saturated', value: ({ total }) => total.saturated },
  { name: 'clipped', value: ({ total }) => total.clipped },
  { name: 'float_gain', value: ({ floatGain }) => floatGain },
  { name: 'int16_gain', value: ({ int16Gain }) => int16Gain },
  { name: 'why_float', value: ({ whyFloat }) => whyFloat },
];

/** All layers as CSV, worst first, with a line of column names; numbers in full, infinite ones as `Infinity`. */
export function debugCsv({ layers }: DebugReport): string {
  const lines = [...layers].sort(byDamage).map((layer) => columns.map(({ value }) => csvField(value(layer))).join(','));
  return [columns.map(({ name }) => name).join(','), ...lines, ''].join('\n');
}

/** The whole report as JSON. Numbers that are infinite are `null`, as an SQNR is where `noise` is 0. */
export function debugJson(report: DebugReport): string {
  return `${JSON.stringify({ ...report, layers: [...report.layers].sort(byDamage) }, undefined, 2)}\n`;
}

/** The `shown` worst layers as text in columns, with what the columns mean. */
export function debugTable({ layers }: DebugReport, shown = Number.POSITIVE_INFINITY): string[] {
  const header = ['SQNR', 'own SQNR', 'mean err', 'max err', 'cosine', 'ends', 'clipped', 'float', 'int16', 'op', ''];
  const rows = [...layers]
    .sort(byDamage)
    .slice(0, shown)
    .map(({ total, local, floatGain, int16Gain, op, tensor, dtype }) => [
      decibels(total.sqnr),
      decibels(local?.sqnr),
      total.meanError.toPrecision(2),
      total.maxError.toPrecision(2),
      total.cosine.toFixed(4),
      dtype === 'float32' ? '' : percent(total.saturated),
      dtype === 'float32' ? '' : percent(total.clipped),
      gain(floatGain),
      gain(int16Gain),
      op,
      `${tensor} (${dtype})`,
    ]);
  const table = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...table.map((row) => (row[i] as string).length)));
  const isText = (i: number) => i >= header.length - 2;
  return table.map((row) =>
    row
      .map((cell, i) => (isText(i) ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join('  ')
      .trimEnd(),
  );
}

/** Ops that could not be compared, and why. */
export function unmatchedLines({ unmatched }: DebugReport): string[] {
  return unmatched.map(({ op, tensor, reason }) => `${op} ${tensor}: ${reason}`);
}

/** How many ops compute with floats for which reason, the most frequent first. */
export function floatLines({ layers }: DebugReport): string[] {
  const reasons = new Map<string, Set<string>>();
  for (const { signature, op, index, whyFloat } of layers) {
    if (whyFloat === undefined) continue;
    const key = `${op}: ${whyFloat}`;
    reasons.set(key, (reasons.get(key) ?? new Set()).add(`${signature}/${index}`));
  }
  return [...reasons]
    .sort((a, b) => b[1].size - a[1].size)
    .map(([reason, ops]) => `${ops.size} ${ops.size === 1 ? 'op' : 'ops'} in float, ${reason}`);
}

/** What the columns of the table mean. */
export const legend: readonly string[] = [
  'SQNR: signal to error in dB, of all that was quantized up to here. own SQNR: of this op alone, against the float op on the same inputs; by it the layers are sorted.',
  'ends: values at an end of the integer range. clipped: values whose float counterpart lies outside of it.',
  'float, int16: estimated share of the squared error here that goes if this op is kept in float, or its result stored in int16.',
];

function decibels(value: number | undefined): string {
  if (value === undefined) return '?';
  if (value === Number.POSITIVE_INFINITY) return 'exact';
  return `${value.toFixed(1)} dB`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function gain(share: number | undefined): string {
  return share === undefined ? '' : `${(share * 100).toFixed(0)} %`;
}

function csvField(value: string | number | undefined): string {
  const text = value === undefined ? '' : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
