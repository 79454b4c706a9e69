const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `86.4 kB`, in steps of 1000. */
export function formatBytes(bytes: number): string {
  return formatScaled(bytes, UNITS);
}

/** `5.4 M`: a count in steps of 1000. */
export function formatCount(count: number): string {
  return formatScaled(count, ['', 'k', 'M', 'G', 'T']).trimEnd();
}

/** `0.21 s`, `83 s`. */
export function formatSeconds(ms: number): string {
  const seconds = ms / 1000;
  return `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`;
}

/** `1 op`, `12 ops`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function formatScaled(value: number, units: readonly string[]): string {
  let step = 0;
  let scaled = value;
  // What would be written as 1000 belongs to the next unit.
  while (scaled >= 999.5 && step < units.length - 1) {
    scaled /= 1000;
    step++;
  }
  return `${step === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[step]}`;
}
