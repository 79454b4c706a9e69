import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { TensorFlowSettings } from '../../../src/engines/tensorflow/python-settings.js';
import { TensorFlowProcess } from '../../../src/engines/tensorflow/tensorflow-process.js';
import { fakePython } from '../../support/fake-python.js';

jest.setTimeout(60_000);

const processes: TensorFlowProcess[] = [];
afterEach(async () => {
  for (const process of processes.splice(0)) await process.dispose();
});

function started(answer: string, settings: TensorFlowSettings = {}): { python: string; process: TensorFlowProcess } {
  const python = fakePython(answer);
  const process = new TensorFlowProcess({ python, ...settings });
  processes.push(process);
  return { python, process };
}

/** How often TensorFlow was loaded. */
function starts(python: string): number {
  return readFileSync(join(dirname(python), 'requests.jsonl'), 'utf8').split('"start"').length - 1;
}

const WHO = `if (request.kind === 'convert') return { ok: true, pid: process.pid, folder: process.cwd() }`;

describe('a process of TensorFlow', () => {
  test('is started when it is asked, and kept for the models behind', async () => {
    const { python, process } = started(WHO);
    expect(existsSync(join(dirname(python), 'requests.jsonl'))).toBe(false);
    const first = await process.request({ kind: 'convert' });
    expect(await process.request({ kind: 'convert' })).toEqual(first);
    expect(starts(python)).toBe(1);
    const { folder } = first as unknown as { folder: string };
    expect(existsSync(folder)).toBe(true);
    await process.dispose();
    expect(existsSync(folder)).toBe(false);
  });

  test('stays where a model is refused', async () => {
    const { python, process } = started(`if (request.bad) return { ok: false, error: 'ConverterError', message: '' }`);
    expect(await process.request({ kind: 'convert', bad: true })).toMatchObject({ ok: false });
    expect(await process.request({ kind: 'convert' })).toEqual({ ok: true });
    expect(starts(python)).toBe(1);
  });

  test('has the time limit for each model, not for all, nor for waiting', async () => {
    const slow = `if (request.kind === 'convert') return void setTimeout(() => console.log('{"ok":true}'), 1500)`;
    const { python, process } = started(slow, { timeLimitMs: 4000 });
    for (let i = 0; i < 3; i++) expect(await process.request({ kind: 'convert' })).toEqual({ ok: true });
    await setTimeout(4500);
    expect(await process.request({ kind: 'convert' })).toEqual({ ok: true });
    expect(starts(python)).toBe(1);
  });

  test('that breaks down is replaced, and the model behind does not suffer from those before', async () => {
    const { python, process } = started(`
      if (request.kind === 'convert') globalThis.served = (globalThis.served ?? 0) + 1;
      if (request.bad || globalThis.served === 3) process.kill(process.pid, 'SIGKILL')`);
    await expect(process.request({ kind: 'convert', bad: true })).rejects.toThrow('it was ended by SIGKILL');
    for (let i = 0; i < 3; i++) expect(await process.request({ kind: 'convert' })).toEqual({ ok: true });
    expect(starts(python)).toBe(3);
  });

  test('is not asked twice by a model that takes too long', async () => {
    const { python, process } = started('if (request.slow) return undefined', {
      timeLimitMs: 4000,
    });
    await process.request({ kind: 'convert' });
    await expect(process.request({ kind: 'convert', slow: true })).rejects.toThrow('it took longer than 4 s');
    expect(starts(python)).toBe(1);
    expect(await process.request({ kind: 'convert' })).toEqual({ ok: true });
    expect(starts(python)).toBe(2);
  });

  test('that cannot be started is told at each model', async () => {
    const { process } = started(`return { ok: false, error: 'ModuleNotFoundError', message: 'no tensorflow' }`);
    for (let i = 0; i < 2; i++) {
      await expect(process.request({ kind: 'convert' })).rejects.toMatchObject({
        diagnostics: [{ code: 'engine-missing' }],
      });
    }
  });
});
