import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { layOutModel, type ModelLayout } from './model-layout.js';
import { loadBytes, type ModelToWrite } from './model-record.js';

export interface WriteOptions {
  /** Bytes from which buffers are kept outside of the flatbuffer, whose offsets end at 2 GB. Default 1.5 GB. */
  readonly outsideFrom?: number;
}

/** Pieces below this size are gathered before they are handed to the operating system. */
const SMALL = 1 << 16;
const GATHERED = 1 << 20;

/**
 * Writes the model beside `path` and renames it, so that a file of that name is always whole. Each buffer is handed
 * to the operating system as it is, one after the other; thunks are evaluated when their turn comes. The same model
 * gives the same bytes anywhere. Returns the number of bytes. Throws a DiagnosticError, `file-unreadable`, where the
 * operating system refuses; nothing is left behind then.
 */
export function writeModelFile(model: ModelToWrite, path: string, options: WriteOptions = {}): number {
  const layout = layOutModel(model, options.outsideFrom);
  writeLayout(layout, path);
  return layout.byteLength;
}

/** Writes a file that is laid out already; otherwise as `writeModelFile`. */
export function writeLayout(layout: ModelLayout, path: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeTo(layout, temporary);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    fail('file-unreadable', {
      detail: `${path} cannot be written: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
}

/** The bytes of the `.tflite` file. */
export function serializeModel(model: ModelToWrite, options: WriteOptions = {}): Uint8Array {
  const layout = layOutModel(model, options.outsideFrom);
  const bytes = new Uint8Array(layout.byteLength);
  bytes.set(layout.head);
  for (const { position, content } of layout.pieces) bytes.set(loadBytes(content), position);
  return bytes;
}

function writeTo(layout: ModelLayout, path: string): void {
  const file = new GatheringFile(path);
  try {
    file.write(layout.head);
    for (const { position, content } of layout.pieces) {
      file.write(new Uint8Array(position - file.position));
      file.write(loadBytes(content));
    }
    file.write(new Uint8Array(layout.byteLength - file.position));
    file.flush();
  } finally {
    file.close();
  }
}

/** A file written from start to end, small pieces together. */
class GatheringFile {
  readonly #descriptor: number;
  readonly #gathered = new Uint8Array(GATHERED);
  #filled = 0;
  position = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  write(bytes: Uint8Array): void {
    if (this.#filled + bytes.byteLength > GATHERED || bytes.byteLength > SMALL) this.flush();
    if (bytes.byteLength > SMALL) {
      this.#writeAll(bytes);
    } else {
      this.#gathered.set(bytes, this.#filled);
      this.#filled += bytes.byteLength;
    }
    this.position += bytes.byteLength;
  }

  flush(): void {
    this.#writeAll(this.#gathered.subarray(0, this.#filled));
    this.#filled = 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #writeAll(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.byteLength) done += writeSync(this.#descriptor, bytes, done);
  }
}
