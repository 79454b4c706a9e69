import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { parseRules } from '#tensorflow/replacements/rule-file.js';

function refusal(text: string): string {
  try {
    parseRules(text, 'rules.yaml');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const [found] = error.diagnostics;
    return `${found?.locations[0]?.line}: ${found?.detail}${found?.help.map((help) => ` (${help})`).join('')}`;
  }
  return 'taken';
}

const rule = (pattern: string, replacement: string, more = ''): string =>
  `name: r\ntolerance: 0\npattern:\n  y: ${pattern}\nreplacement:\n  y: ${replacement}\n${more}`;

describe('parseRules', () => {
  test('one rule, with conditions and samples', () => {
    const [found] = parseRules(
      rule('Cross(a, b)', 'Sub(a, b)', 'where: {a: {dtype: float32, shape: [null, 3]}}\nsamples: {b: [0, 1]}\n'),
      'rules.yaml',
    );
    expect(found?.where.get('a')).toEqual({ dtype: ['float32'], shape: [null, 3] });
    expect(found?.samples.get('b')).toEqual([0, 1]);
  });

  test('the rule of the documentation', () => {
    const [, example] = /```yaml\n(name: .*?)```/s.exec(readFileSync('docs/replacements.md', 'utf8')) ?? [];
    expect(parseRules(example as string, 'rules.yaml').map(({ name }) => name)).toEqual(['half-sine']);
  });

  test('several rules', () => {
    const rules = parseRules(
      'rules:\n  - {name: a, tolerance: 0.1, pattern: {y: Erf(x)}, replacement: {y: Tanh(x)}}\n  - {name: b, tolerance: 0, pattern: {y: Neg(x)}, replacement: {y: x}}\n',
      'rules.yaml',
    );
    expect(rules.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test.each([
    rule('Erf(x', 'x'),
    rule('Erf(x)', 'Tanh(z)'),
    rule('Erf(x)', 'Tanh(x, y=$a)'),
    rule('x', 'x'),
    rule('Erf(x)', 'Add|AddV2(x, x)'),
    rule('Erf(x)', 'x', 'where: {z: {rank: 1}}\n'),
    rule('Erf(x)', 'x', 'where: {x: {rnk: 1}}\n'),
    rule('Erf(x)', 'x', 'samples: {x: [3, 1]}\n'),
    rule('Erf(x)', 'x').replace('tolerance: 0', 'tolerence: 0'),
    'pattern: [',
    '[]',
  ])('what is wrong is said with its line: %j', (text) => {
    expect(refusal(text)).toMatchSnapshot();
  });
});
