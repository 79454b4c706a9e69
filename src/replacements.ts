import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import { ruleFromCode } from '#tensorflow/replacements/code-rule.js';
import { RuleError } from '#tensorflow/replacements/parse-rule.js';
import { readyRule } from '#tensorflow/replacements/ready-rules.js';
import { readyTexts } from '#tensorflow/replacements/ready-texts.js';
import type { Rule } from '#tensorflow/replacements/rule.js';
import { readRules } from '#tensorflow/replacements/rule-file.js';

export { replacementsBy } from '#tensorflow/passes/apply-replacements.js';
export { verifyReplacements } from './engines/verify-replacements.js';

export interface LoadOptions {
  /** Whether ES modules may be loaded, which run as a part of this process: only where the user chose the file. */
  readonly allowCode: boolean;
}

/**
 * The rules that `--replacements` names: ready rules by their names, YAML files, ES modules (`.mjs`, `.js`). Rejects with
 * a DiagnosticError, `invalid-option` or `file-unreadable`, for what is none of them.
 */
export async function loadReplacements(sources: readonly string[], options: LoadOptions): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const source of sources) rules.push(...(await rulesOf(source, options)));
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail('invalid-option', { detail: `There are two replacement rules named ${twice}.` });
  return rules;
}

async function rulesOf(source: string, { allowCode }: LoadOptions): Promise<readonly Rule[]> {
  const ready = readyRule(source);
  if (ready) return [ready];
  if (/\.(ya?ml|json)$/i.test(source)) return readRules(source);
  if (/\.m?js$/i.test(source)) {
    if (allowCode) return moduleRules(source);
    return fail('invalid-option', {
      detail: `${source} is a program, and replacement rules from programs are not allowed here.`,
      help: ['Write the rules in a YAML file.'],
    });
  }
  const names = readyTexts.map(({ name }) => name);
  const close = closestSpelling(source, names);
  return fail('invalid-option', {
    detail: `--replacements ${source} is neither a ready rule nor a YAML file nor an ES module.`,
    help: [close === undefined ? `Ready rules are ${names.join(', ')}.` : `Did you mean \`${close}\`?`],
  });
}

/** The default export of a module: a rule, or a list of them. */
async function moduleRules(path: string): Promise<readonly Rule[]> {
  let exported: unknown;
  try {
    const loaded = (await import(/* webpackIgnore: true */ pathToFileURL(resolve(path)).href)) as { default?: unknown };
    exported = loaded.default;
  } catch (error) {
    return fail('invalid-option', {
      detail: `${path} cannot be loaded: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
  try {
    return (Array.isArray(exported) ? exported : [exported]).map(ruleFromCode);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return fail('invalid-option', {
      detail: `${path} exports no replacement rule: ${error.message}.`,
      locations: [{ file: path }],
      help: ['Export `defineReplacement({ … })`, or a list of such, as the default.'],
    });
  }
}
