import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fail } from '#diagnostics/diagnostic.js';
import { lend } from '#tensor/kernels/weight-kernels.js';
import type { BufferContent } from './model-record.js';

/** Operating systems read at most 2 GB at a time. */
const READ_CHUNK = 1 << 30;
/** Smaller contents are read at once. */
const READ_LATER = 1 << 16;
/** Bytes at the start, in the middle and at the end of a content by which it is told from others without reading it. */
const SAMPLED = 64;

/** A file that is read piece by piece. It is opened for each, as it may be moved in between, but see `together`. */
export class StoredFile {
  /** Where it lies now. */
  path: string;
  readonly #name: string;
  /** While it stays open. */
  #descriptor: number | undefined;

  /** `name` is its name for messages, and where it will lie in the end. */
  constructor(path: string, name = path) {
    this.path = path;
    this.#name = name;
  }

  /** Its size. Throws a DiagnosticError, `file-unreadable`. */
  size(): number {
    return this.#open((descriptor) => fstatSync(descriptor).size);
  }

  /**
   * `length` bytes from `start`, in memory that `allocate` gives. Throws a DiagnosticError, `file-unreadable`, also where
   * the file ends before.
   */
  read(
    start: number,
    length: number,
    allocate: (count: number) => Uint8Array = (count) => new Uint8Array(count),
  ): Uint8Array {
    return this.#open((descriptor) => {
      const bytes = allocate(length);
      for (let done = 0; done < length; ) {
        const count = readSync(descriptor, bytes, done, Math.min(READ_CHUNK, length - done), start + done);
        if (count === 0) throw new Error(`it ends at byte ${start + done}`);
        done += count;
      }
      return bytes;
    });
  }

  /** A part of the file, which is known to have it: read now if it is small, else whenever it is asked for. */
  content(start: number, length: number): BufferContent {
    if (length < READ_LATER) return this.read(start, length);
    let sample: string | undefined;
    const file = this;
    return {
      byteLength: length,
      key: `${this.#name}@${start}`,
      get sample(): string {
        sample ??= file.#sample(start, length);
        return sample;
      },
      load: () => this.read(start, length, lend),
    };
  }

  #sample(start: number, length: number): string {
    const places = [start, start + Math.floor(length / 2), start + length - SAMPLED];
    return places.map((place) => Buffer.from(this.read(place, SAMPLED)).toString('latin1')).join('');
  }

  /** Runs what reads many pieces, with the file open all the time. Throws a DiagnosticError, `file-unreadable`. */
  together<T>(read: () => T): T {
    const descriptor = this.#orFail(() => openSync(this.path, 'r'));
    this.#descriptor = descriptor;
    try {
      return read();
    } finally {
      this.#descriptor = undefined;
      closeSync(descriptor);
    }
  }

  #open<T>(use: (descriptor: number) => T): T {
    const open = this.#descriptor;
    if (open !== undefined) return this.#orFail(() => use(open));
    return this.together(() => this.#open(use));
  }

  #orFail<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      return fail('file-unreadable', {
        detail: `${this.#name} cannot be read: ${(error as Error).message}.`,
        locations: [{ file: this.#name }],
      });
    }
  }
}
