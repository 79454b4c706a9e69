import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
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
  test('what holds where nothing is given', () => {
    expect(parseActionInputs(nothing)).toEqual({
      models: [],
      outputDirectory: 'tflite-gate',
      artifactName: 'tflite-models',
      failOn: new Set(['unsupported']),
    });
  });

  test('lists, one a line or by commas, and `none`', () => {
    const config = parseActionInputs({
      models: ' models/a \r\n\n models/*\n',
      'output-directory': ' out ',
      'artifact-name': 'none',
      'fail-on': 'none',
    });
    expect(config).toEqual({
      models: ['models/a', 'models/*'],
      outputDirectory: 'out',
      artifactName: undefined,
      failOn: new Set(),
    });
    expect(parseActionInputs({ ...nothing, 'fail-on': ' unsupported,' }).failOn).toEqual(new Set(['unsupported']));
  });

  test('each wrong input is named', () => {
    expect(refused({ 'fail-on': 'everything' })).toMatchInlineSnapshot(
      `"invalid-option: The input "fail-on" may be \`unsupported\` or \`none\`."`,
    );
    expect(refused({ 'fail-on': 'none, unsupported' })).toMatchInlineSnapshot(
      `"invalid-option: The input "fail-on" \`none\` stands alone."`,
    );
    expect(refused({ 'artifact-name': 'a/b', 'fail-on': 'x' })).toMatchInlineSnapshot(
      `"invalid-option: The input "artifact-name" must not hold any of " : < > | * ? \\ / or a line break. The input "fail-on" may be \`unsupported\` or \`none\`."`,
    );
  });

  test('the inputs are those of action.yml', () => {
    const yml = readFileSync('action.yml', 'utf8');
    const section = yml.slice(yml.indexOf('\ninputs:'), yml.indexOf('\noutputs:'));
    expect([...section.matchAll(/^ {2}([\w-]+):/gm)].map(([, name]) => name)).toEqual([...actionInputNames]);
  });
});
