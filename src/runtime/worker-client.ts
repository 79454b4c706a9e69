import type { Worker } from 'node:worker_threads';
import type { Flavour } from './assets.js';
import type { OperatorOrigins } from './runnable-copy.js';
import { takeWorker } from './start-worker.js';
import type { WorkerReply, WorkerRequest } from './worker-protocol.js';

/** Why a request failed; the worker is gone, with all models compiled in it. */
export class WorkerFailure extends Error {
  readonly reason: 'failed' | 'timeout' | 'disposed';
  readonly log: readonly string[];
  /** Of the copy of the model that failed, where it was one. */
  origins: OperatorOrigins | undefined;

  constructor(reason: 'failed' | 'timeout' | 'disposed', message: string, log: readonly string[] = []) {
    super(message);
    this.name = 'WorkerFailure';
    this.reason = reason;
    this.log = log;
  }
}

export type WorkerSuccess = Extract<WorkerReply, { ok: true }>;

/** Node takes longer timeouts for none at all. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

interface Pending {
  readonly worker: Worker;
  readonly resolve: (reply: WorkerSuccess) => void;
  readonly reject: (failure: WorkerFailure) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One worker thread with an instance of the wasm, one request at a time. It is started by the first request, and again
 * by the next one after a failure: an instance in which anything failed may hang or give garbage later. An idle worker
 * does not keep the process alive.
 */
export class RuntimeWorker {
  readonly #flavour: Flavour;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #disposed = false;
  /** Counts the workers lost: models compiled in an earlier one are gone. */
  generation = 0;

  constructor(flavour: Flavour) {
    this.#flavour = flavour;
  }

  /** Throws a WorkerFailure. `transfer` moves buffers of the request instead of copying them. */
  request(request: WorkerRequest, timeLimitMs: number, transfer: readonly ArrayBuffer[] = []): Promise<WorkerSuccess> {
    if (this.#disposed) return Promise.reject(disposed());
    if (this.#pending !== undefined) throw new Error('a request is already under way');
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const limit = Math.min(Math.max(0, timeLimitMs), LONGEST_TIMEOUT_MS);
      const timer = setTimeout(() => this.#fail(worker, new WorkerFailure('timeout', 'time limit reached')), limit);
      this.#pending = { worker, resolve, reject, timer };
      worker.ref();
      worker.postMessage(request, transfer);
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#fail(worker, disposed());
    await worker.terminate();
  }

  #start(): Worker {
    const { worker, given } = takeWorker(this.#flavour);
    given.catch((error: Error) =>
      this.#fail(worker, new WorkerFailure('failed', `the runtime cannot be loaded: ${error.message}`)),
    );
    worker.on('message', (reply: WorkerReply) => {
      if (!reply.ok) this.#fail(worker, new WorkerFailure('failed', reply.message, reply.log));
      else this.#settle(worker)?.resolve(reply);
    });
    worker.on('error', (error) =>
      this.#fail(worker, new WorkerFailure('failed', `the runtime crashed: ${error.message}`)),
    );
    worker.on('exit', (code) =>
      this.#fail(worker, new WorkerFailure('failed', `the runtime ended with exit code ${code}`)),
    );
    return worker;
  }

  #settle(worker: Worker): Pending | undefined {
    const pending = this.#pending;
    if (pending === undefined || pending.worker !== worker) return undefined;
    clearTimeout(pending.timer);
    this.#pending = undefined;
    worker.unref();
    return pending;
  }

  #fail(worker: Worker, failure: WorkerFailure): void {
    if (this.#worker === worker) {
      this.#worker = undefined;
      this.generation++;
    }
    this.#settle(worker)?.reject(failure);
    void worker.terminate();
  }
}

function disposed(): WorkerFailure {
  return new WorkerFailure('disposed', 'the interpreter has been disposed of');
}
