import { describe, expect, test } from '@jest/globals';
import { hasWildcards, matchesGlob } from '#config/glob.js';

describe('matchesGlob', () => {
  test.each<[string, string, boolean]>([
    ['models/a', 'models/*', true],
    ['models/a/b', 'models/*', false],
    ['models/a/b', 'models/**', true],
    ['models', 'models/**', true],
    ['a', '**', true],
    ['.', '**', true],
    ['.', '*', false],
    ['a/b/c/saved_model', '**/saved_model', true],
    ['saved_model', '**/saved_model', true],
    ['a/x/b/y/c', 'a/**/b/**/c', true],
    ['a/b/c', 'a/**/b/**/c', true],
    ['a/c', 'a/**/b/**/c', false],
    ['models/v1', 'models/v?', true],
    ['models/v12', 'models/v?', false],
    ['models/abcabc', 'models/*bc', true],
    ['models/abcab', 'models/*bc', false],
    ['models/[v1]', 'models/[v1]', true],
    ['models/v', 'models/[v1]', false],
    ['models/a.b', 'models/a+b', false],
    ['.hidden/a', '**', false],
    ['.hidden/a', '.hidden/*', true],
    ['models/.a', 'models/*', false],
  ])('%s by %s', (path, pattern, expected) => {
    expect(matchesGlob(path, pattern)).toBe(expected);
  });

  test('no pattern takes long', () => {
    const started = performance.now();
    expect(matchesGlob(`${'a/'.repeat(300)}b`, `${'**/'.repeat(300)}c`)).toBe(false);
    expect(matchesGlob('a'.repeat(3000), `${'*a'.repeat(300)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test('wildcards', () => {
  expect(['a/*', 'a?', '**', 'a/[b]', '{a}'].map(hasWildcards)).toEqual([true, true, true, false, false]);
});
