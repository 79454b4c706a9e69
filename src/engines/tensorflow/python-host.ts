import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { fail } from '#diagnostics/diagnostic.js';
import { residentBytes } from '#runtime/native/resident-bytes.js';
import { scrubbedEnvironment, TIME_LIMIT_MS } from './python-settings.js';

const OUTPUT_KEPT = 4000;
const LINES_SHOWN = 8;
/** How often memory is looked at, in milliseconds. */
const WATCH_MS = 100;
const SCRIPT = 'tensorflow-host.py';
/** A file that is beside this module where it runs from its source or is bundled; the compiler leaves it with the source. */
export function assetFile(name: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, name);
  return existsSync(beside) ? beside : join(here, '../../../src/engines/tensorflow', name);
}

export type HostRequest = { readonly kind: string } & Readonly<Record<string, unknown>>;

export type HostReply =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  /** `error`: the class of what was raised. */
  | { readonly ok: false; readonly error: string; readonly message: string };

export interface HostOptions {
  /** Folder of the process: where it may write. */
  readonly folder: string;
  readonly timeLimitMs?: number | undefined;
  readonly memory?: number | undefined;
}

/**
 * A Python process that runs `tensorflow-host.py`: without a shell, in an environment without the user's variables, ended
 * with all that it started when a model takes too long or this process ends. Requests are carried out one after the other.
 */
export class PythonHost {
  readonly #child: ChildProcess;
  readonly #options: HostOptions;
  #timer: NodeJS.Timeout | undefined;
  readonly #watch: NodeJS.Timeout | undefined;
  #waiting: ((reply: HostReply | undefined) => void) | undefined;
  #output = '';
  #ended: string | undefined;
  #isLate = false;
  #isClosed = false;
  readonly #exit: Promise<void>;

  /**
   * Starts Python and TensorFlow in it. Throws a DiagnosticError: `engine-missing` where one of them cannot be started,
   * `engine-stopped`.
   */
  static async start(python: string, options: HostOptions): Promise<PythonHost> {
    if (options.memory !== undefined && process.platform !== 'linux') {
      fail('invalid-option', {
        detail: `The limit of ${options.memory} bytes for the tensorflow engine can be kept on Linux only.`,
        help: ['Leave the memory limit out, or run on Linux.'],
      });
    }
    const host = new PythonHost(python, options);
    try {
      const reply = await host.request({ kind: 'start' });
      if (!reply.ok) refuseStart(python, reply.error, reply.message);
      return host;
    } catch (error) {
      await host.dispose();
      throw error;
    }
  }

  private constructor(python: string, options: HostOptions) {
    this.#options = options;
    // Isolated: neither the working directory nor variables nor the user's folder say what is imported.
    this.#child = spawn(python, ['-I', '-X', 'utf8', assetFile(SCRIPT)], {
      cwd: options.folder,
      env: scrubbedEnvironment(python, options.folder),
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, which ends as a whole.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.startClock();
    if (options.memory !== undefined) this.#watch = setInterval(() => this.#watchMemory(), WATCH_MS);
    let line = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      for (const complete of lines) this.#take(complete);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-OUTPUT_KEPT);
    });
    this.#child.stdin?.on('error', () => undefined);
    this.#exit = new Promise((settle) => {
      this.#child.on('error', ({ message }) => {
        this.#ended ??= message;
        this.#settle(undefined);
        settle();
      });
      // After the streams have closed, so that the output is whole.
      this.#child.on('close', (code, signal) => {
        this.#isClosed = true;
        this.#ended ??= signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
        this.#settle(undefined);
        settle();
      });
    });
  }

  /** Whether it was ended at its time limit. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Gives the process its time anew, for another model. */
  startClock(): void {
    clearTimeout(this.#timer);
    const limit = this.#options.timeLimitMs ?? TIME_LIMIT_MS;
    this.#timer = setTimeout(() => {
      this.#isLate = this.#ended === undefined;
      this.#end(`it took longer than ${limit / 1000} s`);
    }, limit);
  }

  /** Lets the process wait for as long as nothing is asked of it. */
  stopClock(): void {
    clearTimeout(this.#timer);
  }

  /** Gives what the process answers. Throws a DiagnosticError, `engine-stopped`, where it answers nothing. */
  async request(request: HostRequest): Promise<HostReply> {
    if (this.#waiting) throw new Error('a request is already under way');
    if (this.#ended !== undefined) return this.#stopped();
    const reply = new Promise<HostReply | undefined>((settle) => {
      this.#waiting = settle;
    });
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const given = await reply;
    if (given === undefined) return this.#stopped();
    if (!given.ok && /^(MemoryError|ResourceExhaustedError)$/.test(given.error)) {
      this.#ended ??= `it ran out of memory: ${given.message}`;
      return this.#stopped();
    }
    return given;
  }

  /** Ends the process. May be called more than once. */
  async dispose(): Promise<void> {
    this.#end('it was ended');
    await this.#exit;
  }

  #take(line: string): void {
    try {
      this.#settle(JSON.parse(line) as HostReply);
    } catch {
      this.#end(`it gave an answer that is none: ${line.slice(0, 200)}`);
      this.#settle(undefined);
    }
  }

  /** A limit by the operating system makes TensorFlow's threads wait for each other for ever. */
  #watchMemory(): void {
    const { memory = Number.POSITIVE_INFINITY } = this.#options;
    if (residentBytes(this.#child.pid) > memory) this.#end(`it took more than its ${memory} bytes of memory`);
  }

  #settle(reply: HostReply | undefined): void {
    this.#waiting?.(reply);
    this.#waiting = undefined;
  }

  #end(reason: string): void {
    this.#stopClocks();
    // Until its streams are closed, something that it started may live.
    if (this.#isClosed || this.#child.pid === undefined) return;
    this.#ended ??= reason;
    if (process.platform === 'win32') {
      spawn('taskkill', ['/T', '/F', '/PID', String(this.#child.pid)], { stdio: 'ignore', windowsHide: true });
      return;
    }
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  #stopClocks(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
  }

  #stopped(): never {
    this.#stopClocks();
    const tail = lastLines(this.#output);
    fail('engine-stopped', {
      detail: `TensorFlow's process: ${this.#ended}.${tail === '' ? '' : `\nIt last wrote:\n${tail}`}`,
    });
  }
}

/** The end of what a program wrote. */
export function lastLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-LINES_SHOWN)
    .join('\n');
}

function refuseStart(python: string, error: string, message: string): never {
  fail('engine-missing', {
    detail:
      error === 'ModuleNotFoundError'
        ? `${python} has no TensorFlow: ${message}.`
        : `${python} cannot load TensorFlow: ${error}: ${message}.`,
  });
}
