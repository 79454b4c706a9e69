import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { actionInputNames, parseActionInputs } from '#config/action-config.js';
import type { DiagnosticError } from '#diagnostics/diagnostic.js';

const nothing = Object.fromEntries(actionInputNames.map((name) => [name, '']));

function refused(inputs: Readonly<Record<string, string>>): string {
  try {
    parseActionInputs({ ...nothing, ...inputs });
  } catch (error) {
    return (error as DiagnosticError).diagnostics.map(({ code, detail }) => `${code}: ${detail}`).join('\n');
  }
  throw new Error('the inputs are taken');
}

describe('parseActionInputs', () => {
  test('what is not given is left to the configuration', () => {
    const config = parseActionInputs(nothing);
    expect(config).toMatchObject({ models: [], outputDirectory: 'tflite-gate', matrix: '' });
    expect(Object.values(config.overrides).filter((value) => value !== undefined)).toEqual([]);
  });

  test('lists, one a line or by commas, and `none`', () => {
    const config = parseActionInputs({
      ...nothing,
      models: ' models/a \r\n\n models/*\n',
      'output-directory': ' out ',
      'fail-on': 'none',
      shard: '2/3',
      strict: 'true',
      memory: '4 GB',
      'retention-days': '5',
      matrix: '{ "os": "linux" }',
    });
    expect(config).toMatchObject({
      models: ['models/a', 'models/*'],
      outputDirectory: 'out',
      shard: { index: 2, count: 3 },
      overrides: { failOn: [], strict: true, memory: 4e9, retentionDays: 5 },
      matrix: '{ "os": "linux" }',
    });
    expect(parseActionInputs({ ...nothing, 'fail-on': ' unsupported, size' }).overrides.failOn).toEqual([
      'unsupported',
      'size',
    ]);
    expect(parseActionInputs({ ...nothing, matrix: 'null' }).matrix).toBe('');
  });

  test('each wrong input is named', () => {
    expect(refused({ 'fail-on': 'everything' })).toMatch(
      /^invalid-option: The input "fail-on" may be any of unsupported/,
    );
    expect(refused({ 'fail-on': 'none, unsupported' })).toContain('`none` stands alone');
    expect(refused({ shard: '4/3', strict: 'yes', memory: 'much' })).toBe(
      'invalid-option: The input "shard" must be K/N with K up to N. The input "strict" must be `true` or `false`. The input "memory" must be a size such as `4 GB`.',
    );
    expect(refused({ 'artifact-name': 'a/b' })).toContain('must not hold any of');
  });
});

test('action.yml lists the same inputs', () => {
  const { inputs } = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as { inputs: object };
  expect(Object.keys(inputs).sort()).toEqual([...actionInputNames].sort());
});
