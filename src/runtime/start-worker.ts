import { Worker } from 'node:worker_threads';
import { type Flavour, loadRuntime, workerFile } from './assets.js';

/** A thread of the runtime, and when it has been given what to run. */
export interface StartedWorker {
  readonly worker: Worker;
  /** Rejects where the runtime cannot be loaded. */
  readonly given: Promise<void>;
}

/** Started ahead of use. */
const prepared = new Map<Flavour, StartedWorker[]>();

/** A thread that was prepared, or else a new one. It does not keep the process alive. */
export function takeWorker(flavour: Flavour): StartedWorker {
  return prepared.get(flavour)?.shift() ?? start(flavour);
}

/**
 * Starts so many threads ahead of use, less those that wait already: until they are taken they make themselves ready on
 * processors that have nothing else to do. What fails shows when it is used.
 */
export function prepareWorkers(flavour: Flavour, count: number): void {
  const waiting = prepared.get(flavour) ?? [];
  prepared.set(flavour, waiting);
  while (waiting.length < count) {
    const started = start(flavour);
    waiting.push(started);
    started.given.catch(() => undefined);
    // Without a listener an error ends the process.
    for (const end of ['error', 'exit']) started.worker.once(end, () => forget(waiting, started));
  }
}

function forget(waiting: StartedWorker[], started: StartedWorker): void {
  const index = waiting.indexOf(started);
  if (index >= 0) waiting.splice(index, 1);
}

function start(flavour: Flavour): StartedWorker {
  // The glue code reads `process.argv`; and nothing of the wasm's own output may reach the terminal.
  const worker = new Worker(workerFile(), { argv: [], stdout: true, stderr: true });
  worker.unref();
  // The thread starts while the wasm is loaded; requests wait in its queue behind the wasm.
  return { worker, given: loadRuntime(flavour).then((message) => worker.postMessage(message)) };
}
