import { closeSync, openSync, renameSync, rmSync, write } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { holdLent, prepareToLend } from '#tensor/kernels/weight-kernels.js';
import { layOutModel, type ModelLayout, type Piece } from './model-layout.js';
import { loadBytes, type ModelToWrite } from './model-record.js';

export interface WriteOptions {
  /** Bytes from which buffers are kept outside of the flatbuffer, whose offsets end at 2 GB. Default 1.5 GB. */
  readonly outsideFrom?: number;
}

/** Pieces below this size are gathered before they are handed to the operating system. */
const SMALL = 1 << 16;
const GATHERED = 1 << 20;
/** Bytes between pieces, for their alignment, up to which both are still written together. */
const MOST_PADDING = 64;
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
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await writeContent(layout, temporary, () => undefined);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    fail('file-unreadable', {
      detail: `${path} cannot be written: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
  return layout.byteLength;
}

/** The bytes of the `.tflite` file. */
export function serializeModel(model: ModelToWrite, options: WriteOptions = {}): Uint8Array {
  const layout = layOutModel(model, options.outsideFrom);
  const bytes = new Uint8Array(layout.byteLength);
  bytes.set(layout.head);
  for (const { position, content } of layout.pieces) bytes.set(loadBytes(content), position);
  return bytes;
}

/**
 * Writes the file itself, all but the largest buffer from start to end. While that one is being written, `meanwhile` may
 * look at the rest, which lies in the file by then; gives what it gives. Rejects with what the operating system says.
 */
export async function writeContent<T>(layout: ModelLayout, path: string, meanwhile: () => T): Promise<T> {
  const { head, pieces, byteLength } = layout;
  const thunks = pieces.filter(({ content }) => !(content instanceof Uint8Array));
  if (thunks.length > 0) prepareToLend(Math.max(...thunks.map(({ content }) => content.byteLength)));
  const last = largestOf(pieces);
  const file = new GatheringFile(path);
  try {
    await file.write(0, head);
    for (const piece of pieces) if (piece !== last) await file.write(piece.position, loadBytes(piece.content));
    const end = endOf(layout);
    await file.write(end, new Uint8Array(byteLength - end));
    if (last) await file.write(last.position, loadBytes(last.content));
    else await file.flush();
    const seen = meanwhile();
    await file.flush();
    return seen;
  } finally {
    await file.close();
  }
}

/** The largest piece; undefined where all are so small that they are gathered. */
function largestOf(pieces: readonly Piece[]): Piece | undefined {
  let largest: Piece | undefined;
  for (const piece of pieces) {
    if (piece.content.byteLength > (largest?.content.byteLength ?? SMALL)) largest = piece;
  }
  return largest;
}

function endOf({ head, pieces }: ModelLayout): number {
  const last = pieces.at(-1);
  return last ? last.position + last.content.byteLength : head.byteLength;
}

/**
 * A new file, small neighbours written together. One write is under way while the next piece is prepared, so that two
 * processors share the work.
 */
class GatheringFile {
  readonly #descriptor: number;
  #gathered = new Uint8Array(GATHERED);
  #spare = new Uint8Array(GATHERED);
  #filled = 0;
  #underWay: Promise<unknown> = Promise.resolve();
  /** Where what is gathered ends. */
  #position = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  /**
   * Writes bytes at a position that nothing was written to. Lent bytes are held from now on until they are written; others
   * must stay as they are. What is left out between two pieces is zero.
   */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    const release = holdLent(bytes);
    const gap = position - this.#position;
    const isNear = gap >= 0 && gap <= MOST_PADDING;
    if (!isNear || this.#filled + gap + bytes.byteLength > GATHERED || bytes.byteLength > SMALL) await this.#start();
    if (isNear && this.#filled > 0) {
      this.#gathered.fill(0, this.#filled, this.#filled + gap);
      this.#filled += gap;
    }
    this.#position = position + bytes.byteLength;
    if (bytes.byteLength > SMALL) return this.#begin(bytes, position, release);
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
    await this.#begin(bytes, this.#position - this.#filled, () => undefined);
    [this.#gathered, this.#spare] = [this.#spare, this.#gathered];
    this.#filled = 0;
  }

  async #begin(bytes: Uint8Array, position: number, release: () => void): Promise<void> {
    try {
      await this.#underWay;
    } catch (error) {
      release();
      throw error;
    }
    this.#underWay = this.#writeAll(bytes, position).finally(release);
    // It is awaited before the next one; until then it is nobody's unhandled rejection.
    this.#underWay.catch(() => undefined);
  }

  async #writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      const count = Math.min(MOST_AT_ONCE, bytes.byteLength - done);
      done += await new Promise<number>((resolve, reject) => {
        write(this.#descriptor, bytes, done, count, position + done, (error, written) =>
          error ? reject(error) : resolve(written),
        );
      });
    }
  }
}
