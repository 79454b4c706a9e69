import { describe, expect, test } from '@jest/globals';
import { parseEngine } from '#cli/engine-options.js';
import { Arguments } from '#cli/parse-arguments.js';
import type { Variant } from '#cli/quantize-options.js';

function args(values: Readonly<Record<string, string>>): Arguments {
  return new Arguments([], new Map(Object.entries(values).map(([name, value]) => [name, [value]])));
}

describe('--engine', () => {
  test('is the native one by default', () => {
    expect(parseEngine(args({}), [])).toBeUndefined();
    expect(parseEngine(args({ engine: 'native' }), [])).toBeUndefined();
  });

  test('with all that TensorFlow may be given', () => {
    const all = {
      python: 'venv/bin/python',
      'engine-setup': 'auto',
      'engine-time-limit': '2 min',
      'engine-memory': '8 GB',
    };
    expect(parseEngine(args({ engine: 'auto', ...all }), [])).toEqual({
      engine: 'auto',
      tensorflow: { python: 'venv/bin/python', setup: 'auto', timeLimitMs: 120_000, memory: 8e9 },
    });
  });

  test.each([
    [{ engine: 'toco' }, '--engine toco is none of native, tensorflow, auto.'],
    [{ python: 'python3' }, '--python needs `--engine tensorflow` or `--engine auto`.'],
    [{ engine: 'auto', 'engine-setup': 'yes' }, '--engine-setup yes is neither none nor auto.'],
    [{ engine: 'auto', 'engine-time-limit': 'soon' }, '--engine-time-limit soon: give a time such as'],
    [{ engine: 'auto', 'engine-memory': '0' }, '--engine-memory 0: give a size such as'],
  ])('%j is refused', (values, message) => {
    expect(() => parseEngine(args(values), [])).toThrow(message);
  });

  test('does not go with a search', () => {
    const variants = [{ name: 'auto', search: {} } as unknown as Variant];
    expect(() => parseEngine(args({ engine: 'tensorflow' }), variants)).toThrow(
      '--quantize auto is for the native engine',
    );
  });
});
