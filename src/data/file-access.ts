import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import { rejectData } from './data-error.js';

const CHUNK = 1 << 20;
const LFS_POINTER = 'version https://git-lfs';

/** Throws the DiagnosticError for what the operating system refused; gives other errors back as they are. */
export function rejectUnreadable(path: string, error: unknown): never {
  if (error instanceof DiagnosticError || (error as NodeJS.ErrnoException).code === undefined) throw error;
  return fail('file-unreadable', {
    detail: `${path} cannot be read: ${(error as Error).message}.`,
    locations: [{ file: path }],
  });
}

/** Runs `action` on the open file. Throws a DiagnosticError (`file-unreadable`). */
export async function withFile<T>(path: string, action: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await action(file);
  } catch (error) {
    return rejectUnreadable(path, error);
  } finally {
    await file?.close();
  }
}

/** The bytes from `offset` on, fewer where the file ends. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(bytes, got, Math.min(length - got, 1 << 30), offset + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes.subarray(0, got);
}

/** The first bytes of a file; throws a DiagnosticError (`lfs-pointer`) where Git LFS did not fetch it. */
export async function readStart(path: string, length: number): Promise<Uint8Array> {
  const start = await withFile(path, (file) => readAt(file, 0, Math.max(length, LFS_POINTER.length)));
  refusePointer(path, start);
  return start;
}

/** Throws a DiagnosticError (`lfs-pointer`) where a file begins with these bytes that Git LFS did not fetch. */
export function refusePointer(path: string, start: Uint8Array): void {
  if (Buffer.from(start.subarray(0, LFS_POINTER.length)).toString('latin1') !== LFS_POINTER) return;
  fail('lfs-pointer', { detail: `${path} is a Git LFS pointer, not a data set.`, locations: [{ file: path }] });
}

/**
 * All bytes of a file that stands for one sample. Throws a DiagnosticError (`file-unreadable`, `lfs-pointer`), also for
 * what has more than `largest` bytes, and for what is no file, as a device, which may have no end.
 */
export async function readWhole(path: string, largest: number): Promise<Uint8Array> {
  const bytes = await withFile(path, async (file) => {
    const stats = await file.stat();
    if (!stats.isFile()) rejectData(path, 'it is no file');
    if (stats.size > largest) rejectData(path, `it has ${stats.size} bytes, and at most ${largest} are read of a file`);
    return readAt(file, 0, stats.size);
  });
  refusePointer(path, bytes);
  return bytes;
}

/** The bytes of a file between two offsets, chunk by chunk; to its end where `end` is left out. */
export async function* readChunks(path: string, start = 0, end?: number): AsyncGenerator<Uint8Array> {
  if (end !== undefined && end <= start) return;
  const stream = createReadStream(path, {
    start,
    highWaterMark: CHUNK,
    ...(end === undefined ? {} : { end: end - 1 }),
  });
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    rejectUnreadable(path, error);
  } finally {
    stream.destroy();
  }
}
