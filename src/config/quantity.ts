/** Units of sizes as people write them: powers of ten, and of two with an `i`. */
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  kiB: 2 ** 10,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};
const COUNT: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };
const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** What a number measures: `number` has no units. */
export type Unit = 'bytes' | 'count' | 'seconds' | 'number';

const UNITS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  bytes: BYTES,
  count: COUNT,
  seconds: SECONDS,
  number: {},
};

/** How to write such a quantity, for messages. */
export const quantityExamples: Readonly<Record<Unit, string>> = {
  bytes: 'a size such as `200 kB`, `1.5 MiB` or a number of bytes',
  count: 'a count such as 120, `3 M` or `1.2 G`',
  seconds: 'a time such as `90 s`, `10 min` or a number of seconds',
  number: 'a number of 0 or more',
};

/**
 * The value of a quantity in bytes, ones or seconds; undefined where the text is none, is negative or has an unknown
 * unit. Bytes and counts are rounded to whole ones.
 */
export function parseQuantity(value: string | number, unit: Unit): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(String(value).trim());
  if (typeof value === 'number') return value >= 0 && value < Infinity ? whole(value, unit) : undefined;
  if (!match) return undefined;
  const [, digits = '', name = ''] = match;
  const factor = name === '' ? 1 : Object.hasOwn(UNITS[unit], name) ? UNITS[unit][name] : undefined;
  return factor === undefined ? undefined : whole(Number(digits) * factor, unit);
}

function whole(value: number, unit: Unit): number {
  return unit === 'bytes' || unit === 'count' ? Math.round(value) : value;
}

/** A limit in the measure's own unit, or as a share of what it is compared with: 0.05 for `5%`. */
export type Limit = { readonly absolute: number } | { readonly relative: number };

/** `5%` is relative, all else absolute. Undefined where the text is neither. */
export function parseLimit(value: string | number, unit: Unit): Limit | undefined {
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value.trim()) : null;
  // By the decimal exponent, as 0.7 / 100 is not 0.007.
  if (percent) return { relative: Number(`${percent[1]}e-2`) };
  const absolute = parseQuantity(value, unit);
  return absolute === undefined ? undefined : { absolute };
}

/** A limit as it may stand in a configuration; sizes in the largest unit that gives a short number. */
export function formatLimit(limit: Limit, unit: Unit): string {
  return 'relative' in limit ? `${shortest(limit.relative * 100)}%` : formatQuantity(limit.absolute, unit);
}

export function formatQuantity(value: number, unit: Unit): string {
  if (unit === 'seconds') return `${shortest(value)} s`;
  if (unit !== 'bytes') return shortest(value);
  const units = ['GB', 'GiB', 'MB', 'MiB', 'kB', 'kiB'];
  const name = units.find((each) => {
    const scaled = value / (BYTES[each] as number);
    return scaled >= 1 && Math.abs(scaled * 100 - Math.round(scaled * 100)) < 1e-9;
  });
  return name === undefined ? `${value} B` : `${shortest(value / (BYTES[name] as number))} ${name}`;
}

/** Without the noise of binary fractions. */
function shortest(value: number): string {
  return String(Number(value.toPrecision(12)));
}
