import type { PassTiming } from '#index.js';

/** A stage, or all runs of a pass. */
export interface StageTime {
  readonly name: string;
  readonly ms: number;
  readonly runs: number;
}

/** Stages and passes in the order in which each first ran, its runs together. */
export function stageTimes(timings: readonly PassTiming[]): StageTime[] {
  const times = new Map<string, StageTime>();
  for (const { name, ms } of timings) {
    const known = times.get(name);
    times.set(name, { name, ms: ms + (known?.ms ?? 0), runs: 1 + (known?.runs ?? 0) });
  }
  return [...times.values()];
}

/**
 * Where the time of a conversion went, which began `startMs` after the process and took `totalMs`, as a table: stages and
 * passes with milliseconds and shares, and what none of them accounts for.
 */
export function timingText(input: string, timings: readonly PassTiming[], totalMs: number, startMs: number): string {
  const stages = stageTimes(timings);
  const known = stages.reduce((sum, { ms }) => sum + ms, 0);
  const rows = [...stages, { name: 'everything else', ms: Math.max(0, totalMs - known), runs: 1 }];
  const width = Math.max(...rows.map((row) => label(row).length));
  const line = (text: string, ms: number, share: string): string =>
    `  ${text.padEnd(width)}  ${ms.toFixed(2).padStart(10)} ms  ${share}\n`;
  return [
    `${input}: where the time went; the process began ${startMs.toFixed(0)} ms before\n`,
    ...rows.map((row) => line(label(row), row.ms, `${((100 * row.ms) / totalMs).toFixed(1).padStart(5)} %`)),
    line('all', totalMs, '100.0 %'),
  ].join('');
}

function label({ name, runs }: StageTime): string {
  return runs === 1 ? name : `${name}, ${runs} runs`;
}
