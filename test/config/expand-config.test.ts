import { describe, expect, test } from '@jest/globals';
import { expandConfig } from '#config/expand-config.js';
import { parseConfig } from '#config/file/parse-config.js';

function expand(models: string, folders: readonly string[], only?: readonly string[]) {
  const { models: found, unmatched } = expandConfig(parseConfig(`version: 1\nmodels: ${models}`, 'c.yml'), folders, {
    only,
  });
  return [...found.map(({ name, path }) => `${name}: ${path}`), ...unmatched.map((path) => `nothing: ${path}`)];
}

describe('expandConfig', () => {
  test('globs, and folders that have an entry of their own', () => {
    const folders = ['m/a/saved_model', 'm/b/saved_model', 'x/a/1'];
    expect(expand('[{ path: "**" }]', folders)).toEqual(['m-a: m/a/saved_model', 'b: m/b/saved_model', 'x-a: x/a/1']);
    expect(expand('[{ path: m/** }, { path: m/b/saved_model, name: special }]', folders)).toEqual([
      'a: m/a/saved_model',
      'special: m/b/saved_model',
    ]);
    expect(expand('[{ path: m/*/saved_model/saved_model.pb, name: "m-{name}" }, { path: y }]', folders)).toEqual([
      'm-a: m/a/saved_model',
      'm-b: m/b/saved_model',
      'nothing: y',
    ]);
    expect(expand('[{ path: "**" }]', [])).toEqual([]);
    expect(expand('[{ path: "**" }]', ['.'])).toEqual(['model: .']);
  });

  test('only some', () => {
    const folders = ['m/a', 'm/b'];
    expect(expand('[{ path: m/a }, { path: m/b }, { path: m/c }]', folders, ['m/b*'])).toEqual([
      'b: m/b',
      'nothing: m/c',
    ]);
  });

  test.each<[string, string, string[], RegExp]>([
    ['one name for many', '[{ path: m/*, name: a }]', ['m/a', 'm/b'], /matches 2 SavedModels/],
    ['a folder under two globs', '[{ path: m/* }, { path: "*/a" }]', ['m/a'], /"m\/\*" and "\*\/a" both match m\/a/],
    ['a name that another gets', '[{ path: m/a }, { path: m/b, name: A }]', ['m/a', 'm/b'], /both have the name/],
    [
      'one file for two',
      '[{ path: m/a, name: x, variants: [{ name: y-z }] }, { path: m/b, name: x-y, variants: [{ name: z }] }]',
      ['m/a', 'm/b'],
      /both be written to x-y-z\.tflite/,
    ],
  ])('refuses %s', (_, models, folders, message) => {
    expect(() => expand(models, folders)).toThrow(message);
  });
});
