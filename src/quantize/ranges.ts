import { readFileSync, writeFileSync } from 'node:fs';
import { fail } from '#diagnostics/diagnostic.js';
import type { Range } from './affine.js';
import { type ActivationAlgorithm, activationAlgorithms } from './recipe.js';

/** Where a tensor's values lie, and how that was found out; without `algorithm`, somebody stated it. */
export interface TensorRange extends Range {
  readonly algorithm?: ActivationAlgorithm;
}

/** Marks the file; a change that older versions cannot read gets another number. */
const FORMAT = 'tflite-gate ranges';
const VERSION = 1;

/** Under which the range of a tensor is kept; for one of a body, its name stands for the signature's key. */
export function rangeKey(signature: string, tensor: string): string {
  return `${signature}/${tensor}`;
}

/** The ranges of a model's activations, by `signature/tensor`. */
export class Ranges {
  readonly #ranges: ReadonlyMap<string, TensorRange>;
  /** How many samples were seen, by signature. */
  readonly samples: ReadonlyMap<string, number>;

  constructor(ranges: ReadonlyMap<string, TensorRange>, samples: ReadonlyMap<string, number> = new Map()) {
    this.#ranges = ranges;
    this.samples = samples;
  }

  get(key: string): TensorRange | undefined {
    return this.#ranges.get(key);
  }

  get size(): number {
    return this.#ranges.size;
  }

  /** In the order in which they were given. */
  entries(): IterableIterator<[string, TensorRange]> {
    return this.#ranges.entries();
  }
}

/** Ranges as JSON text, a tensor a line, sorted by key: the same ranges give the same text. */
export function formatRanges(ranges: Ranges): string {
  const lines = [...ranges.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { min, max, algorithm }]) => `    ${JSON.stringify(key)}: ${JSON.stringify({ min, max, algorithm })}`);
  const samples = JSON.stringify(Object.fromEntries(ranges.samples));
  const head = `  "format": ${JSON.stringify(FORMAT)},\n  "version": ${VERSION},\n  "samples": ${samples},\n`;
  return `{\n${head}  "tensors": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/**
 * Ranges from JSON text that `formatRanges` wrote or that has its form. Throws a DiagnosticError (`invalid-data`) that
 * names `file` and the first thing that is wrong.
 */
export function parseRanges(text: string, file: string): Ranges {
  const document = record(parseJson(text, file), 'it', file);
  if (document.get('format') !== FORMAT) reject(file, `it is no file of ranges: "format" is not "${FORMAT}"`);
  const version = document.get('version');
  if (version !== VERSION) {
    reject(file, `its version is ${shown(version)}, and this program reads version ${VERSION} only`);
  }
  const ranges = new Map<string, TensorRange>();
  for (const [key, value] of record(document.get('tensors'), '"tensors"', file)) {
    ranges.set(key, parseRange(key, value, file));
  }
  const samples = new Map<string, number>();
  for (const [key, value] of record(document.get('samples') ?? {}, '"samples"', file)) {
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      reject(file, `the number of samples of ${shown(key)} is ${shown(value)}`);
    }
    samples.set(key, value as number);
  }
  return new Ranges(ranges, samples);
}

/** Reads a file of ranges. Throws a DiagnosticError (`file-unreadable`, `invalid-data`). */
export function readRanges(file: string): Ranges {
  return parseRanges(
    access(file, 'read', () => readFileSync(file, 'utf8')),
    file,
  );
}

/** Writes a file of ranges. Throws a DiagnosticError (`file-unreadable`). */
export function writeRanges(ranges: Ranges, file: string): void {
  access(file, 'written', () => writeFileSync(file, formatRanges(ranges)));
}

function parseRange(key: string, value: unknown, file: string): TensorRange {
  const fields = record(value, `the range of ${shown(key)}`, file);
  for (const name of fields.keys()) {
    if (!['min', 'max', 'algorithm'].includes(name)) {
      reject(file, `the range of ${shown(key)} has a field ${shown(name)}, which it cannot have`);
    }
  }
  const [min, max, algorithm] = ['min', 'max', 'algorithm'].map((name) => fields.get(name));
  // JSON has no NaN, but 1e999 is infinite.
  if (typeof min !== 'number' || typeof max !== 'number' || !Number.isFinite(min) || !Number.isFinite(max)) {
    reject(file, `the range of ${shown(key)} is ${shown(min)} to ${shown(max)}; both have to be finite numbers`);
  }
  if (min > max) reject(file, `the range of ${shown(key)} is from ${min} down to ${max}`);
  if (algorithm === undefined) return { min, max };
  const known = activationAlgorithms.find((name) => name === algorithm);
  if (!known) reject(file, `the range of ${shown(key)} has the unknown algorithm ${shown(algorithm)}`);
  return { min, max, algorithm: known };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return reject(file, `it is not JSON: ${(error as Error).message}`);
  }
}

function record(value: unknown, what: string, file: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    reject(file, `${what} is ${shown(value)}, not an object`);
  }
  return new Map(Object.entries(value));
}

function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function reject(file: string, reason: string): never {
  return fail('invalid-data', {
    detail: `${file} cannot be used: ${reason}.`,
    locations: [{ file }],
    help: ['Give a file that `--save-calibration` wrote, or calibrate again.'],
  });
}

function access<T>(file: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${file} cannot be ${what}: ${(error as Error).message}.`,
      locations: [{ file }],
    });
  }
}
