import type { z } from 'zod';
import { type Diagnostic, DiagnosticError, diagnostic } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import { KEY_SEPARATOR } from './schema-parts.js';
import type { Path, Place, YamlSource } from './yaml-source.js';

type Issue = z.core.$ZodIssue;

/** Findings about one file, to be thrown together in the order in which they stand there. */
export class ConfigIssues {
  readonly #file: string;
  readonly #source: YamlSource;
  readonly #found: { readonly place: Place; readonly diagnostic: Diagnostic }[] = [];
  /** Parts of the file that are not as the schema says. */
  readonly #broken: Path[] = [];

  constructor(file: string, source: YamlSource) {
    this.#file = file;
    this.#source = source;
    for (const { place, message, help } of source.problems) this.#add(place, message, help);
  }

  /** Something about what stands at a path; `message` goes on from its name: `must be …`. */
  at(path: Path, message: string, help?: string): void {
    this.#add(this.#source.placeOf(path), `${quoted(path)} ${message}`, help);
  }

  /** Whether the schema takes what is at a path: all of it, or `itself`, whatever is below. */
  isSound(path: Path, extent: 'all' | 'itself' = 'all'): boolean {
    return !this.#broken.some(
      (broken) =>
        path.every((segment, i) => broken.length <= i || broken[i] === segment) &&
        (extent === 'all' || broken.length <= path.length),
    );
  }

  /** What the schema says of a value. */
  addSchemaIssue(issue: Issue, root: unknown): void {
    for (const each of innermost(issue, valueAt(root, issue.path))) this.#addInnermost(each, root);
  }

  #addInnermost(issue: Issue, root: unknown): void {
    const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
    if (issue.code === 'unrecognized_keys') {
      // What else the map holds can be judged all the same.
      for (const key of issue.keys) this.#unknownKey([...path, key], issue.message.split(KEY_SEPARATOR));
      return;
    }
    this.#broken.push(path);
    const value = valueAt(root, path);
    if (value === undefined) this.#missing(path);
    else if (value === null && path.length > 0) {
      const place = this.#source.placeOf(path, 'key');
      this.#add(place, `\`${renderPath(path)}\` is empty: it ${issue.message}`, 'Give it a value, or delete the key.');
    } else this.at(path, `${issue.message}${notThis(issue, value)}`, adviceFor(issue, value));
  }

  throwIfAny(): void {
    if (this.#found.length === 0) return;
    this.#found.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
    throw new DiagnosticError(this.#found.map(({ diagnostic: each }) => each));
  }

  #unknownKey(path: Path, known: readonly string[]): void {
    const key = String(path.at(-1));
    const place = this.#source.placeOf(path, 'key');
    const near = closestSpelling(key.replaceAll('_', '-'), known);
    const owner = quoted(path.slice(0, -1));
    const help = near === undefined ? `It may hold ${known.join(', ')}.` : `Did you mean \`${near}\`?`;
    this.#add(place, `\`${renderPath(path)}\` is unknown: ${owner} has no \`${key}\``, help);
  }

  #missing(path: Path): void {
    const key = String(path.at(-1));
    const place = this.#source.placeOf(path.slice(0, -1));
    const owner = quoted(path.slice(0, -1));
    this.#add(place, `${owner} lacks \`${key}\``, key === 'version' ? 'Write `version: 1` on top.' : undefined);
  }

  #add(place: Place, message: string, help?: string): void {
    const detail = `${this.#file}:${place.line}:${place.column}: ${message}.`;
    if (this.#found.some((found) => found.diagnostic.detail === detail)) return;
    const locations = [{ file: this.#file, line: place.line }];
    this.#found.push({
      place,
      diagnostic: diagnostic('invalid-config', { detail, locations, help: help === undefined ? [] : [help] }),
    });
  }
}

function quoted(path: Path): string {
  return path.length === 0 ? 'the configuration' : `\`${renderPath(path)}\``;
}

/** `models[0].variants[1].quantize`; a key that is no plain word in quotes. */
function renderPath(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[\w$*<-][\w.$*<-]*$/.test(segment) && !segment.includes('.'))
      text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text;
}

/**
 * Of a union, what the one alternative for values of this type says; the union's own message where there is none or more
 * than one.
 */
function innermost(issue: Issue, value: unknown): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fitting = issue.errors.filter((errors) => !errors.some((each) => isOfOtherType(each, value)));
  const [only] = fitting;
  if (!only || fitting.length > 1) return [issue];
  return only.flatMap((each) =>
    innermost(each, valueAt(value, each.path)).map(
      (inner): Issue => ({ ...inner, path: [...issue.path, ...inner.path] }),
    ),
  );
}

/** Whether an alternative is for values of another type. */
function isOfOtherType(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false;
  switch (issue.code) {
    case 'invalid_type':
      return true;
    case 'invalid_value':
      return issue.values.length === 1 || typeof value !== typeof issue.values[0];
    case 'invalid_union':
      return issue.errors.every((errors) => errors.some((each) => isOfOtherType(each, value)));
    default:
      return false;
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const segment of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[segment];
  return value;
}

/** What stands there instead, where it is short enough to be told. */
function notThis(issue: Issue, value: unknown): string {
  if (issue.code === 'too_small' && issue.origin !== 'number') return '';
  if (Array.isArray(value)) return ', not a list';
  if (typeof value === 'object') return ', not a map';
  const text = typeof value === 'string' ? `\`${value}\`` : String(value);
  return text.length <= 60 ? `, not ${text}` : '';
}

function adviceFor(issue: Issue, value: unknown): string | undefined {
  if (typeof value === 'string') {
    const near = closestSpelling(value, choicesOf(issue));
    if (near !== undefined) return `Did you mean \`${synonymOf(near, issue)}\`?`;
    if (issue.code === 'invalid_value' && issue.values.some((each) => String(each) === value))
      return 'Write it without quotes.';
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'string' && typeof value !== 'object') return `Put it in quotes: '${String(value)}'.`;
  if (issue.expected === 'boolean' && typeof value === 'string') {
    if (/^(?:yes|on|y|true)$/i.test(value)) return 'Write `true`.';
    if (/^(?:no|off|n|false)$/i.test(value)) return 'Write `false`.';
  }
  if (issue.expected === 'array' && typeof value === 'string') return `Write \`[${value}]\`.`;
  return undefined;
}

/** What people may call a choice by another tool's name. */
function synonymOf(choice: string, issue: Issue): string {
  const synonyms =
    issue.code === 'custom' ? (issue.params?.['synonyms'] as Record<string, string> | undefined) : undefined;
  return synonyms?.[choice] ?? choice;
}

function choicesOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.filter((each) => typeof each === 'string');
  return issue.code === 'custom' ? ((issue.params?.['choices'] as string[] | undefined) ?? []) : [];
}
