import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Command } from '#cli/command.js';
import { commands, commonOptions } from '#cli/commands.js';
import { nameOf, parseConvertOptions, parseInputShapes, parseTags, planJobs } from '#cli/convert-options.js';
import { parseArguments } from '#cli/parse-arguments.js';

const command = commands.find(({ name }) => name === 'convert') as Command;
const parse = (...args: string[]) => parseArguments(command, commonOptions, args);

test('nothing is said', () => {
  expect(parseConvertOptions(parse('m', '-o', 'x'))).toEqual({});
});

test('all is said', () => {
  const shapes = ['--input-shape', 'x=1,?,-1', '--input-shape', 'a=b='];
  const args = parse(
    'm',
    '--signature',
    'f',
    '--signature=g',
    '--tags',
    'serve, gpu',
    ...shapes,
    '--explain',
    'p',
    '--verify-passes',
  );
  expect(parseConvertOptions(args)).toEqual({
    signatures: ['f', 'g'],
    tags: ['serve', 'gpu'],
    inputShapes: { x: [1, null, null], 'a=b': [] },
    verifyPasses: true,
    explain: 'p',
  });
});

test("tflite_convert's spellings", () => {
  const args = parse(
    '--saved_model_dir=m',
    '--output_file',
    'x.tflite',
    '--saved_model_tag_set=serve',
    '--saved_model_signature_key=f',
  );
  expect(parseConvertOptions(args)).toEqual({ tags: ['serve'], signatures: ['f'] });
  expect(planJobs(args)).toEqual([{ input: 'm', output: 'x.tflite', dumpPasses: undefined }]);
});

test('no tags are the empty set', () => {
  expect(parseTags('')).toEqual([]);
  expect(parseTags(',')).toEqual([]);
});

test('an input called like a property of objects', () => {
  expect(parseInputShapes(['constructor=1'])).toEqual({ constructor: [1] });
});

test.each([
  [['image'], '--input-shape image has no name: write NAME=DIM,…'],
  [['=1,2'], '--input-shape =1,2 has no name: write NAME=DIM,…'],
  [['x=1,a'], '--input-shape x=1,a: "a" is no dimension; give a number, or ? for a free one.'],
  [['x=1,-2'], '--input-shape x=1,-2: "-2" is no dimension; give a number, or ? for a free one.'],
  [['x=1.5'], '--input-shape x=1.5: "1.5" is no dimension; give a number, or ? for a free one.'],
  [['x=1', 'x=2'], '--input-shape is given twice for x.'],
])('%j', (texts, message) => {
  expect(() => parseInputShapes(texts)).toThrow(`Invalid option: ${message}`);
});

test('several models go to a folder, each under its own name', () => {
  expect(planJobs(parse('a/one', 'b/two/saved_model', '--output-dir', 'out', '--dump-passes', 'ir'))).toEqual([
    { input: 'a/one', output: join('out', 'one.tflite'), dumpPasses: join('ir', 'one') },
    { input: 'b/two/saved_model', output: join('out', 'two.tflite'), dumpPasses: join('ir', 'two') },
  ]);
  expect(planJobs(parse('a/one', '-o', 'x', '--dump-passes', 'ir'))).toMatchObject([{ dumpPasses: 'ir' }]);
});

test.each([
  ['models/digits/', 'digits'],
  ['models/digits/saved_model', 'digits'],
  ['saved_model_v2', 'saved_model_v2'],
  ['/', 'model'],
])('%s is called %s', (path, name) => {
  expect(nameOf(path)).toBe(name);
});

test.each([
  [['-o', 'x'], 'SAVED_MODEL is missing.'],
  [['m'], 'Where to write is missing: --output FILE or --output-dir DIR.'],
  [['m', '-o', 'x', '--output-dir', 'd'], '--output and --output-dir exclude each other.'],
  [['m', 'n', '-o', 'x'], '--output is for one SavedModel; give --output-dir for several.'],
  [['a/m', 'b/M', '--output-dir', 'd'], 'a/m and b/M would both be written to M.tflite.'],
])('%j', (args, message) => {
  expect(() => planJobs(parse(...args))).toThrow(`Invalid option: ${message}`);
});
