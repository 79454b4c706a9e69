import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { type Flavour, runtimeFiles, workerFile } from './assets.js';
import type { LoadedRuntime, WorkerShare, WorkerStart } from './worker-protocol.js';

/** Started ahead of use. */
const prepared = new Map<Flavour, Worker[]>();

/** A runtime that a thread loads, and hands on to this one. */
interface Loading {
  readonly loader: Worker;
  loaded?: LoadedRuntime;
}

/** Each is loaded once in a process. */
const loadings = new Map<Flavour, Loading>();

/** A thread that was prepared, or else a new one. It does not keep the process alive. */
export function takeWorker(flavour: Flavour): Worker {
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
    const worker = start(flavour);
    waiting.push(worker);
    // Without a listener an error ends the process.
    for (const end of ['error', 'exit']) worker.once(end, () => forget(waiting, worker));
  }
}

function forget(waiting: Worker[], worker: Worker): void {
  const index = waiting.indexOf(worker);
  if (index >= 0) waiting.splice(index, 1);
}

function start(flavour: Flavour): Worker {
  // The glue code reads `process.argv`; and nothing of the wasm's own output may reach the terminal.
  const worker = new Worker(workerFile(), { argv: [], stdout: true, stderr: true });
  worker.unref();
  const known = loadings.get(flavour);
  // While the runtime is loaded, it comes from thread to thread: this one may be busy, and would hand it on late.
  const from = known && !known.loaded ? portTo(known.loader) : undefined;
  const source = from ? { from } : known?.loaded ? { loaded: known.loaded } : {};
  const message: WorkerStart = { kind: 'start', files: runtimeFiles(flavour), ...source };
  worker.postMessage(message, from ? [from] : []);
  if (!known) loadings.set(flavour, loadingBy(worker, flavour));
  return worker;
}

/** Forgotten where nothing was loaded. */
function loadingBy(loader: Worker, flavour: Flavour): Loading {
  const loading: Loading = { loader };
  const port = portTo(loader);
  port.once('message', (loaded: LoadedRuntime) => {
    loading.loaded = loaded;
  });
  const ended = () => {
    if (!loading.loaded && loadings.get(flavour) === loading) loadings.delete(flavour);
  };
  port.once('close', ended);
  // What is asked of it from then on stays unanswered.
  loader.once('exit', ended);
  port.unref();
  return loading;
}

/** A port by which a thread hands on what it loads. */
function portTo(loader: Worker): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const message: WorkerShare = { kind: 'share', to: port1 };
  loader.postMessage(message, [port1]);
  return port2;
}
