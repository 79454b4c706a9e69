import type { Flavour } from './assets.js';
import { takeWorker } from './start-worker.js';
import type { RuntimeKind, Worker, WorkerEvents } from './worker-client.js';
import type { WorkerReply } from './worker-protocol.js';

/** The runtime holds the file, a copy of it, and what XNNPACK packs anew, within the 4 GB that WebAssembly can address. */
const TOO_LARGE = 2 ** 31;

/** LiteRT's WebAssembly build in a worker thread. */
export function wasmThread(flavour: Flavour): RuntimeKind {
  return {
    name: "LiteRT's WebAssembly runtime",
    takesText: false,
    tooLarge: TOO_LARGE,
    start: (events) => startThread(flavour, events),
  };
}

function startThread(flavour: Flavour, { replied, failed }: WorkerEvents): Worker {
  const thread = takeWorker(flavour);
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
