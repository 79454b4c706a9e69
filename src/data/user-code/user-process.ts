// A thread that starts a process and passes messages, and, started as a program, that process, which runs a user's
// module. The thread lets the host block until an answer is there. Node's own modules and types are all it imports, so
// that one file is enough to start it.
import { spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread, workerData } from 'node:worker_threads';
import type { DataDescription, End, MetricDescription, RelayStart, UserReply, UserRequest } from './messages.js';

const OUTPUT_KEPT = 2000;
/** Samples that are sent at once: many small ones, few large ones. */
const MOST_SAMPLES = 256;
const MOST_BYTES = 1 << 20;

if (isMainThread) runModule();
else relay(workerData as RelayStart);

function relay({ port, replies, folder }: RelayStart): void {
  const counter = new Int32Array(replies);
  // Node does not start on Windows without SystemRoot; nothing else of the environment is passed on.
  const { SystemRoot } = process.env;
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    cwd: folder,
    env: SystemRoot === undefined ? {} : { SystemRoot },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    windowsHide: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    });
  }
  const reply = (message: UserReply) => {
    port.postMessage(message);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  };
  const ended = (reason: string) => {
    reply({ ok: 'ended', reason, output });
    port.close();
  };
  child.on('message', (message) => reply(message as UserReply));
  child.on('error', (error) => ended(error.message));
  // After the streams have closed, so that the output is whole.
  child.on('close', (code, signal) => ended(signal === null ? `exit code ${code}` : `signal ${signal}`));
  port.on('message', (request: UserRequest | End) => {
    if (request === 'end') child.kill('SIGKILL');
    // A process that is gone says so by `close`.
    else if (child.connected) child.send(request, () => undefined);
  });
}

/** What a user's module may export, by name or as the default. */
interface UserModule {
  readonly direction?: unknown;
  readonly labels?: unknown;
  readonly reference?: unknown;
  readonly count?: unknown;
  update?(sample: unknown): unknown;
  merge?(a: readonly number[], b: readonly number[]): unknown;
  result?(accumulator: readonly number[]): unknown;
  samples?(): unknown;
}

function runModule(): void {
  let url = '';
  let module: UserModule = {};
  let samples: AsyncIterator<unknown> | Iterator<unknown> | undefined;
  let held: unknown;
  const kept = new Map<number, readonly number[]>();

  const answers = {
    async load({ file, role }: Extract<UserRequest, { kind: 'load' }>): Promise<MetricDescription | DataDescription> {
      url = pathToFileURL(file).href;
      const loaded = (await import(url)) as UserModule & { readonly default?: UserModule };
      module = loaded.default ?? loaded;
      return role === 'metric' ? describeMetric(module) : describeData(module);
    },
    async update(request: Extract<UserRequest, { kind: 'update' }>): Promise<number[][]> {
      const rows: number[][] = [];
      for (const sample of request.samples) rows.push(numbers('update', await module.update?.(sample)));
      return rows;
    },
    keep(request: Extract<UserRequest, { kind: 'keep' }>): void {
      for (const [i, number] of request.numbers.entries()) kept.set(number, request.rows[i] as readonly number[]);
    },
    async result({ numbers: places, weights }: Extract<UserRequest, { kind: 'result' }>): Promise<number> {
      const merged = await mergeAll(places, weights);
      const value: unknown = merged === undefined ? Number.NaN : await module.result?.(merged);
      if (typeof value !== 'number') throw new TypeError(`result() gave ${describe(value)}, not a number`);
      return value;
    },
    open(): void {
      const given: unknown = module.samples?.();
      const iterable = given as Partial<AsyncIterable<unknown> & Iterable<unknown>> | undefined;
      samples = iterable?.[Symbol.asyncIterator]?.() ?? iterable?.[Symbol.iterator]?.();
      if (samples === undefined) throw new TypeError(`samples() gave ${describe(given)}, nothing to iterate over`);
    },
    /** An error after some samples is told when these have been used. */
    async next(): Promise<unknown[]> {
      if (held !== undefined) throw held;
      const found: unknown[] = [];
      let bytes = 0;
      try {
        while (found.length < MOST_SAMPLES && bytes < MOST_BYTES) {
          const { done, value } = (await samples?.next()) ?? { done: true, value: undefined };
          if (done) break;
          found.push(value);
          bytes += sizeOf(value);
        }
      } catch (error) {
        if (found.length === 0) throw error;
        held = error;
      }
      return found;
    },
  };

  /** Merged in pairs, and these in pairs: lists that grow are copied log n times, not n times. */
  async function mergeAll(
    places: Uint32Array,
    weights: Uint32Array | undefined,
  ): Promise<readonly number[] | undefined> {
    const merge = async (a: readonly number[], b: readonly number[]) => numbers('merge', await module.merge?.(a, b));
    /** At place i what stands for 2^i rows, if there is one. */
    const pending: (readonly number[] | undefined)[] = [];
    for (let i = 0; i < places.length; i++) {
      const row = kept.get(places[i] as number) as readonly number[];
      for (let times = weights?.[i] ?? 1; times > 0; times--) {
        let carried = row;
        let level = 0;
        for (; pending[level] !== undefined; level++) {
          carried = await merge(pending[level] as readonly number[], carried);
          pending[level] = undefined;
        }
        pending[level] = carried;
      }
    }
    let merged: readonly number[] | undefined;
    for (const part of pending) {
      if (part !== undefined) merged = merged === undefined ? part : await merge(part, merged);
    }
    return merged;
  }

  process.on('disconnect', () => process.exit());
  process.on('message', async (request: UserRequest) => {
    const send = (reply: UserReply) => process.send?.(reply);
    try {
      const answer = answers[request.kind] as (request: UserRequest) => unknown;
      send({ ok: true, value: await answer(request) });
    } catch (error) {
      send({ ok: false, message: messageOf(error), line: lineOf(error, url) });
    }
  });
}

function describeMetric(module: UserModule): MetricDescription {
  for (const name of ['update', 'merge', 'result'] as const) {
    if (typeof module[name] !== 'function') throw new TypeError(`a metric has to export a function ${name}()`);
  }
  const { direction, labels = {}, reference = false } = module;
  if (direction !== 'higher' && direction !== 'lower') {
    throw new TypeError(
      `a metric has to export direction: 'higher' or 'lower', what is better; it is ${describe(direction)}`,
    );
  }
  if (typeof labels !== 'object' || labels === null)
    throw new TypeError(`labels is ${describe(labels)}, not an object`);
  return { direction, labels: labels as Readonly<Record<string, unknown>>, reference: reference === true };
}

function describeData(module: UserModule): DataDescription {
  if (typeof module.samples !== 'function') throw new TypeError('a data module has to export a function samples()');
  const { count } = module;
  if (count !== undefined && !(Number.isSafeInteger(count) && (count as number) >= 0)) {
    throw new TypeError(`count is ${describe(count)}, not a number of samples`);
  }
  return { count: count as number | undefined };
}

/** A list of numbers as the functions of a metric give it. */
function numbers(name: string, value: unknown): number[] {
  const list: unknown[] | undefined =
    ArrayBuffer.isView(value) && !(value instanceof DataView)
      ? Array.from(value as unknown as ArrayLike<unknown>)
      : Array.isArray(value)
        ? value
        : undefined;
  if (!list?.every((item) => typeof item === 'number')) {
    throw new TypeError(`${name}() gave ${describe(value)}, not a list of numbers`);
  }
  return list as number[];
}

function sizeOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 0;
  for (const item of Object.values(value)) bytes += sizeOf(item);
  return bytes;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : `an object`;
  return String(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}

/** The line of the module nearest to where an error was thrown; syntax errors begin with the file and line. */
function lineOf(error: unknown, url: string): number | undefined {
  const stack = error instanceof Error ? String(error.stack) : '';
  const at = stack.split(`${url}:`)[1];
  const line = Number.parseInt(at ?? '', 10);
  return Number.isNaN(line) ? undefined : line;
}
