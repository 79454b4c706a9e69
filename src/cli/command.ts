import type { DebugOptions } from '#debug-model.js';
import type { ExitCode } from '#diagnostics/exit-code.js';
import type { ConvertOptions, Diagnostic, Replacements } from '#index.js';
import type { EngineChoice, MadeModel } from '#make-model.js';
import type { QuantizedModel } from '#quantize-model.js';
import type { FoundModel } from '#search-model.js';
import type { GateTools } from './gate-tools.js';
import type { Arguments } from './parse-arguments.js';
import type { Variant } from './quantize-options.js';
import type { TerminalLogger } from './terminal-logger.js';

/** One option of a command, as data: the parser, the help and the documentation read it. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** Other spellings, without the dashes. */
  readonly aliases?: readonly string[];
  /** What its argument is called; an option without one is a switch. */
  readonly argument?: string;
  /** Whether it may be given more than once. */
  readonly repeated?: boolean;
  /** A sentence. */
  readonly summary: string;
}

export interface Positional {
  readonly name: string;
  /** At least one, any number. */
  readonly repeated?: boolean;
  /** Whether an option may stand for it. */
  readonly optional?: boolean;
  readonly summary: string;
}

export interface Command {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly options: readonly Option[];
  /** Whole command lines, with what they do. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly run: CommandRunner;
}

/** Carries out a command and gives its exit code; errors are thrown. */
export type CommandRunner = (args: Arguments, context: CommandContext) => Promise<ExitCode>;

/** Quantizes a model as a variant says; given by the program that holds the quantizer. */
export type Quantizer = (
  input: string,
  variant: Variant,
  options: ConvertOptions,
) => Promise<QuantizedModel | FoundModel>;

/** Makes a model by another engine than the native one; given by the program that holds it. */
export type ModelMaker = (
  input: string,
  variant: Variant | undefined,
  options: ConvertOptions,
  choice: EngineChoice,
) => Promise<MadeModel>;

/** Compares a quantized model with a float one; given by the program that holds the quantizer. */
export type Debugger = (input: string, options: DebugOptions) => Promise<DebugResult>;

export interface DebugResult {
  /** Ops that could not be compared, as lines. */
  readonly unmatched: readonly string[];
  /** Why ops compute with floats, as lines. */
  readonly float: readonly string[];
  readonly notes: readonly string[];
  /** The worst layers, with what the columns mean. */
  readonly table: readonly string[];
  csv(): string;
  json(): string;
}

/** Loads replacement rules and checks what they did; given by the program that reads YAML. */
export interface Replacer {
  load(sources: readonly string[]): Promise<Replacements>;
  verify(applied: Replacements['applied']): Promise<Diagnostic[]>;
}

export interface CommandContext {
  readonly logger: TerminalLogger;
  /** The command line as the user typed it, to be repeated. */
  readonly commandLine: string;
  readonly quantize?: Quantizer | undefined;
  readonly make?: ModelMaker | undefined;
  readonly debug?: Debugger | undefined;
  readonly replacer?: Replacer | undefined;
  readonly gate?: GateTools | undefined;
}
