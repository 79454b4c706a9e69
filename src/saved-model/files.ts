import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DiagnosticCode } from '#diagnostics/catalogue.js';
import { fail } from '#diagnostics/diagnostic.js';
import { decode, MalformedMessage, type Reader } from '#wire/protobuf/reader.js';

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** A pointer is a few short lines. */
const MAX_POINTER = 1024;

/** The most that one system call reads. */
const MAX_READ = 2 ** 30;

/** The number of bytes that a buffer can surely have. */
const MAX_BUFFER = 2 ** 32 - 1;

/** Which failure it is that a file does not exist. */
export interface Missing {
  readonly code: DiagnosticCode;
  readonly detail: string;
}

/**
 * Reads a whole file. Fails with `missing` where there is none, `file-unreadable` where the system refuses, and
 * `lfs-pointer` where Git LFS has not fetched it.
 */
export function readFile(path: string, missing: Missing): Uint8Array {
  const file = openFile(path, missing);
  try {
    const bytes = readRange(file, 0, file.size);
    if (isLfsPointer(bytes)) failLfsPointer(path);
    return bytes;
  } finally {
    closeSync(file.descriptor);
  }
}

/**
 * Reads parts of files, each into memory of its own. The file last read from stays open until the program next waits
 * for something, since parts are asked for in bursts.
 */
export class PartReader {
  #file: OpenFile | undefined;

  /**
   * Reads `length` bytes from `offset`. Fails as `readFile` does, and with `corrupt-file` where the file ends before
   * the part does, without having allocated it; `what` names the part, `allocate` gives the memory to read it into.
   */
  read(
    path: string,
    offset: number,
    length: number,
    what: string,
    missing: Missing,
    allocate: (length: number) => Uint8Array = ownMemory,
  ): Uint8Array {
    this.check(path, offset, length, what, missing);
    return readRange(this.#open(path, missing), offset, length, allocate);
  }

  /** Fails as `read` would, but for what the disk itself says, without reading. */
  check(path: string, offset: number, length: number, what: string, missing: Missing): void {
    const file = this.#open(path, missing);
    if (offset < 0 || length < 0 || offset + length > file.size) {
      if (file.size < MAX_POINTER && isLfsPointer(readRange(file, 0, file.size))) failLfsPointer(path);
      failCorrupt(
        path,
        `it has ${file.size} bytes, but ${what} should be at bytes ${offset} to ${offset + length}: it is truncated, or belongs to another model`,
      );
    }
  }

  #open(path: string, missing: Missing): OpenFile {
    if (this.#file?.path === path) return this.#file;
    this.#close();
    this.#file = openFile(path, missing);
    setImmediate(() => this.#close());
    return this.#file;
  }

  #close(): void {
    if (this.#file) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }
}

/** Decodes a message of a file; `corrupt-file` where it is malformed. */
export function decodeFrom<T>(path: string, what: string, bytes: Uint8Array, read: (reader: Reader) => T): T {
  try {
    return decode(bytes, read);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    return failCorrupt(path, `${what} cannot be decoded (${error.message})`);
  }
}

/** Ends with `corrupt-file`; `reason` says what is wrong, without a full stop. */
export function failCorrupt(path: string, reason: string): never {
  fail('corrupt-file', { detail: `${path}: ${reason}.`, locations: [{ file: path }] });
}

interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  readonly size: number;
}

function openFile(path: string, missing: Missing): OpenFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return { path, descriptor, size: fstatSync(descriptor).size };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      fail(missing.code, { detail: missing.detail, locations: [{ file: path }] });
    return failUnreadable(path, error);
  }
}

/** Ends with `file-unreadable`, saying what the system said. */
export function failUnreadable(path: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM';
  fail('file-unreadable', {
    detail: denied ? `No permission to read ${path}.` : `${path} cannot be read: ${message}.`,
    locations: [{ file: path }],
    help: denied ? ['Give the user that runs this the right to read it, for example with `chmod -R a+rX`.'] : [],
  });
}

/**
 * Memory that is not zeroed first, and not a part of Node's pool, which would keep it in memory for others. Small pieces,
 * of which a model has hundreds that stay, are cut from one piece of their own, each at a multiple of 16.
 */
function ownMemory(length: number): Uint8Array {
  if (length > SMALL) return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer, 0, length);
  if (slabUsed + length > slab.byteLength) {
    slab = Buffer.allocUnsafeSlow(SLAB).buffer as ArrayBuffer;
    slabUsed = 0;
  }
  const memory = new Uint8Array(slab, slabUsed, length);
  slabUsed = Math.ceil((slabUsed + length) / 16) * 16;
  return memory;
}

const SMALL = 1 << 13;
const SLAB = 1 << 18;
let slab = new ArrayBuffer(0);
let slabUsed = 0;

function readRange(
  { path, descriptor }: OpenFile,
  offset: number,
  length: number,
  allocate: (length: number) => Uint8Array = ownMemory,
): Uint8Array {
  if (length > MAX_BUFFER) {
    fail('unsupported-model', {
      detail: `${length} bytes of ${path} are needed at once, more than the 4 GiB that can be.`,
      locations: [{ file: path }],
    });
  }
  const bytes = allocate(length);
  let done = 0;
  while (done < length) {
    let count: number;
    try {
      count = readSync(descriptor, bytes, done, Math.min(length - done, MAX_READ), offset + done);
    } catch (error) {
      return failUnreadable(path, error);
    }
    if (count === 0) failCorrupt(path, 'it became shorter while it was read');
    done += count;
  }
  return bytes;
}

function isLfsPointer(bytes: Uint8Array): boolean {
  return (
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LFS_POINTER.length)).toString('latin1') ===
    LFS_POINTER
  );
}

function failLfsPointer(path: string): never {
  fail('lfs-pointer', { detail: `${path} is a Git LFS pointer, not the file itself.`, locations: [{ file: path }] });
}
