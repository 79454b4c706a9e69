import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import type { DiagnosticCode } from './catalogue.js';
import { fail } from './diagnostic.js';
import { closestSpelling } from './spelling.js';

// Files of the user's in YAML: read into records field by field, what is wrong named with its line.

/** Reads one value of the document; says what is wrong by `Reader.fail`. */
export type Read<T> = (node: Node | null | undefined, path: string, reader: Reader) => T;

/** What a mapping may hold, under the file's names. */
export type Fields = Readonly<Record<string, Read<unknown>>>;

export interface Reader {
  /** What the whole document is called: `the recipe`. */
  readonly subject: string;
  fail(node: Node | null | undefined, message: string, help?: string): never;
}

export const text: Read<string> = (node, path, reader) => {
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  return reader.fail(node, `${called(path, reader)} must be text`);
};

export const flag: Read<boolean> = (node, path, reader) => {
  if (isScalar(node) && typeof node.value === 'boolean') return node.value;
  return reader.fail(node, `${called(path, reader)} must be true or false`);
};

export function number(least: number, most: number): Read<number> {
  return (node, path, reader) => {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    const limits = most === Infinity ? `of ${least} or more` : `from ${least} to ${most}`;
    return reader.fail(node, `${called(path, reader)} must be a number ${limits}`);
  };
}

export function oneOf<T extends string | number>(choices: readonly T[]): Read<T> {
  return (node, path, reader) => {
    const value = isScalar(node) ? node.value : undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    const near = typeof value === 'string' ? closestSpelling(value, choices.map(String)) : undefined;
    return reader.fail(
      node,
      `${called(path, reader)} must be one of ${choices.join(', ')}`,
      near && `Did you mean \`${near}\`?`,
    );
  };
}

export function listOf<T>(item: Read<T>): Read<readonly T[]> {
  return (node, path, reader) => {
    if (!isSeq(node)) return reader.fail(node, `${called(path, reader)} must be a list`);
    return node.items.map((each, i) => item(each as Node, `${path}[${i}]`, reader));
  };
}

/** A mapping with these fields and no others; `required` must be there. Fields of the record are in camel case. */
export function mapping(fields: Fields, required: readonly string[] = []): Read<unknown> {
  return (node, path, reader) => {
    if (!isMap(node)) return reader.fail(node, `${called(path, reader)} must be a mapping`);
    const record: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const read = fields[name];
      if (!read) {
        const near = closestSpelling(name, Object.keys(fields));
        const help = near ? `Did you mean \`${near}\`?` : `It may hold ${Object.keys(fields).join(', ')}.`;
        return reader.fail(key as Node, `${called(path, reader)} has no field \`${name}\``, help);
      }
      record[camelCase(name)] = read(value as Node, path === '' ? name : `${path}.${name}`, reader);
    }
    for (const name of required) {
      if (!(camelCase(name) in record)) reader.fail(node, `${called(path, reader)} lacks \`${name}\``);
    }
    return record;
  };
}

export function called(path: string, { subject }: Reader): string {
  return path === '' ? subject : `\`${path}\``;
}

/** What a document of the user's is. */
export interface DocumentKind {
  readonly code: DiagnosticCode;
  /** `recipe`: the messages say "model.yaml is no recipe". */
  readonly noun: string;
}

/**
 * Reads a YAML text; `file` is for messages. Throws a DiagnosticError of the kind's code that names the line of what is
 * wrong.
 */
export function parseYaml<T>(source: string, file: string, { code, noun }: DocumentKind, read: Read<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const report = (offset: number | undefined, message: string, help?: string): never =>
    fail(code, {
      detail: `${file} is no ${noun}: ${message}.`,
      locations: [{ file, ...(offset === undefined ? {} : { line: lines.linePos(offset).line }) }],
      help: help === undefined ? [] : [help],
    });
  const [error] = document.errors;
  if (error) report(error.pos[0], (error.message.split('\n')[0] ?? '').replace(/ at line.*$/, ''));
  const reader: Reader = {
    subject: `the ${noun}`,
    fail: (node, message, help) => report(node?.range?.[0], message, help),
  };
  return read(document.contents, '', reader);
}

/** The value of a key of a mapping; the mapping itself where it has none. */
export function nodeAt(node: Node | null | undefined, key: string): Node | null | undefined {
  const found = isMap(node) ? node.get(key, true) : undefined;
  return isNode(found) ? found : node;
}

/** A mapping of texts, in the order of the file; numbers and flags are taken as they are written. */
export const texts: Read<Readonly<Record<string, string>>> = (node, path, reader) => {
  if (!isMap(node)) return reader.fail(node, `${called(path, reader)} must be a mapping`);
  const record: Record<string, string> = {};
  for (const { key, value } of node.items) {
    if (!isScalar(key) || !isScalar(value))
      return reader.fail(
        key as Node,
        `${called(path, reader)} must hold texts`,
        'Quote a text that holds commas or brackets.',
      );
    record[String(key.value)] = String(value.source ?? value.value);
  }
  return record;
};

/** A mapping of names that the file chooses. */
export function named<T>(item: Read<T>): Read<Readonly<Record<string, T>>> {
  return (node, path, reader) => {
    if (!isMap(node)) return reader.fail(node, `${called(path, reader)} must be a mapping`);
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : '';
        return [name, item(value as Node, path === '' ? name : `${path}.${name}`, reader)];
      }),
    );
  };
}

/** The text of a file. Throws a DiagnosticError, `file-unreadable`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${path} cannot be read: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
}

/** A record as YAML, which `mapping` reads back. */
export function formatYaml(record: unknown): string {
  return stringify(kebabKeys(record), { lineWidth: 100 });
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function kebabKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kebabKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  return Object.fromEntries(
    entries.map(([key, content]) => [
      key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      kebabKeys(content),
    ]),
  );
}
