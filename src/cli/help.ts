import type { Command, Option } from './command.js';
import { commands, commonOptions } from './commands.js';

const WIDTH = 100;

/** The text of `tflite-gate --help`. */
export function generalHelp(): string {
  const rows = commands.map(({ name, summary }): Row => [name, summary]);
  return [
    'Converts TensorFlow SavedModels to .tflite files, without Python.',
    '',
    'Usage: tflite-gate COMMAND …',
    '',
    'Commands:',
    ...table(rows),
    '',
    'Options:',
    ...table([
      ['-h, --help', 'Show this help, or that of a command: `tflite-gate COMMAND --help`.'],
      ['--version', 'Show the version.'],
    ]),
    '',
    'Exit codes: 0 done, 1 the model cannot pass, 2 wrong usage or input, 3 internal error.',
    '',
  ].join('\n');
}

/** The text of `tflite-gate COMMAND --help`. */
export function commandHelp(command: Command): string {
  return [
    command.summary,
    '',
    `Usage: ${usageOf(command)}`,
    '',
    'Arguments:',
    ...table(command.positionals.map(({ name, summary }): Row => [name, summary])),
    '',
    'Options:',
    ...table([...command.options, ...commonOptions].map((option): Row => [spelling(option), option.summary])),
    '',
    'Examples:',
    ...command.examples.flatMap(({ line, does }) => [`  # ${does}`, `  ${line}`]),
    '',
  ].join('\n');
}

/** One line: `tflite-gate run MODEL [options]`. */
export function usageOf({ name, positionals }: Command): string {
  const places = positionals.map(({ name: place, repeated }) => (repeated ? `${place}…` : place));
  return ['tflite-gate', name, ...places, '[options]'].join(' ');
}

/** `-o, --output FILE (also --output_file)`. */
export function spelling({ name, short, aliases = [], argument }: Option): string {
  const own = `${short === undefined ? '' : `-${short}, `}--${name}${argument === undefined ? '' : ` ${argument}`}`;
  return aliases.length === 0 ? own : `${own} (also ${aliases.map((alias) => `--${alias}`).join(', ')})`;
}

type Row = readonly [term: string, text: string];

/** Terms in a column, texts beside them; under them where the term is long. */
function table(rows: readonly Row[]): string[] {
  const column = Math.min(24, Math.max(...rows.map(([term]) => term.length)));
  return rows.flatMap(([term, text]) => {
    const lines = wrap(text, WIDTH - column - 4);
    const beside = term.length <= column;
    const indented = lines.map((line) => `${' '.repeat(column + 4)}${line}`);
    if (!beside) return [`  ${term}`, ...indented];
    return [`  ${term.padEnd(column)}  ${lines[0] ?? ''}`, ...indented.slice(1)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line += line === '' ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}
