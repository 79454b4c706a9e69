import { afterAll, describe, expect, test } from '@jest/globals';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { prepareWorkers, type StartedWorker, takeWorker } from '#runtime/start-worker.js';
import { differences, modelBytes, recordedRun } from './fixtures.js';

const taken: StartedWorker[] = [];
afterAll(async () => {
  await Promise.all(taken.map(({ worker }) => worker.terminate()));
});

function take(): number {
  const started = takeWorker('compat');
  started.given.catch(() => undefined);
  taken.push(started);
  return started.worker.threadId;
}

describe('threads that are started ahead of use', () => {
  test('are as many as were asked for last, and each is taken once', () => {
    const before = take();
    prepareWorkers('compat', 1);
    prepareWorkers('compat', 2);
    prepareWorkers('compat', 1);
    const behind = before + 3;
    expect([take(), take(), take()]).toEqual([before + 1, before + 2, behind]);
  });

  test('run models', async () => {
    prepareWorkers('compat', 1);
    const interpreter = await openInterpreter(modelBytes('int8'));
    const { inputs, outputs } = recordedRun('int8', 1);
    const { outputs: results } = await interpreter.run(inputs);
    await interpreter.dispose();
    expect(differences(results, outputs)).toEqual([]);
  });
});
