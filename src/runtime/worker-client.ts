import type { OperatorOrigins } from './runnable-copy.js';
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

/** What a worker tells of itself. */
export interface WorkerEvents {
  replied(reply: WorkerReply): void;
  /** It is gone, or of no further use. */
  failed(message: string, log?: readonly string[]): void;
}

/** Something that works beside this thread: a thread or a process. */
export interface Worker {
  /** `transfer` may be moved instead of copied. */
  post(request: WorkerRequest, transfer: readonly ArrayBuffer[]): void;
  ref(): void;
  unref(): void;
  /** Ends it, whatever it is doing; settles when it is gone. May be called more than once. */
  end(): Promise<unknown>;
}

/** A build of LiteRT and where it runs. */
export interface RuntimeKind {
  /** For messages. */
  readonly name: string;
  /** Whether text can be given to a model and read from it. */
  readonly takesText: boolean;
  /** Bytes of buffers that it surely has no place for. */
  readonly tooLarge: number;
  start(events: WorkerEvents): Worker;
}

/** Node takes longer timeouts for none at all. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

interface Pending {
  readonly worker: Worker;
  readonly resolve: (reply: WorkerSuccess) => void;
  readonly reject: (failure: WorkerFailure) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One worker with an instance of the runtime, one request at a time. It is started by the first request, and again by
 * the next one after a failure: an instance in which anything failed may hang or give garbage later. An idle worker does
 * not keep the process alive.
 */
export class RuntimeWorker {
  readonly kind: RuntimeKind;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #disposed = false;
  /** Counts the workers lost: models compiled in an earlier one are gone. */
  generation = 0;

  constructor(kind: RuntimeKind) {
    this.kind = kind;
  }

  /** Throws a WorkerFailure. `transfer` moves buffers of the request instead of copying them. */
  request(request: WorkerRequest, timeLimitMs: number, transfer: readonly ArrayBuffer[] = []): Promise<WorkerSuccess> {
    if (this.#disposed) return Promise.reject(disposed());
    if (this.#pending !== undefined) throw new Error('a request is already under way');
    return new Promise((resolve, reject) => {
      try {
        this.#worker ??= this.#start();
      } catch (error) {
        reject(new WorkerFailure('failed', `the runtime cannot be started: ${(error as Error).message}`));
        return;
      }
      const worker = this.#worker;
      const limit = Math.min(Math.max(0, timeLimitMs), LONGEST_TIMEOUT_MS);
      const timer = setTimeout(() => this.#fail(worker, new WorkerFailure('timeout', 'time limit reached')), limit);
      this.#pending = { worker, resolve, reject, timer };
      worker.ref();
      worker.post(request, transfer);
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#fail(worker, disposed());
    await worker.end();
  }

  #start(): Worker {
    const worker = this.kind.start({
      replied: (reply) => {
        if (!reply.ok) this.#fail(worker, new WorkerFailure('failed', reply.message, reply.log));
        else this.#settle(worker)?.resolve(reply);
      },
      failed: (message, log) => this.#fail(worker, new WorkerFailure('failed', message, log)),
    });
    worker.unref();
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
    void worker.end();
  }
}

function disposed(): WorkerFailure {
  return new WorkerFailure('disposed', 'the interpreter has been disposed of');
}
