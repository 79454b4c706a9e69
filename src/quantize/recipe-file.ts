import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { fail } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import { activationAlgorithms, granularities, type Recipe, schemes, weightAlgorithms } from './recipe.js';

/** Reads one value of the document; says what is wrong by `Reader.fail`. */
type Read<T> = (node: Node | null | undefined, path: string, reader: Reader) => T;

/** What a mapping may hold, under the file's names. */
type Fields = Readonly<Record<string, Read<unknown>>>;

interface Reader {
  fail(node: Node | null | undefined, message: string, help?: string): never;
}

const text: Read<string> = (node, path, reader) => {
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  return reader.fail(node, `${called(path)} must be text`);
};

const flag: Read<boolean> = (node, path, reader) => {
  if (isScalar(node) && typeof node.value === 'boolean') return node.value;
  return reader.fail(node, `${called(path)} must be true or false`);
};

function number(least: number, most: number): Read<number> {
  return (node, path, reader) => {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    const limits = most === Infinity ? `of ${least} or more` : `from ${least} to ${most}`;
    return reader.fail(node, `${called(path)} must be a number ${limits}`);
  };
}

function oneOf<T extends string | number>(choices: readonly T[]): Read<T> {
  return (node, path, reader) => {
    const value = isScalar(node) ? node.value : undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    const near = typeof value === 'string' ? closestSpelling(value, choices.map(String)) : undefined;
    return reader.fail(
      node,
      `${called(path)} must be one of ${choices.join(', ')}`,
      near && `Did you mean \`${near}\`?`,
    );
  };
}

function listOf<T>(item: Read<T>): Read<readonly T[]> {
  return (node, path, reader) => {
    if (!isSeq(node)) return reader.fail(node, `${called(path)} must be a list`);
    return node.items.map((each, i) => item(each as Node, `${path}[${i}]`, reader));
  };
}

/** A mapping with these fields and no others; `required` must be there. Fields of the record are in camel case. */
function mapping(fields: Fields, required: readonly string[] = []): Read<unknown> {
  return (node, path, reader) => {
    if (!isMap(node)) return reader.fail(node, `${called(path)} must be a mapping`);
    const record: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const read = fields[name];
      if (!read) {
        const near = closestSpelling(name, Object.keys(fields));
        const help = near ? `Did you mean \`${near}\`?` : `It may hold ${Object.keys(fields).join(', ')}.`;
        return reader.fail(key as Node, `${called(path)} has no field \`${name}\``, help);
      }
      record[camelCase(name)] = read(value as Node, path === '' ? name : `${path}.${name}`, reader);
    }
    for (const name of required) {
      if (!(camelCase(name) in record)) reader.fail(node, `${called(path)} lacks \`${name}\``);
    }
    return record;
  };
}

function called(path: string): string {
  return path === '' ? 'the recipe' : `\`${path}\``;
}

const weights = mapping({ algorithm: oneOf(weightAlgorithms), bits: oneOf([4, 8]) });
const activations = mapping({
  algorithm: oneOf(activationAlgorithms),
  percentile: number(50, 100),
  momentum: number(0, 1),
});
const forSome = { granularity: oneOf(granularities), weights, activations };
const recipe = mapping(
  {
    name: text,
    summary: text,
    default: oneOf(schemes),
    ...forSome,
    rules: listOf(
      mapping({ match: mapping({ op: text, layer: text, tensor: text }), scheme: oneOf(schemes), ...forSome }, [
        'match',
      ]),
    ),
    options: mapping({
      'bias-correction': flag,
      'adaptive-rounding': flag,
      'minimum-elements': number(1, Infinity),
    }),
  },
  ['default'],
);

/**
 * The recipe that a YAML text describes; `file` is for messages and gives the name where the text does not. Throws a
 * DiagnosticError, `invalid-option`, that names the line.
 */
export function parseRecipe(source: string, file: string): Recipe {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const report = (offset: number | undefined, message: string, help?: string): never =>
    fail('invalid-option', {
      detail: `${file} is no recipe: ${message}.`,
      locations: [{ file, ...(offset === undefined ? {} : { line: lines.linePos(offset).line }) }],
      help: help === undefined ? [] : [help],
    });
  const [error] = document.errors;
  if (error) report(error.pos[0], (error.message.split('\n')[0] ?? '').replace(/ at line.*$/, ''));
  const reader: Reader = { fail: (node, message, help) => report(node?.range?.[0], message, help) };
  const record = recipe(document.contents, '', reader) as Partial<Recipe> & Pick<Recipe, 'default'>;
  return { name: nameOf(file), rules: [], options: {}, ...record };
}

/** Reads a recipe's file. Throws a DiagnosticError where it cannot be read or is no recipe. */
export function readRecipe(path: string): Recipe {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${path} cannot be read: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
  return parseRecipe(source, path);
}

/** The YAML text of a recipe, which `parseRecipe` reads back. */
export function formatRecipe(recipe: Recipe): string {
  return stringify(kebabKeys(recipe), { lineWidth: 100 });
}

function nameOf(file: string): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return base.replace(/\.ya?ml$/, '');
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
