import { crc32c, maskCrc32c } from '#wire/crc32c.js';
import { failCorrupt } from './files.js';
import { decompressSnappy } from './snappy.js';
import { readVarint } from './strings.js';

/** Two block handles, padded, and the magic number (LevelDB `table_format.md`). */
const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;

/** A byte for the compression and four for the checksum follow each block. */
const TRAILER_BYTES = 5;

/**
 * Reads all entries of a LevelDB table, in order, with every block's checksum verified. Keys are given byte for
 * character (latin1), since some are binary; values are views. Fails with `corrupt-file`.
 */
export function readSortedTable(path: string, file: Uint8Array): Map<string, Uint8Array> {
  if (file.length < FOOTER_BYTES)
    failCorrupt(path, `it has ${file.length} bytes, fewer than the footer of its format: it is truncated`);
  const footer = file.subarray(file.length - FOOTER_BYTES);
  if (dataView(footer).getBigUint64(FOOTER_BYTES - 8, true) !== MAGIC) {
    failCorrupt(path, 'it does not end as a checkpoint index does: it is truncated, or is another kind of file');
  }
  const cursor = { at: 0 };
  readHandle(path, footer, cursor); // of the meta index, which checkpoints do not use
  const entries = new Map<string, Uint8Array>();
  readBlock(path, readBlockBytes(path, file, readHandle(path, footer, cursor)), (_, handle) => {
    const block = readBlockBytes(path, file, readHandle(path, handle, { at: 0 }));
    readBlock(path, block, (key, value) => entries.set(key, value));
  });
  return entries;
}

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

function readHandle(path: string, bytes: Uint8Array, cursor: { at: number }): BlockHandle {
  const offset = readVarint(path, bytes, cursor);
  return { offset, size: readVarint(path, bytes, cursor) };
}

function readBlockBytes(path: string, file: Uint8Array, { offset, size }: BlockHandle): Uint8Array {
  const end = offset + size;
  if (end + TRAILER_BYTES > file.length) failCorrupt(path, `a block at ${offset} of ${size} bytes exceeds the file`);
  const stored = dataView(file).getUint32(end + 1, true);
  // The checksum covers the compression byte too.
  if (maskCrc32c(crc32c(file.subarray(offset, end + 1))) !== stored)
    failCorrupt(path, `the block at ${offset} has a wrong checksum`);
  const content = file.subarray(offset, end);
  const compression = file[end];
  if (compression === 0) return content;
  if (compression === 1) return decompressSnappy(path, content);
  return failCorrupt(path, `the block at ${offset} has an unknown compression (${compression})`);
}

/** Entries share a prefix with the key before them; the restart points at the end, for binary search, are not needed. */
function readBlock(path: string, block: Uint8Array, visit: (key: string, value: Uint8Array) => void): void {
  const restarts = block.length < 4 ? -1 : dataView(block).getUint32(block.length - 4, true);
  const end = block.length - 4 - 4 * restarts;
  if (restarts < 0 || end < 0) failCorrupt(path, 'a block has wrong restart points');
  const cursor = { at: 0 };
  let key = '';
  while (cursor.at < end) {
    const shared = readVarint(path, block, cursor);
    const unshared = readVarint(path, block, cursor);
    const length = readVarint(path, block, cursor);
    const valueAt = cursor.at + unshared;
    if (shared > key.length || valueAt + length > end) failCorrupt(path, 'an entry of a block exceeds it');
    key = key.slice(0, shared) + latin1(block.subarray(cursor.at, valueAt));
    visit(key, block.subarray(valueAt, valueAt + length));
    cursor.at = valueAt + length;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
