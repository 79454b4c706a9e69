import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { NpyError } from '#tensor/npy.js';
import { crc32 } from '#tensor/zip.js';
import { readAt, readChunks, withFile } from './file-access.js';

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const LARGEST_COMMENT = 0xffff;
/** Of a hundred bytes an array. */
const LARGEST_DIRECTORY = 2 ** 24;
const STORED = 0;
const DEFLATED = 8;
/** The extra field that holds sizes of 4 GB and more. */
const EXTRA_64 = 1;
const ELSEWHERE = 0xffffffff;

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/**
 * The files in a zip archive on disk, zip64 too, of which nothing but the directory is read. Throws an NpyError for
 * what is no zip archive or is damaged.
 */
export function readZipDirectory(path: string): Promise<ZipEntry[]> {
  return withFile(path, async (file) => {
    const { size } = await file.stat();
    const tailStart = Math.max(0, size - LARGEST_COMMENT - 22);
    const tail = viewOf(await readAt(file, tailStart, size - tailStart));
    const end = findEnd(tail);
    let count = tail.getUint16(end + 10, true);
    let length = tail.getUint32(end + 12, true);
    let start = tail.getUint32(end + 16, true);
    if (end >= 20 && tail.getUint32(end - 20, true) === LOCATOR_64) {
      const record = viewOf(await readAt(file, large(tail, end - 12), 56));
      if (record.byteLength < 56 || record.getUint32(0, true) !== END_64) throw damaged();
      count = large(record, 32);
      length = large(record, 40);
      start = large(record, 48);
    }
    if (start + length > size || length > LARGEST_DIRECTORY) throw damaged();
    return parseDirectory(await readAt(file, start, length), count);
  });
}

/** The content of a file in the archive, chunk by chunk. Throws an NpyError at the end where the checksum is wrong. */
export async function* readZipEntry(path: string, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  if (entry.encrypted) throw new NpyError('it is encrypted');
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new NpyError(`it is compressed by method ${entry.method}; only deflate can be read`);
  }
  const header = viewOf(await withFile(path, (file) => readAt(file, entry.offset, 30)));
  if (header.byteLength < 30 || header.getUint32(0, true) !== LOCAL) throw new NpyError('it is damaged');
  const start = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = readChunks(path, start, start + entry.packed);
  const chunks = entry.method === STORED ? packed : inflate(packed);
  let crc = 0;
  let size = 0;
  for await (const chunk of chunks) {
    crc = crc32(chunk, crc);
    size += chunk.length;
    if (size > entry.size) break;
    yield chunk;
  }
  if (size !== entry.size || crc !== entry.crc) throw new NpyError('it is damaged: its checksum is wrong');
}

async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const inflating = createInflateRaw({ chunkSize: 1 << 18 });
  // Failures on either side end the stream, where the loop meets them: there is nothing left for the callback to do.
  pipeline(chunks, inflating, () => undefined);
  try {
    yield* inflating as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    throw new NpyError(`it is damaged: ${(error as Error).message}`);
  } finally {
    inflating.destroy();
  }
}

function parseDirectory(bytes: Uint8Array, count: number): ZipEntry[] {
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw damaged();
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw damaged();
    const extra = viewOf(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength));
    const [size, packed, offset] = largeFields(
      extra,
      [24, 20, 42].map((field) => view.getUint32(at + field, true)),
    );
    entries.push({
      name: Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8'),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      crc: view.getUint32(at + 16, true),
      packed: packed as number,
      size: size as number,
      offset: offset as number,
    });
    at = next;
  }
  return entries;
}

/** Fields too large for their place follow each other, in this order, in an extra field. */
function largeFields(extra: DataView, fields: readonly number[]): number[] {
  let at = 0;
  while (at + 4 <= extra.byteLength && extra.getUint16(at, true) !== EXTRA_64) at += 4 + extra.getUint16(at + 2, true);
  at += 4;
  return fields.map((field) => {
    if (field !== ELSEWHERE) return field;
    if (at + 8 > extra.byteLength) throw damaged();
    at += 8;
    return large(extra, at - 8);
  });
}

/** The end record stands last, before a comment. */
function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) === END) return at;
  }
  throw new NpyError('it is not a zip archive, or it ends early');
}

function large(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw damaged();
  return value;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(): NpyError {
  return new NpyError('its zip directory is damaged');
}
