import { expect, test } from '@jest/globals';
import { legalName } from '#github/legal-name.js';

const hostile = [
  '',
  '.',
  '..',
  '../x',
  'a/b',
  'a\\b',
  '<script>',
  'a|b',
  '@user',
  '`x`',
  'a\nb',
  '\u202ea',
  '😀',
  'x'.repeat(5000),
  'a:b*c?"d"',
];

test('a legal name stays, any other is made legal and stays unlike others', () => {
  expect(legalName('models-a_b.1')).toBe('models-a_b.1');
  expect(legalName('digits-int8', '.tflite')).toBe('digits-int8.tflite');
  const names = hostile.map((name) => legalName(name, '.tflite'));
  for (const name of names) {
    expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*\.tflite$/);
    expect(name.length).toBeLessThan(130);
  }
  expect(new Set([...names, legalName('a-b', '.tflite')]).size).toBe(hostile.length + 1);
});
