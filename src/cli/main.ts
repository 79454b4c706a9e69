import { fail } from '#diagnostics/diagnostic.js';
import { diagnosticsOf, type ExitCode, exitCodeOf } from '#diagnostics/exit-code.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import { version } from '#version.js';
import type { Command, CommandContext } from './command.js';
import { commandLineOf } from './command-line.js';
import { commands, commonOptions } from './commands.js';
import { commandHelp, generalHelp } from './help.js';
import { parseArguments } from './parse-arguments.js';
import type { Streams } from './streams.js';
import { TerminalLogger } from './terminal-logger.js';

/** Runs a command line (without `node` and the script) and gives the exit code. Never throws. */
export async function main(argv: readonly string[], streams: Streams, tools: Tools = {}): Promise<ExitCode> {
  try {
    return await dispatch(argv, streams, tools);
  } catch (error) {
    new TerminalLogger(streams, false).diagnostics(diagnosticsOf(error));
    return exitCodeOf(error);
  }
}

type Tools = Pick<CommandContext, 'quantize' | 'make' | 'debug' | 'replacer' | 'gate'>;

async function dispatch(argv: readonly string[], streams: Streams, tools: Tools): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === undefined) {
    streams.err.write(generalHelp());
    return 2;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    streams.out.write(rest[0] === undefined ? generalHelp() : commandHelp(commandNamed(rest[0])));
    return 0;
  }
  if (first === '--version') {
    streams.out.write(`${version}\n`);
    return 0;
  }
  // tflite_convert's command lines have no command.
  if (first.startsWith('--') && argv.some((arg) => /^--saved_model_dir(?:=|$)/.test(arg))) {
    return runCommand(commandNamed('convert'), argv, streams, tools);
  }
  return runCommand(commandNamed(first), rest, streams, tools);
}

async function runCommand(
  command: Command,
  argv: readonly string[],
  streams: Streams,
  tools: Tools,
): Promise<ExitCode> {
  const args = parseArguments(command, commonOptions, argv);
  if (args.has('help')) {
    streams.out.write(commandHelp(command));
    return 0;
  }
  const logger = new TerminalLogger(streams, args.has('quiet'));
  try {
    return await command.run(args, { logger, commandLine: commandLineOf([command.name, ...argv]), ...tools });
  } finally {
    logger.close();
  }
}

function commandNamed(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  const close = closestSpelling(name, names);
  return fail('invalid-option', {
    detail: `There is no command ${name}.`,
    help: [close === undefined ? `The commands are: ${names.join(', ')}.` : `Did you mean \`${close}\`?`],
  });
}
