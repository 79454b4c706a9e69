import { describe, expect, test } from '@jest/globals';
import { tensorflowSettings } from '#check/tensorflow-settings.js';
import type { GateConfig } from '#config/protect/gate-of.js';

function config(python: string | undefined, allowCode = false): GateConfig {
  const limits = { engineSetup: 'none', engineTimeLimit: 90, engineMemory: 4e9 } as const;
  return { ...limits, python, allowCode, file: undefined } as unknown as GateConfig;
}

describe('how a configuration runs TensorFlow', () => {
  test('limits are taken over', () => {
    expect(tensorflowSettings(config('python3.12'), '/repo', false)).toEqual({
      python: 'python3.12',
      setup: 'none',
      timeLimitMs: 90_000,
      memory: 4e9,
    });
  });

  test('a path is one in the repository', () => {
    expect(tensorflowSettings(config('../venv/bin/python'), '/repo', false).python).toBe('/venv/bin/python');
    expect(tensorflowSettings(config(undefined), '/repo', false).python).toBeUndefined();
  });

  test.each(['venv/bin/python', './python', '/repo/..venv/python'])('%s could be proposed by anybody', (python) => {
    expect(() => tensorflowSettings(config(python), '/repo', false)).toThrow(
      `The Python ${python} lies in the repository`,
    );
    expect(tensorflowSettings(config(python, true), '/repo', false).python).toMatch(/^\/repo\//);
    expect(tensorflowSettings(config(python), '/repo', true).python).toMatch(/^\/repo\//);
  });
});
