import { describe, expect, test } from '@jest/globals';
import { parseEngine } from '#cli/engine-options.js';
import { Arguments } from '#cli/parse-arguments.js';
import { parseRuntime, parseRuntimeAlone } from '#cli/runtime-options.js';

function args(values: Readonly<Record<string, string>>): Arguments {
  return new Arguments([], new Map(Object.entries(values).map(([name, value]) => [name, [value]])));
}

describe('--runtime', () => {
  test('is wasm by default', () => {
    expect(parseRuntimeAlone('run', args({}))).toEqual({ runtime: 'wasm', python: undefined, setup: 'none' });
  });

  test('native, with a Python, or one that is made', () => {
    expect(parseRuntimeAlone('run', args({ runtime: 'native', python: 'venv/bin/python' }))).toEqual({
      runtime: 'native',
      python: 'venv/bin/python',
      setup: 'none',
    });
    expect(parseRuntime('run', args({ runtime: 'native', 'engine-setup': 'auto' }))).toMatchObject({ setup: 'auto' });
  });

  test.each([
    [{ runtime: 'gpu' }, '--runtime gpu is none of wasm, native.'],
    [{ runtime: 'native', 'engine-setup': 'yes' }, '--engine-setup yes is neither none nor auto.'],
    [{ python: 'python3' }, '--python needs `--runtime native`.'],
    [{ runtime: 'wasm', 'engine-setup': 'auto' }, '--engine-setup needs `--runtime native`.'],
  ])('%j is refused', (values, message) => {
    expect(() => parseRuntimeAlone('run', args(values))).toThrow(message);
  });

  test('takes the options of the engine with it, and does not go with the official converter', () => {
    expect(parseEngine(args({ runtime: 'native', python: 'p', 'engine-setup': 'auto' }), [])).toBeUndefined();
    expect(() => parseEngine(args({ runtime: 'native', 'engine-memory': '8 GB' }), [])).toThrow(
      '--engine-memory needs `--engine tensorflow`',
    );
    expect(() => parseEngine(args({ runtime: 'native', engine: 'tensorflow' }), [])).toThrow(
      '--runtime is for the native engine.',
    );
  });
});
