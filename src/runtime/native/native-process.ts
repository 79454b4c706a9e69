import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { koffiFile, processArguments } from '../assets.js';
import type { RuntimeKind, Worker, WorkerEvents } from '../worker-client.js';
import type { WireTensor, WorkerRequest } from '../worker-protocol.js';
import type { LiteRtLibrary } from './litert-library.js';
import type { ExchangeFile, NativeReply, NativeRequest, StoredBytes, StoredTensor } from './messages.js';
import { residentBytes } from './resident-bytes.js';

/** As much as WebAssembly has, so that what runs does not depend on the machine's memory. */
const MEMORY_BYTES = 2 ** 32;
/** How often memory is looked at, in milliseconds. */
const WATCH_MS = 100;
/** What the process writes behind its log. */
const LOG_END = '\0';
const LINES_KEPT = 500;
const LINE_LENGTH = 2000;
/** The most that is handed to the operating system at once: Node refuses 2 GB. */
const MOST_AT_ONCE = 2 ** 30;

/** LiteRtElementType, by the names of the TFLite schema. */
const ELEMENT_TYPES: Readonly<Record<string, number>> = {
  FLOAT32: 1,
  INT32: 2,
  UINT8: 3,
  INT64: 4,
  STRING: 5,
  BOOL: 6,
  INT16: 7,
  COMPLEX64: 8,
  INT8: 9,
  FLOAT16: 10,
  FLOAT64: 11,
  UINT64: 13,
  UINT32: 16,
  UINT16: 17,
  BFLOAT16: 19,
};

/** LiteRT's native library in a process: no shell, nothing of the environment, ended when it takes too much memory. */
export function nativeProcess(library: LiteRtLibrary, memoryBytes = MEMORY_BYTES): RuntimeKind {
  return {
    name: "LiteRT's native library",
    takesText: true,
    tooLarge: Number.POSITIVE_INFINITY,
    start: (events) => new NativeProcess(library, memoryBytes, events),
  };
}

class NativeProcess implements Worker {
  readonly #events: WorkerEvents;
  readonly #memoryBytes: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tflite-gate-litert-'));
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;
  readonly #files = new Map<ExchangeFile, number>();
  #log: string[] = [];
  #isLogWhole = false;
  #reply: NativeReply | undefined;
  #watch: NodeJS.Timeout | undefined;
  #ended: string | undefined;

  constructor({ path }: LiteRtLibrary, memoryBytes: number, events: WorkerEvents) {
    this.#events = events;
    this.#memoryBytes = memoryBytes;
    const child = spawn(process.execPath, [...processArguments(), koffiFile(), path], {
      cwd: this.#folder,
      env: environment(this.#folder),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      windowsHide: true,
    });
    this.#child = child;
    child.on('message', (reply: NativeReply) => {
      this.#reply = reply;
      this.#settle();
    });
    this.#readLog();
    this.#exit = new Promise((settle) => {
      child.on('error', ({ message }) => settle(this.#clear(`its process cannot be started: ${message}`)));
      // After the streams have closed, so that the log is whole.
      child.on('close', (code, signal) =>
        settle(this.#clear(`its process ended by ${signal === null ? `exit code ${code}` : `signal ${signal}`}`)),
      );
    });
  }

  post(request: WorkerRequest): void {
    this.#log = [];
    this.#isLogWhole = false;
    this.#reply = undefined;
    this.#attempt(() => {
      const stored = this.#store(request);
      // A process that is gone says so by `close`.
      if (this.#child.connected) this.#child.send(stored, () => undefined);
    });
  }

  ref(): void {
    this.#child.ref();
    this.#child.channel?.ref();
    (this.#child.stderr as Socket).ref();
    this.#watch ??= setInterval(() => this.#watchMemory(), WATCH_MS);
  }

  unref(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as Socket).unref();
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    this.#child.ref();
    // Its end is told when the log is closed, which may come later than its exit.
    (this.#child.stderr as Socket).ref();
    await this.#exit;
  }

  /** Writes the request's bytes where the process finds them. */
  #store(request: WorkerRequest): NativeRequest {
    if (request.kind === 'free') return request;
    if (request.kind === 'compile') {
      const file = `model-${request.model}`;
      const opened = openSync(join(this.#folder, file), 'w');
      try {
        writeAt(opened, request.bytes, 0);
      } finally {
        closeSync(opened);
      }
      return { kind: 'compile', model: request.model, file };
    }
    let offset = 0;
    const inputs = [...request.inputs].map(([name, tensor]): StoredTensor => {
      const { byteLength } = tensor.bytes;
      const stored = { name, offset, byteLength, elementType: elementType(tensor), dims: tensor.dims };
      writeAt(this.#file('inputs'), tensor.bytes, offset);
      offset += byteLength;
      return stored;
    });
    return { ...request, inputs };
  }

  #fetch({ offset, byteLength }: StoredBytes): Uint8Array {
    const bytes = new Uint8Array(byteLength);
    const file = this.#file('outputs');
    for (let at = 0; at < byteLength; ) {
      const read = readSync(file, bytes, at, byteLength - at, offset + at);
      if (read === 0) throw new Error('the outputs are cut off');
      at += read;
    }
    return bytes;
  }

  #file(name: ExchangeFile): number {
    const known = this.#files.get(name) ?? openSync(join(this.#folder, name), name === 'inputs' ? 'w' : 'r');
    this.#files.set(name, known);
    return known;
  }

  #readLog(): void {
    let line = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (line + text).split('\n');
      line = (lines.pop() ?? '').slice(0, LINE_LENGTH);
      for (const complete of lines) {
        if (complete === LOG_END) this.#isLogWhole = true;
        else if (complete !== '' && this.#log.length < LINES_KEPT) this.#log.push(complete.slice(0, LINE_LENGTH));
      }
      this.#settle();
    });
  }

  /** Reply and log come by different ways, in any order. */
  #settle(): void {
    const reply = this.#reply;
    if (reply === undefined || !this.#isLogWhole) return;
    this.#reply = undefined;
    const log = this.#log;
    const error = log.find((line) => line.startsWith('ERROR'));
    if (!reply.ok) this.#events.replied({ ...reply, log });
    else if (error !== undefined) this.#events.replied({ ok: false, message: error, log });
    else {
      this.#attempt(() => {
        const outputs = new Map(reply.outputs.map((stored) => [stored.name, this.#fetch(stored)]));
        this.#events.replied({ ...reply, outputs, log });
      });
    }
  }

  /** What goes wrong with files, on a full disk for example, is a failure of the runtime. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#events.failed(`its files cannot be used: ${(error as Error).message}`);
    }
  }

  #watchMemory(): void {
    if (residentBytes(this.#child.pid) <= this.#memoryBytes) return;
    this.#ended ??= `out of memory: the runtime took more than ${this.#memoryBytes / 2 ** 30} GiB`;
    this.#child.kill('SIGKILL');
  }

  #clear(reason: string): void {
    clearInterval(this.#watch);
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    this.#events.failed(this.#ended ?? `the runtime crashed: ${reason}`, this.#log);
  }
}

function writeAt(file: number, bytes: Uint8Array, position: number): void {
  const { byteLength } = bytes;
  for (let at = 0; at < byteLength; ) {
    at += writeSync(file, bytes, at, Math.min(byteLength - at, MOST_AT_ONCE), position + at);
  }
}

function elementType({ elementType: name }: WireTensor): number {
  const code = ELEMENT_TYPES[name];
  if (code === undefined) throw new Error(`unknown element type ${name}`);
  return code;
}

/** No tokens, no home; what the operating system needs to load a library is passed on. */
function environment(home: string): NodeJS.ProcessEnv {
  const { SystemRoot, LD_LIBRARY_PATH } = process.env;
  return {
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    TEMP: home,
    TMP: home,
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
  };
}
