import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { rejectData } from './data-error.js';
import { readChunks } from './file-access.js';

const CHUNK = 1 << 18;

export type Compression = 'none' | 'gzip' | 'zlib';

/** How a file that begins with these bytes is compressed. Text too may begin as zlib does. */
export function compressionOf(start: Uint8Array): Compression {
  const [first = 0, second = 0] = start;
  if (first === 0x1f && second === 0x8b && start[2] === 8) return 'gzip';
  // RFC 1950: deflate, a window of at most 32 kB, no preset dictionary, and a check on the two bytes.
  const isZlib = (first & 0x0f) === 8 && first >> 4 <= 7 && (second & 0x20) === 0 && (first * 256 + second) % 31 === 0;
  return isZlib ? 'zlib' : 'none';
}

/** The content of a file, decompressed chunk by chunk. Throws a DiagnosticError (`invalid-data`) for what is damaged. */
export function readInflated(path: string, compression: Compression): AsyncIterable<Uint8Array> {
  if (compression === 'none') return readChunks(path);
  const options = { chunkSize: CHUNK };
  return inflated(path, compression === 'gzip' ? createGunzip(options) : createInflate(options));
}

async function* inflated(path: string, inflating: Transform): AsyncGenerator<Uint8Array> {
  // Failures on either side end the stream, where the loop meets them: there is nothing left for the callback to do.
  pipeline(readChunks(path), inflating, () => undefined);
  try {
    yield* inflating as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    rejectData(path, `its compression is damaged: ${(error as Error).message}`);
  } finally {
    inflating.destroy();
  }
}
