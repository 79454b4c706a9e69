import { MessageChannel, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { prepareWorkers, takeWorker } from '#runtime/start-worker.js';
import { differences, modelBytes, recordedRun } from './fixtures.js';

const taken: Worker[] = [];
afterAll(async () => {
  await Promise.all(taken.map((worker) => worker.terminate()));
});

function take(): number {
  const worker = takeWorker('compat');
  taken.push(worker);
  return worker.threadId;
}

/** What a thread has loaded, waited for without letting this thread do anything else; undefined where that takes long. */
function loadedMeanwhile(worker: Worker): unknown {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ kind: 'share', to: port1 }, [port1]);
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    Atomics.wait(nothing, 0, 0, 20);
    const received = receiveMessageOnPort(port2);
    if (received) return received.message;
  }
  return undefined;
}

describe('threads that are started ahead of use', () => {
  test('load the runtime while this thread is busy, and hand it to each other', () => {
    prepareWorkers('compat', 2);
    const workers = [takeWorker('compat'), takeWorker('compat')];
    taken.push(...workers);
    for (const worker of workers) {
      expect(loadedMeanwhile(worker)).toMatchObject({
        wasm: expect.anything(),
        gluePath: expect.stringContaining('litert'),
      });
    }
  });

  test('load it themselves where the thread that was to hand it on is gone', async () => {
    prepareWorkers('relaxed', 2);
    const first = takeWorker('relaxed');
    const second = takeWorker('relaxed');
    taken.push(second);
    await first.terminate();
    expect(loadedMeanwhile(second)).toMatchObject({
      wasm: expect.anything(),
      gluePath: expect.stringContaining('litert'),
    });
    // So does one that is started later.
    const later = takeWorker('relaxed');
    taken.push(later);
    expect(loadedMeanwhile(later)).toMatchObject({
      wasm: expect.anything(),
      gluePath: expect.stringContaining('litert'),
    });
  });

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
