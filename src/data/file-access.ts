import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';

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
  if (Buffer.from(start).toString('latin1').startsWith(LFS_POINTER)) {
    fail('lfs-pointer', { detail: `${path} is a Git LFS pointer, not a data set.`, locations: [{ file: path }] });
  }
  return start;
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
