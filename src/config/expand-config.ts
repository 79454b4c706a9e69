import { fail } from '#diagnostics/diagnostic.js';
import type { Config, ModelEntry } from './config.js';
import { EVERYTHING } from './file/build-config.js';
import { hasWildcards, matchesGlob } from './glob.js';
import { modelNames } from './model-names.js';

/** One SavedModel with all that is said about it. */
export interface ModelConfig extends ModelEntry {
  /** Its folder, relative to the root, with `/`. */
  readonly path: string;
  /** Unique, letter case aside; the stem of its files. */
  readonly name: string;
}

/** A configuration for the SavedModels that there are. */
export interface ExpandedConfig extends Config {
  readonly models: readonly ModelConfig[];
  /** As they were before: what is said about SavedModels that are yet to come. */
  readonly entries: readonly ModelEntry[];
  /** Paths of entries that no SavedModel matches. */
  readonly unmatched: readonly string[];
}

export interface ExpandOptions {
  /** Paths or globs: only SavedModels that match one are kept. */
  readonly only?: readonly string[] | undefined;
}

/**
 * Which SavedModels the entries of a configuration are about. `folders` are all there are, relative to the root. An
 * entry that names a folder without wildcards is preferred to a glob that matches it. Throws a DiagnosticError,
 * `invalid-config`, where two globs match one folder, or models or files would have one name.
 */
export function expandConfig(
  config: Config,
  folders: readonly string[],
  { only = [] }: ExpandOptions = {},
): ExpandedConfig {
  const wanted = folders.filter((folder) => only.length === 0 || only.some((pattern) => matchesEntry(folder, pattern)));
  const matches = matchFolders(config, wanted);
  const derived = modelNames(matches.map(({ folder }) => folder));
  const counts = new Map<ModelEntry, number>();
  for (const { entry } of matches) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  const models = matches.map(({ entry, folder }, i): ModelConfig => {
    const { name = '{name}', path } = entry;
    if (!name.includes('{name}') && (counts.get(entry) ?? 0) > 1) {
      refuse(
        config,
        `"${path}" matches ${counts.get(entry)} SavedModels, which cannot all have the name "${name}"`,
        `Write \`name: ${name}-{name}\`, where \`{name}\` stands for a name of each, or leave \`name\` out.`,
      );
    }
    return { ...entry, path: folder, name: name.replaceAll('{name}', derived[i] as string) };
  });
  refuseSameNames(config, models);
  const unmatched = config.models.filter((entry) => !counts.has(entry) && !isLeftOut(entry, folders, wanted));
  return { ...config, models, entries: config.models, unmatched: unmatched.map(({ path }) => path) };
}

/** The entry that says what holds for a folder; undefined where none does. */
export function entryFor(folder: string, entries: readonly ModelEntry[]): ModelEntry | undefined {
  return entries.find(({ path }) => path === folder) ?? entries.find(({ path }) => matchesEntry(folder, path));
}

function matchFolders(config: Config, folders: readonly string[]): { entry: ModelEntry; folder: string }[] {
  const named = new Set(config.models.map(({ path }) => path));
  const owners = new Map<string, ModelEntry>();
  const matches: { entry: ModelEntry; folder: string }[] = [];
  for (const entry of config.models) {
    for (const folder of folders) {
      if (entry.path !== folder && (named.has(folder) || !matchesEntry(folder, entry.path))) continue;
      const other = owners.get(folder);
      if (other) {
        refuse(
          config,
          `"${other.path}" and "${entry.path}" both match ${folder}`,
          'Name that folder in an entry of its own, or make one of the globs narrower.',
        );
      }
      owners.set(folder, entry);
      matches.push({ entry, folder });
    }
  }
  return matches;
}

/** `saved_model.pb` may be named too. */
function matchesEntry(folder: string, path: string): boolean {
  const pattern = path.replace(/\/saved_model\.pb$/, '');
  return pattern === folder || (hasWildcards(pattern) && matchesGlob(folder, pattern));
}

/** Whether an entry has no models only because others were asked for; one for everything may have none. */
function isLeftOut(entry: ModelEntry, folders: readonly string[], wanted: readonly string[]): boolean {
  if (entry.path === EVERYTHING) return true;
  return folders.some((folder) => !wanted.includes(folder) && matchesEntry(folder, entry.path));
}

function refuseSameNames(config: Config, models: readonly ModelConfig[]): void {
  const names = new Map<string, string>();
  const files = new Map<string, string>();
  for (const { name, path, variants } of models) {
    const other = names.get(name.toLowerCase());
    if (other !== undefined) {
      refuse(
        config,
        `${other} and ${path} would both have the name "${name}"`,
        'Give each a `name` of its own; letter case does not count.',
      );
    }
    names.set(name.toLowerCase(), path);
    for (const variant of variants) {
      const file = `${name}-${variant.name}`;
      const clash = files.get(file.toLowerCase());
      if (clash !== undefined)
        refuse(
          config,
          `${clash} and ${path} would both be written to ${file}.tflite`,
          'Give one of the models or variants another `name`.',
        );
      files.set(file.toLowerCase(), path);
    }
  }
}

function refuse({ file }: Config, message: string, help: string): never {
  return fail('invalid-config', {
    detail: file === undefined ? `${message}.` : `${file}: ${message}.`,
    locations: file === undefined ? [] : [{ file }],
    help: [help],
  });
}
