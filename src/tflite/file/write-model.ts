import { closeSync, openSync, renameSync, rmSync, write } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { holdLent, prepareToLend } from '#tensor/kernels/weight-kernels.js';
import { layOutModel, type ModelLayout } from './model-layout.js';
import { loadBytes, type ModelToWrite } from './model-record.js';

export interface WriteOptions {
  /** Bytes from which buffers are kept outside of the flatbuffer, whose offsets end at 2 GB. Default 1.5 GB. */
  readonly outsideFrom?: number;
}

/** Pieces below this size are gathered before they are handed to the operating system. */
const SMALL = 1 << 16;
const GATHERED = 1 << 20;
/** The most that is handed over at once: Node refuses 2 GB. */
const MOST_AT_ONCE = 1 << 30;

/**
 * Writes the model beside `path` and renames it, so that a file of that name is always whole. Each buffer is handed
 * to the operating system as it is, one after the other; thunks are evaluated when their turn comes, while the buffer
 * before is being written. The same model gives the same bytes anywhere. Gives the number of bytes. Rejects with a
 * DiagnosticError, `file-unreadable`, where the operating system refuses; nothing is left behind then.
 */
export async function writeModelFile(model: ModelToWrite, path: string, options: WriteOptions = {}): Promise<number> {
  const layout = layOutModel(model, options.outsideFrom);
  await writeLayout(layout, path);
  return layout.byteLength;
}

/** Writes a file that is laid out already; otherwise as `writeModelFile`. */
export async function writeLayout(layout: ModelLayout, path: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await writeTo(layout, temporary);
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

async function writeTo(layout: ModelLayout, path: string): Promise<void> {
  const thunks = layout.pieces.filter(({ content }) => !(content instanceof Uint8Array));
  if (thunks.length > 0) prepareToLend(Math.max(...thunks.map(({ content }) => content.byteLength)));
  const file = new GatheringFile(path);
  try {
    await file.write(layout.head);
    for (const { position, content } of layout.pieces) {
      await file.write(new Uint8Array(position - file.position));
      await file.write(loadBytes(content));
    }
    await file.write(new Uint8Array(layout.byteLength - file.position));
    await file.flush();
  } finally {
    await file.close();
  }
}

/**
 * A file written from start to end, small pieces together. One write is under way while the next piece is prepared, so
 * that two processors share the work.
 */
class GatheringFile {
  readonly #descriptor: number;
  #gathered = new Uint8Array(GATHERED);
  #spare = new Uint8Array(GATHERED);
  #filled = 0;
  #underWay: Promise<unknown> = Promise.resolve();
  position = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  /** Lent bytes are held from now on until they are written; others must stay as they are. */
  async write(bytes: Uint8Array): Promise<void> {
    const release = holdLent(bytes);
    if (this.#filled + bytes.byteLength > GATHERED || bytes.byteLength > SMALL) await this.#start();
    this.position += bytes.byteLength;
    if (bytes.byteLength > SMALL) return this.#begin(bytes, release);
    this.#gathered.set(bytes, this.#filled);
    this.#filled += bytes.byteLength;
    release();
  }

  async flush(): Promise<void> {
    await this.#start();
    await this.#underWay;
  }

  async close(): Promise<void> {
    await this.#underWay.catch(() => undefined);
    closeSync(this.#descriptor);
  }

  /** Begins to write what was gathered. */
  async #start(): Promise<void> {
    if (this.#filled === 0) return;
    const bytes = this.#gathered.subarray(0, this.#filled);
    await this.#begin(bytes, () => undefined);
    [this.#gathered, this.#spare] = [this.#spare, this.#gathered];
    this.#filled = 0;
  }

  async #begin(bytes: Uint8Array, release: () => void): Promise<void> {
    try {
      await this.#underWay;
    } catch (error) {
      release();
      throw error;
    }
    this.#underWay = this.#writeAll(bytes).finally(release);
    // It is awaited before the next one; until then it is nobody's unhandled rejection.
    this.#underWay.catch(() => undefined);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      done += await new Promise<number>((resolve, reject) => {
        write(this.#descriptor, bytes, done, Math.min(MOST_AT_ONCE, bytes.byteLength - done), null, (error, count) =>
          error ? reject(error) : resolve(count),
        );
      });
    }
  }
}
