import { formatLimit, type Limit } from '#config/quantity.js';
import type { Check } from '#record/findings.js';

/** The limit as a number in the unit of `from`, on which a relative one is reckoned. */
export function resolveLimit(limit: Limit, from: number): number {
  return 'absolute' in limit ? limit.absolute : limit.relative * Math.abs(from);
}

/** As a configuration states it. */
export function limitText(limit: Limit, unit: Check['unit']): string {
  return formatLimit(limit, unit === 'bytes' ? unit : 'number');
}

export function quantityText(value: number, unit: Check['unit']): string {
  switch (unit) {
    case 'bytes':
      return bytesText(value);
    case 'ratio':
      return `${plainNumber(value)} ×`;
    case 'dB':
      return `${plainNumber(value)} dB`;
    default:
      return plainNumber(value);
  }
}

export function percent(share: number): string {
  return `${plainNumber(share * 100)}%`;
}

/** At most four significant digits behind whole numbers, without an exponent where people would not write one. */
export function plainNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3)));
  return `${Number((bytes / 1000 ** power).toPrecision(4))} ${units[power]}`;
}
