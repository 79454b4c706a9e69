import type { SearchReport } from '#search-model.js';
import { formatBytes } from './format.js';

const OUTCOMES = { holds: 'holds', fails: 'loses too much', larger: 'not run: larger', refused: 'not possible' };

/** What was tried, the smallest file first, and what the search ended with. */
export function searchLines({ metric, maxDrop, againstFloat, float, trials, best }: SearchReport): string[] {
  const chosen = trials[best];
  const sorted = [...trials].sort((a, b) => (a.bytes ?? Infinity) - (b.bytes ?? Infinity));
  const rows = sorted.map((trial) => {
    const { recipe, bytes, value, drop, outcome } = trial;
    return [
      bytes === undefined ? '–' : formatBytes(bytes),
      number(value),
      number(drop),
      trial === chosen ? 'the smallest' : OUTCOMES[outcome],
      recipe,
    ];
  });
  const table = [['size', metric, 'loss', '', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] as string).length)));
  const lines = table.map((row) =>
    row.map((cell, column) => (column < 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))),
  );
  const reference = againstFloat ? '' : `; the float model has ${number(float)}`;
  return [
    `${chosen?.recipe}: the smallest of ${trials.length} that were tried with a loss of at most ${maxDrop}${reference}`,
    ...lines.map((cells) => cells.join('  ').trimEnd()),
  ];
}

function number(value: number | undefined | null): string {
  if (value === undefined || value === null) return '–';
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : value > 0 ? 'exact' : 'none';
}
