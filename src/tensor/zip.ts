import zlib from 'node:zlib';
import { NpyError } from './npy.js';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** A field that zip64 keeps elsewhere. */
const ELSEWHERE = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const UTF8_NAMES = 0x0800;
/** 1 January 1980, the earliest date: the same content gives the same file at any time. */
const DATE = 0x0021;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as zip has it; with `previous`, that of what it is of and these bytes after it. Node has it since 20.15. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  if (zlib.crc32 !== undefined) return zlib.crc32(bytes, previous);
  let crc = previous ^ 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Reads a zip archive of stored or deflated files; stored ones are views on `bytes`. Checksums are verified. Throws an
 * NpyError for what is damaged, encrypted, or above 4 GB (zip64).
 */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === ELSEWHERE) throw new NpyError('it is a zip64 archive; at most 4 GB can be read');

  const files = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw new NpyError('its zip directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const name = decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    files.set(name, readEntry(bytes, view, at, name));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

/** Writes a zip archive of stored files in the map's order. The same content gives the same bytes on any machine. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [name, content] of files) {
    const nameBytes = encoder.encode(name);
    // From the version on: all that the local and the central header share.
    const shared = new Uint8Array(26);
    const fields = new DataView(shared.buffer);
    fields.setUint16(0, 20, true);
    fields.setUint16(2, nameBytes.length === name.length ? 0 : UTF8_NAMES, true);
    fields.setUint16(4, STORED, true);
    fields.setUint16(8, DATE, true);
    fields.setUint32(10, crc32(content), true);
    fields.setUint32(14, content.length, true);
    fields.setUint32(18, content.length, true);
    fields.setUint16(22, nameBytes.length, true);
    const placed = new Uint8Array(14);
    new DataView(placed.buffer).setUint32(10, offset, true);
    parts.push(uint32(LOCAL), shared, nameBytes, content);
    central.push(uint32(CENTRAL), Uint8Array.of(20, 0), shared, placed, nameBytes);
    offset += 30 + nameBytes.length + content.length;
    if (offset >= ELSEWHERE) throw new NpyError('it would be above 4 GB, which needs the zip64 format');
  }
  const centralLength = central.reduce((sum, part) => sum + part.length, 0);
  const tail = new Uint8Array(22);
  const view = new DataView(tail.buffer);
  view.setUint32(0, END, true);
  view.setUint16(8, files.size, true);
  view.setUint16(10, files.size, true);
  view.setUint32(12, centralLength, true);
  view.setUint32(16, offset, true);
  return Buffer.concat([...parts, ...central, tail]);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The end record stands last, before a comment of at most 64 KB. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new NpyError('it is not a zip archive, or it ends early');
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, name: string): Uint8Array {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  if (flags & 1) throw new NpyError(`${name} is encrypted`);
  if (packed === ELSEWHERE || size === ELSEWHERE || local === ELSEWHERE) {
    throw new NpyError(`${name} is kept in the zip64 format; at most 4 GB can be read`);
  }
  if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL) throw new NpyError(`${name} is damaged`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > bytes.length) throw new NpyError(`${name} is damaged: it ends early`);
  const content = unpack(bytes.subarray(start, start + packed), method, size, name);
  if (content.length !== size || crc32(content) !== view.getUint32(at + 16, true)) {
    throw new NpyError(`${name} is damaged: its checksum is wrong`);
  }
  return content;
}

function unpack(content: Uint8Array, method: number, size: number, name: string): Uint8Array {
  if (method === STORED) return content;
  if (method !== DEFLATED) throw new NpyError(`${name} is compressed by method ${method}; only deflate can be read`);
  try {
    // One byte more than stated: a longer stream then shows as a wrong size, and cannot fill the memory.
    return zlib.inflateRawSync(content, { maxOutputLength: size + 1 });
  } catch (error) {
    throw new NpyError(`${name} is damaged: ${(error as Error).message}`);
  }
}
