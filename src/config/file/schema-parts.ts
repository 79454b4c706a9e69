import { z } from 'zod';
import { parseLimit, parseQuantity, quantityExamples, type Unit } from '../quantity.js';

/** Behind the keys that a map may hold, in the message about one that it does not. */
export const KEY_SEPARATOR = ', ';

/** `params.rule` of issues about paths that lead out of the repository. */
export const OUTSIDE = 'outside';

const EXAMPLES: Readonly<Record<Unit, readonly (string | number)[]>> = {
  bytes: ['200 kB', '1.5 MiB'],
  count: [120, '3 M'],
  seconds: ['90 s', '10 min'],
  number: [0.01],
};

/** A map of these keys and no others. */
export function map<S extends Readonly<Record<string, z.ZodType>>>(shape: S, summary: string) {
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? Object.keys(shape).join(KEY_SEPARATOR)
          : 'must be a map of keys and values',
    })
    .meta({ description: summary });
}

export function text(summary: string) {
  return z
    .string({ error: 'must be text' })
    .min(1, { error: 'must not be empty', abort: true })
    .meta({ description: summary });
}

export function flag(summary: string) {
  return z.boolean({ error: 'must be `true` or `false`' }).meta({ description: summary });
}

export function choice<const T extends readonly string[]>(choices: T, summary: string) {
  return z.enum(choices, { error: `must be one of ${choices.join(', ')}` }).meta({ description: summary });
}

export function listOf<T extends z.ZodType>(item: T, summary: string) {
  return z.array(item, { error: 'must be a list' }).meta({ description: summary });
}

/** A whole number. */
export function count(least: number, summary: string, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  const error = `must be a whole number ${range}`;
  return z.int({ error }).min(least, { error }).max(most, { error }).meta({ description: summary });
}

/** A whole number, negative ones too. */
export function whole(summary: string) {
  return z.int({ error: 'must be a whole number' }).meta({ description: summary });
}

/** Any number. */
export function factor(summary: string) {
  return z.number({ error: 'must be a number' }).meta({ description: summary });
}

/** A number, or a text with a unit. */
export function quantity(unit: Unit, summary: string) {
  const fits = (value: string) => parseQuantity(value, unit) !== undefined;
  return numberOrText(quantityExamples[unit], fits, summary, EXAMPLES[unit]);
}

/** What takes back a limit that holds by default. */
export const NONE = 'none';

/** As `quantity`, or `none`. */
export function quantityOrNone(unit: Unit, summary: string) {
  const fits = (value: string) => value === NONE || parseQuantity(value, unit) !== undefined;
  return numberOrText(`${quantityExamples[unit]}; or \`none\``, fits, summary, EXAMPLES[unit]);
}

/** A number or text with a unit, a share with %, or `none`. */
export function limitOrNone(unit: Unit, summary: string) {
  const fits = (value: string) => value === NONE || parseLimit(value, unit) !== undefined;
  return numberOrText(`${quantityExamples[unit]}; a share such as \`5%\`; or \`none\``, fits, summary, [
    ...EXAMPLES[unit],
    '5%',
  ]);
}

function numberOrText(
  what: string,
  fits: (value: string) => boolean,
  summary: string,
  examples: readonly (string | number)[],
) {
  const error = `must be ${what}`;
  return z
    .union([z.number().min(0, { error }), z.string().refine(fits, { error })], { error })
    .meta({ description: summary, examples: [...examples] });
}

/** A map, or `none`. */
export function orNone<T extends z.ZodType>(schema: T) {
  return z.union([schema, z.literal(NONE)], { error: 'must be a map of keys and values, or `none`' });
}

/** A path that must not lead out of the repository. */
export function insidePath<T extends z.ZodType<string>>(schema: T) {
  return schema.refine((value) => !leadsOut(value), {
    error: 'must be a path inside the repository, without `..` and not into `.git`',
    params: { rule: OUTSIDE },
  });
}

/** A path that is relative to the root. */
export function relativePath(summary: string) {
  return insidePath(text(summary));
}

/** A name that may be part of a file's. */
export function plainName(summary: string) {
  return text(summary).refine((value) => /^[A-Za-z0-9_][\w.-]{0,99}$/.test(value), {
    error: 'must be of letters, digits, `.`, `_` and `-`, and at most 100 characters',
  });
}

/** Whether a path as written is absolute, goes up, or into git's own folder, which holds credentials in a workflow. */
export function leadsOut(path: string): boolean {
  if (/^(?:[\\/~]|[A-Za-z]:)/.test(path) || path.includes('\0')) return true;
  return path.split(/[\\/]+/).some((part) => part === '..' || /^\.git$/i.test(part));
}

type Optional<S extends Readonly<Record<string, z.ZodType>>> = { [K in keyof S]: z.ZodOptional<S[K]> };

/** The same keys, none of which has to be there. */
export function partial<S extends Readonly<Record<string, z.ZodType>>>(shape: S): Optional<S> {
  const entries = Object.entries(shape).map(([key, value]) => [key, value.optional()]);
  return Object.fromEntries(entries) as Optional<S>;
}
