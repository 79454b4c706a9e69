import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { fail } from '#diagnostics/diagnostic.js';
import type { End, ModuleRole, RelayStart, UserReply, UserRequest } from './messages.js';

export interface CodeOptions {
  /** Whether code from the repository may run, which the caller decides. Default: no. */
  readonly allowCode?: boolean | undefined;
  /** Of one request, in milliseconds. Default: a minute. */
  readonly timeLimitMs?: number | undefined;
}

const TIME_LIMIT_MS = 60_000;

// Where this module runs: bundled into `dist/`, built into `build/`, or from its TypeScript source in tests.
const here = dirname(fileURLToPath(import.meta.url));

const isSource = import.meta.url.endsWith('.ts');
const processFile = isSource ? join(here, '../../../scripts/source-worker.mjs') : join(here, 'user-process.js');

/**
 * A user's module in a process of its own, without environment variables. Requests are carried out one after the other.
 * All methods throw a DiagnosticError: `user-code-failed` where the module throws, gives what it may not give or takes
 * too long; the process is then of no further use only in the last case. It does not keep the program alive.
 */
export class CodeHost {
  readonly file: string;
  readonly #timeLimitMs: number;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  /** Counts replies; see `RelayStart`. */
  readonly #replies = new Int32Array(new SharedArrayBuffer(4));
  readonly #exit: Promise<unknown>;
  #waiting: ((reply: UserReply) => void) | undefined;
  #ended: string | undefined;

  /**
   * Starts the process and loads the module; `description` is what `load` gives. Throws a DiagnosticError:
   * `code-not-allowed`, `file-unreadable`, `user-code-failed`.
   */
  static async open(
    file: string,
    role: ModuleRole,
    { allowCode = false, timeLimitMs = TIME_LIMIT_MS }: CodeOptions,
  ): Promise<{ readonly host: CodeHost; readonly description: unknown }> {
    const locations = [{ file }];
    if (!allowCode) fail('code-not-allowed', { detail: `${file} is a ${role} module.`, locations });
    if (!existsSync(file)) fail('file-unreadable', { detail: `${file} does not exist.`, locations });
    const host = new CodeHost(file, timeLimitMs);
    try {
      return { host, description: await host.request({ kind: 'load', file: resolve(file), role }) };
    } catch (error) {
      await host.dispose();
      throw error;
    }
  }

  private constructor(file: string, timeLimitMs: number) {
    this.file = file;
    this.#timeLimitMs = timeLimitMs;
    const { port1, port2 } = new MessageChannel();
    const replies = this.#replies.buffer as SharedArrayBuffer;
    const workerData: RelayStart = { port: port2, replies, folder: dirname(resolve(file)) };
    this.#worker = new Worker(processFile, {
      argv: isSource ? ['data/user-code/user-process.ts'] : [],
      workerData,
      transferList: [port2],
    });
    this.#exit = once(this.#worker, 'exit');
    this.#worker.on('error', ({ message }) => this.#take({ ok: 'ended', reason: message, output: '' }));
    this.#port = port1;
    port1.on('message', (reply: UserReply) => this.#take(reply));
    this.#idle();
  }

  async request(request: UserRequest): Promise<unknown> {
    this.#begin(request);
    const reply = new Promise<UserReply>((settle) => {
      this.#waiting = settle;
    });
    const timer = setTimeout(() => this.#take(undefined), this.#timeLimitMs);
    this.#worker.ref();
    this.#port.ref();
    try {
      return this.#valueOf(await reply, request);
    } finally {
      clearTimeout(timer);
      this.#idle();
    }
  }

  /** Blocks this thread until the answer is there. */
  requestSync(request: UserRequest): unknown {
    this.#begin(request);
    const deadline = performance.now() + this.#timeLimitMs;
    for (;;) {
      const replies = Atomics.load(this.#replies, 0);
      const received = receiveMessageOnPort(this.#port);
      if (received) return this.#valueOf(received.message as UserReply, request);
      if (Atomics.wait(this.#replies, 0, replies, Math.max(0, deadline - performance.now())) === 'timed-out') {
        return this.#valueOf(this.#timeOut(), request);
      }
    }
  }

  /** Ends the process. May be called more than once. */
  async dispose(): Promise<void> {
    this.#end('it was ended');
    // A program that waits for nothing else would end here, before what follows.
    this.#worker.ref();
    await this.#exit;
    this.#port.close();
  }

  #begin(request: UserRequest): void {
    if (this.#waiting) throw new Error('a request is already under way');
    if (this.#ended !== undefined) this.#fail(request, this.#ended);
    this.#port.postMessage(request);
  }

  #take(reply: UserReply | undefined): void {
    const settle = this.#waiting;
    this.#waiting = undefined;
    if (reply?.ok === 'ended') this.#ended ??= endOf(reply);
    settle?.(reply ?? this.#timeOut());
  }

  #timeOut(): UserReply {
    const reason = `it took longer than ${this.#timeLimitMs / 1000} s`;
    this.#end(reason);
    return { ok: false, message: reason, line: undefined };
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#port.postMessage('end' satisfies End);
  }

  #idle(): void {
    this.#worker.unref();
    this.#port.unref();
  }

  #valueOf(reply: UserReply, request: UserRequest): unknown {
    if (reply.ok === true) return reply.value;
    if (reply.ok === false) return this.#fail(request, reply.message, reply.line);
    this.#ended ??= endOf(reply);
    return this.#fail(request, this.#ended);
  }

  #fail(request: UserRequest, reason: string, line?: number): never {
    fail('user-code-failed', {
      detail: `${this.file}: ${action(request)}: ${reason}.`,
      locations: [{ file: this.file, ...(line === undefined ? {} : { line }) }],
    });
  }
}

function endOf({ reason, output }: Extract<UserReply, { ok: 'ended' }>): string {
  const tail = output.trim();
  return `its process ended by ${reason}${tail === '' ? '' : `, after it wrote: ${tail}`}`;
}

function action({ kind }: UserRequest): string {
  switch (kind) {
    case 'load':
      return 'it cannot be loaded';
    case 'update':
      return 'update() failed';
    case 'keep':
    case 'result':
      return 'merge() or result() failed';
    case 'open':
    case 'next':
      return 'samples() failed';
  }
}
