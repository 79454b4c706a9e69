import { parseArgs } from 'node:util';
import { fail } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import type { Command, Option } from './command.js';

/** What stands on a command line behind the command's name. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(positionals: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.positionals = positionals;
    this.#values = values;
  }

  /** Whether a switch is on. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value of an option; undefined where it is not given. */
  one(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** All values of an option that may be repeated. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/** Throws a DiagnosticError, `invalid-option`, with where to find help. */
export function wrongUsage(command: string, detail: string, ...help: string[]): never {
  return fail('invalid-option', { detail, help: [...help, `See \`tflite-gate ${command} --help\`.`] });
}

/**
 * Reads arguments by a command's options: `--name value`, `--name=value`, `-n value`; everything behind `--` is
 * positional. Throws a DiagnosticError for options that do not exist, lack their value or are given twice, and for a
 * wrong number of positionals. `common` are options of every command.
 */
export function parseArguments(command: Command, common: readonly Option[], args: readonly string[]): Arguments {
  const options = [...command.options, ...common];
  const byName = new Map(
    options.flatMap((option) => [option.name, ...(option.aliases ?? [])].map((name) => [name, option])),
  );
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries([...byName].map(([name, option]) => [name, parserOption(name, option)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = byName.get(token.name) ?? unknownOption(command, token.rawName, [...byName.keys()]);
    const value = optionValue(command, option, token);
    const given = values.get(option.name);
    if (given && option.argument !== undefined && !option.repeated) {
      wrongUsage(command.name, `--${option.name} is given twice.`);
    }
    values.set(option.name, [...(given ?? []), value]);
  }
  if (!values.has('help')) checkPositionals(command, positionals);
  return new Arguments(positionals, values);
}

function parserOption(name: string, option: Option): { type: 'string' | 'boolean'; short?: string; multiple: true } {
  return {
    type: option.argument === undefined ? 'boolean' : 'string',
    ...(name === option.name && option.short !== undefined ? { short: option.short } : {}),
    multiple: true,
  };
}

function unknownOption(command: Command, rawName: string, names: readonly string[]): never {
  const close = closestSpelling(rawName.replace(/^-+/, ''), names);
  const suggestion = close === undefined ? [] : [`Did you mean \`--${close}\`?`];
  return wrongUsage(command.name, `There is no option ${rawName}.`, ...suggestion);
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function optionValue(command: Command, option: Option, { rawName, value, inlineValue }: OptionToken): string {
  if (option.argument === undefined) {
    if (value !== undefined) wrongUsage(command.name, `${rawName} takes no value.`);
    return '';
  }
  // A value that looks like an option is one: its own value was forgotten. `--name=-x` says that it is meant.
  if (value === undefined || value === '' || (!inlineValue && /^-./.test(value))) {
    return wrongUsage(command.name, `${rawName} needs a value: ${rawName} ${option.argument}.`);
  }
  return value;
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const required = command.positionals.filter(({ optional }) => !optional);
  const missing = required[given.length];
  if (missing) wrongUsage(command.name, `${missing.name} is missing.`);
  const endless = command.positionals.some(({ repeated }) => repeated);
  const extra = given[command.positionals.length];
  if (!endless && extra !== undefined) wrongUsage(command.name, `There is one argument too many: ${extra}.`);
}
