import { closestSpelling } from '#diagnostics/spelling.js';
import type { Config, ModelEntry } from '../config.js';
import { hasWildcards } from '../glob.js';
import { buildModel, buildSettings, EVERYTHING } from './build-config.js';
import { type CheckedModel, checkModel } from './check-model.js';
import { ConfigIssues } from './config-issues.js';
import { type ConfigFile, configSchema, type ModelFile } from './config-schema.js';
import { OUTSIDE } from './schema-parts.js';
import { type Path, readYaml } from './yaml-source.js';

export interface ParseOptions {
  /**
   * Whether paths may lead out of the repository, for a file that its own user wrote. By default they may not, and are
   * reported.
   */
  readonly pathsAnywhere?: boolean;
}

/**
 * The configuration that a YAML or JSON text states; `file` is for messages. Throws a DiagnosticError, `invalid-config`,
 * with all that is wrong, each with line, column and path, in the order of the file.
 */
export function parseConfig(text: string, file: string, { pathsAnywhere = false }: ParseOptions = {}): Config {
  const source = readYaml(text);
  const issues = new ConfigIssues(file, source);
  if (source.value === undefined) issues.throwIfAny();
  if (source.value === undefined || source.value === null) {
    issues.at([], 'is empty', 'Write `version: 1` at least; `tflite-gate init` writes a whole configuration.');
    issues.throwIfAny();
  }
  // The values themselves are used, not what zod makes of them: a path is no reason to stop where it may lead anywhere.
  const value = source.value as ConfigFile;
  const { error } = configSchema.safeParse(value);
  for (const issue of error?.issues ?? []) {
    const permitted = pathsAnywhere && issue.code === 'custom' && issue.params?.['rule'] === OUTSIDE;
    if (!permitted) issues.addSchemaIssue(issue, value);
  }
  const checked = issues.isSound(['defaults']) ? checkModels(value, issues) : [];
  issues.throwIfAny();
  return { file, ...buildSettings(value), models: checked.map(({ model }) => model) };
}

/** What holds where there is no configuration: every SavedModel, in float, compared with itself before conversion. */
export function defaultConfig(): Config {
  return { file: undefined, ...buildSettings({ version: 1 }), models: [buildModel({ path: EVERYTHING }, undefined)] };
}

/** The models that fit the schema; what contradicts itself in them is reported. */
function checkModels(file: ConfigFile, issues: ConfigIssues): CheckedModel[] {
  if (!issues.isSound(['models'], 'itself')) return [];
  const defaults = file?.defaults;
  const checked: CheckedModel[] =
    file?.models === undefined
      ? [{ model: buildModel({ path: EVERYTHING }, defaults), index: undefined }]
      : file.models.flatMap((model, index) =>
          issues.isSound(['models', index]) ? [{ model: buildModel(model, defaults), index }] : [],
        );
  for (const each of checked) checkModel(each, file, issues);
  checkNames(checked, issues);
  checkDefaultLimits(
    checked.map(({ model }) => model),
    file,
    issues,
  );
  return checked;
}

function checkNames(checked: readonly CheckedModel[], issues: ConfigIssues): void {
  const names = new Map<string, number>();
  const paths = new Map<string, number>();
  for (const { model, index } of checked) {
    if (index === undefined) continue;
    const { name, path } = model;
    const samePath = paths.get(path);
    if (samePath !== undefined) {
      issues.at(
        ['models', index, 'path'],
        `is that of \`models[${samePath}]\` too`,
        'Make one entry of the two, with several variants.',
      );
    }
    paths.set(path, index);
    if (name === undefined || (name.includes('{name}') && hasWildcards(path))) continue;
    const other = names.get(name.toLowerCase());
    if (other !== undefined) {
      issues.at(
        ['models', index, 'name'],
        `is that of \`models[${other}]\` too: \`${name}\``,
        'Give each model a name of its own; letter case does not count.',
      );
    }
    names.set(name.toLowerCase(), index);
  }
}

/** Defaults may limit metrics that only some models have, but not ones that none has. */
function checkDefaultLimits(models: readonly ModelEntry[], file: ConfigFile, issues: ConfigIssues): void {
  const known = new Set(models.flatMap(({ evaluate }) => evaluate.metrics.map(({ name }) => name)));
  // A model that is not sound may be the one that has it.
  if (models.length < (file.models?.length ?? 1)) return;
  for (const place of defaultMetricLimits(file.defaults)) {
    const name = place.at(-1) as string;
    if (known.has(name)) continue;
    const near = closestSpelling(name, known);
    issues.at(
      place,
      'limits a metric that no model has',
      near === undefined ? `There are ${[...known].join(', ')}.` : `Did you mean \`${near}\`?`,
    );
  }
}

/** Where defaults limit a metric by its name, for all variants or for one. */
function defaultMetricLimits(defaults: ConfigFile['defaults']): Path[] {
  const within = (place: Path, limits: ModelFile['limits']) =>
    Object.keys(limits?.metrics ?? {}).map((name): Path => [...place, 'limits', 'metrics', name]);
  const variants = (defaults?.variants ?? []).flatMap((variant, j) =>
    typeof variant === 'string' ? [] : within(['defaults', 'variants', j], variant.limits),
  );
  return [...within(['defaults'], defaults?.limits), ...variants];
}
