import { Worker as Thread } from 'node:worker_threads';
import { type Flavour, loadRuntime, workerFile } from './assets.js';
import type { RuntimeKind, Worker, WorkerEvents } from './worker-client.js';
import type { WorkerReply } from './worker-protocol.js';

/** LiteRT's WebAssembly build in a worker thread. */
export function wasmThread(flavour: Flavour): RuntimeKind {
  return {
    name: "LiteRT's WebAssembly runtime",
    takesText: false,
    start: (events) => startThread(flavour, events),
  };
}

function startThread(flavour: Flavour, { replied, failed }: WorkerEvents): Worker {
  // The glue code reads `process.argv`; and nothing of the wasm's own output may reach the terminal.
  const thread = new Thread(workerFile(), { argv: [], stdout: true, stderr: true });
  // The thread starts while the wasm is loaded; requests wait in its queue behind the wasm.
  loadRuntime(flavour).then(
    (start) => thread.postMessage(start),
    (error: Error) => failed(`the runtime cannot be loaded: ${error.message}`),
  );
  thread.on('message', (reply: WorkerReply) => replied(reply));
  thread.on('error', (error) => failed(`the runtime crashed: ${error.message}`));
  thread.on('exit', (code) => failed(`the runtime ended with exit code ${code}`));
  return {
    post: (request, transfer) => thread.postMessage(request, transfer),
    ref: () => thread.ref(),
    unref: () => thread.unref(),
    end: () => thread.terminate(),
  };
}
