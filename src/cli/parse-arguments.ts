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
  const byFlag = new Map<string, Option>();
  for (const option of [...command.options, ...common]) {
    for (const name of [option.name, ...(option.aliases ?? [])]) byFlag.set(`--${name}`, option);
    if (option.short !== undefined) byFlag.set(`-${option.short}`, option);
  }
  const { given, positionals } = split(args, byFlag);
  const values = new Map<string, string[]>();
  for (const each of given) {
    const option = byFlag.get(each.flag) ?? unknownOption(command, each.flag, byFlag);
    const value = optionValue(command, option, each);
    const before = values.get(option.name);
    if (before && option.argument !== undefined && !option.repeated) {
      wrongUsage(command.name, `--${option.name} is given twice.`);
    }
    values.set(option.name, [...(before ?? []), value]);
  }
  if (!values.has('help')) checkPositionals(command, positionals);
  return new Arguments(positionals, values);
}

/** An option as it stands on the command line. */
interface GivenOption {
  /** With its dashes. */
  readonly flag: string;
  readonly value?: string | undefined;
  /** Whether the value is part of the same argument. */
  readonly isInline?: boolean;
}

/** Tells options from positionals, as POSIX has it: `-hq` is `-h -q`, and `-ofile` is `-o file`. */
function split(
  args: readonly string[],
  byFlag: ReadonlyMap<string, Option>,
): { readonly given: readonly GivenOption[]; readonly positionals: readonly string[] } {
  const given: GivenOption[] = [];
  const positionals: string[] = [];
  const takesValue = (flag: string): boolean => byFlag.get(flag)?.argument !== undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return { given, positionals: [...positionals, ...args.slice(i + 1)] };
    if (arg === '-' || !arg.startsWith('-')) {
      positionals.push(arg);
    } else if (arg.startsWith('--')) {
      const end = arg.indexOf('=');
      if (end >= 0) given.push({ flag: arg.slice(0, end), value: arg.slice(end + 1), isInline: true });
      else given.push(takesValue(arg) ? { flag: arg, value: args[++i] } : { flag: arg });
    } else {
      let at = 1;
      for (; at < arg.length && !takesValue(`-${arg[at]}`); at++) given.push({ flag: `-${arg[at]}` });
      if (at === arg.length) continue;
      const rest = arg.slice(at + 1);
      const value = rest === '' ? { value: args[++i] } : { value: rest, isInline: true };
      given.push({ flag: `-${arg[at]}`, ...value });
    }
  }
  return { given, positionals };
}

function unknownOption(command: Command, flag: string, known: ReadonlyMap<string, Option>): never {
  const names = [...known.keys()].filter((other) => other.startsWith('--')).map((other) => other.slice(2));
  const close = closestSpelling(flag.replace(/^-+/, ''), names);
  const suggestion = close === undefined ? [] : [`Did you mean \`--${close}\`?`];
  return wrongUsage(command.name, `There is no option ${flag}.`, ...suggestion);
}

function optionValue(command: Command, option: Option, { flag, value, isInline }: GivenOption): string {
  if (option.argument === undefined) {
    if (value !== undefined) wrongUsage(command.name, `${flag} takes no value.`);
    return '';
  }
  // A value that looks like an option is one: its own value was forgotten. `--name=-x` says that it is meant.
  if (value === undefined || value === '' || (!isInline && /^-./.test(value))) {
    return wrongUsage(command.name, `${flag} needs a value: ${flag} ${option.argument}.`);
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
