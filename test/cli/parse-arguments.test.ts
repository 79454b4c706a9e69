import { describe, expect, test } from '@jest/globals';
import type { Command, Option } from '#cli/command.js';
import { parseArguments } from '#cli/parse-arguments.js';

const command: Command = {
  name: 'copy',
  summary: 'Copies.',
  positionals: [
    { name: 'FROM', summary: '' },
    { name: 'TO', optional: true, summary: '' },
  ],
  options: [
    { name: 'output', short: 'o', aliases: ['output_file'], argument: 'FILE', summary: '' },
    { name: 'tag', argument: 'TAG', repeated: true, summary: '' },
    { name: 'fast', summary: '' },
  ],
  examples: [],
  run: async () => 0,
};
const common: Option[] = [
  { name: 'help', short: 'h', summary: '' },
  { name: 'quiet', short: 'q', summary: '' },
];

const parse = (...args: string[]) => parseArguments(command, common, args);

test('values, switches, short names, other spellings, repetition, in any order', () => {
  const args = parse('--tag', 'a', 'x', '-q', '--output_file=y', '--tag=b', '--fast', '--fast');
  expect(args.positionals).toEqual(['x']);
  expect(args.one('output')).toBe('y');
  expect(args.all('tag')).toEqual(['a', 'b']);
  expect([args.has('fast'), args.has('quiet'), args.has('help')]).toEqual([true, true, false]);
  expect(args.one('absent')).toBeUndefined();
  expect(args.all('absent')).toEqual([]);
});

test('what is behind -- is positional, and a value may begin with a dash behind =', () => {
  const args = parse('-o', 'out', '--tag=-1', '--', '--fast', '-x');
  expect(args.positionals).toEqual(['--fast', '-x']);
  expect(args.all('tag')).toEqual(['-1']);
  expect(args.has('fast')).toBe(false);
});

test('a lone dash is a value', () => {
  expect(parse('-', '-o', '-').one('output')).toBe('-');
});

test('help needs no arguments', () => {
  expect(parse('--help').has('help')).toBe(true);
});

describe('wrong usage', () => {
  test.each([
    [['x', '--outptu', 'y'], 'There is no option --outptu.', 'Did you mean `--output`?'],
    [['x', '-z'], 'There is no option -z.', 'See `tflite-gate copy --help`.'],
    [['x', '--output'], '--output needs a value: --output FILE.', 'See `tflite-gate copy --help`.'],
    [['x', '--output='], '--output needs a value: --output FILE.', 'See'],
    [['x', '--output', '--fast'], '--output needs a value: --output FILE.', 'See'],
    [['x', '-o', 'a', '--output_file', 'b'], '--output is given twice.', 'See'],
    [['x', '--fast=yes'], '--fast takes no value.', 'See'],
    [[], 'FROM is missing.', 'See'],
    [['a', 'b', 'c'], 'There is one argument too many: c.', 'See'],
  ])('%j', (args, detail, help) => {
    expect.assertions(1);
    try {
      parse(...args);
    } catch (error) {
      expect(error).toMatchObject({
        diagnostics: [
          { code: 'invalid-option', detail, help: expect.arrayContaining([expect.stringContaining(help)]) },
        ],
      });
    }
  });
});
