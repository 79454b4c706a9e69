import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { byteLength, type DType, dtypes } from '#tensor/dtype.js';
import { lend } from '#tensor/kernels/weight-kernels.js';
import { elementCount } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { crc32c, maskCrc32c } from '#wire/crc32c.js';
import {
  type BundleEntryProto,
  readBundleEntryProto,
  readBundleHeaderProto,
  type TensorSliceProto,
} from '#wire/protobuf/tensor-bundle.generated.js';
import { dtypeFromNumber, isDType } from './dtypes.js';
import { decodeFrom, failCorrupt, PartReader, readFile } from './files.js';
import type { TensorSlice, VariableEntry, VariableStore } from './records.js';
import { shapeFromProto } from './shapes.js';
import { readSortedTable } from './sorted-table.js';
import { decodeStrings } from './strings.js';
import { packInt4 } from './tensor-proto.js';
import { copyOverlap, isWhole, sliceKey, wholeOf } from './tensor-slice.js';

/** Tensors of this many bytes are read only when their bytes are asked for. */
const DEFERRED_FROM = 1 << 15;

/** The header stands under the empty key, and slices under keys that begin with this byte. */
const SLICE_PREFIX = '\x00';

/**
 * Opens a checkpoint (TensorFlow's "tensor bundle", `tensor_bundle.h`) by the path that its files have before `.index`
 * and `.data-00000-of-00001`. The index is read when something is first asked for. Without an index file the store is
 * empty: a model without variables needs none. Tensors are read one at a time, each into memory of its own.
 */
export function openBundle(prefix: string): VariableStore {
  return new Bundle(prefix);
}

interface Index {
  readonly shards: number;
  readonly entries: ReadonlyMap<string, Uint8Array>;
}

class Bundle implements VariableStore {
  readonly #prefix: string;
  readonly #indexPath: string;
  readonly #shards = new PartReader();
  #index: Index | undefined;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#indexPath = `${prefix}.index`;
  }

  *keys(): Iterable<string> {
    for (const key of this.#open().entries.keys()) {
      if (key !== '' && !key.startsWith(SLICE_PREFIX)) yield Buffer.from(key, 'latin1').toString('utf8');
    }
  }

  entry(key: string): VariableEntry | undefined {
    const proto = this.#proto(toLatin1(key));
    if (!proto) return undefined;
    const dtype = dtypeFromNumber(proto.dtype);
    return isDType(dtype) ? { key, dtype, shape: this.#shapeOf(key, proto) } : undefined;
  }

  read(key: string, slice?: TensorSlice): Tensor {
    const proto = this.#proto(toLatin1(key));
    if (!proto) return this.#failAbsent(key);
    const shape = this.#shapeOf(key, proto);
    const wanted = slice ?? wholeOf(shape);
    if (wanted.fullShape.length !== shape.length || wanted.fullShape.some((size, i) => size !== shape[i])) {
      failCorrupt(
        this.#indexPath,
        `${key} has the shape [${shape.join(', ')}], not [${wanted.fullShape.join(', ')}] as in the graph`,
      );
    }
    if (proto.slices.length === 0 && isWhole(wanted)) return this.#readEntry(key, proto, shape);
    return this.#assemble(key, proto, wanted);
  }

  #open(): Index {
    this.#index ??= readIndex(this.#prefix, this.#indexPath);
    return this.#index;
  }

  #proto(latin1Key: string): BundleEntryProto | undefined {
    const value = latin1Key === '' ? undefined : this.#open().entries.get(latin1Key);
    return value && decodeFrom(this.#indexPath, 'an entry', value, readBundleEntryProto);
  }

  #failAbsent(key: string): never {
    if (this.#open().shards === 0) {
      const index = this.#indexPath;
      fail('missing-shard', {
        detail: `The graph restores \`${key}\`, but ${basename(index)} is not in ${dirname(index)}.`,
        locations: [{ file: index }],
      });
    }
    failCorrupt(this.#indexPath, `it has no \`${key}\`, which the graph restores: it belongs to another model`);
  }

  #shapeOf(key: string, proto: BundleEntryProto): readonly number[] {
    const shape = shapeFromProto(proto.shape);
    if (!shape?.every((dim) => dim !== null)) return failCorrupt(this.#indexPath, `${key} has an unknown shape`);
    return shape;
  }

  /** Puts together what is wanted of a tensor from the slices, or the whole, that the checkpoint holds. */
  #assemble(key: string, proto: BundleEntryProto, wanted: TensorSlice): Tensor {
    const dtype = dtypeFromNumber(proto.dtype);
    if (!isDType(dtype) || dtype === 'string' || dtype === 'int4') {
      return fail('unsupported-model', { detail: `The variable ${key} is a partitioned one of type ${dtype}.` });
    }
    const parts =
      proto.slices.length === 0 ? [] : proto.slices.map((part) => this.#storedSlice(key, part, wanted.fullShape));
    const same = parts.find(({ slice }) => sameSlice(slice, wanted));
    if (same) return this.#readEntry(key, same.proto, wanted.length);
    const sources = parts.length > 0 ? parts : [{ slice: wholeOf(wanted.fullShape), proto }];
    const count = elementCount(wanted.length);
    this.#checkHolds(key, sources, byteLength(dtype, count));
    const tensors = sources.map(({ proto, slice }) => ({ slice, part: this.#readEntry(key, proto, slice.length) }));
    const load = (): Uint8Array => {
      const bytes = new Uint8Array(byteLength(dtype, count));
      let copied = 0;
      for (const { slice, part } of tensors) {
        copied += copyOverlap(part.pass(), slice, bytes, wanted, dtypes[dtype].bytes);
      }
      if (copied !== count) failCorrupt(this.#indexPath, `the parts of ${key} do not cover it once`);
      return bytes;
    };
    if (byteLength(dtype, count) < DEFERRED_FROM) return Tensor.fromBytes(dtype, wanted.length, load());
    const place = `${wanted.start.join()}+${wanted.length.join()}`;
    return Tensor.deferred(dtype, wanted.length, {
      load,
      key: `${this.#prefix} ${key} ${place}`,
      sample: `parts ${sources.map(({ proto }) => proto.crc32c).join()} ${place}`,
    });
  }

  /** Before anything is allocated for it. */
  #checkHolds(key: string, sources: readonly { readonly proto: BundleEntryProto }[], bytes: number): void {
    const stored = sources.reduce((sum, { proto }) => sum + proto.size, 0);
    if (bytes > stored)
      failCorrupt(this.#indexPath, `the parts of ${key} hold ${stored} bytes, fewer than its ${bytes}`);
  }

  #storedSlice(key: string, part: TensorSliceProto, fullShape: readonly number[]) {
    const proto = this.#proto(sliceKey(toLatin1(key), part.extent));
    if (!proto || part.extent.length !== fullShape.length)
      return failCorrupt(this.#indexPath, `a part of ${key} is missing`);
    const slice: TensorSlice = {
      fullShape,
      start: part.extent.map(({ start }) => start),
      length: part.extent.map(({ length }, i) => length ?? (fullShape[i] as number)),
    };
    return { slice, proto };
  }

  #readEntry(key: string, proto: BundleEntryProto, shape: readonly number[]): Tensor {
    const dtype = dtypeFromNumber(proto.dtype);
    if (!isDType(dtype)) {
      return fail('unsupported-model', { detail: `The variable ${key} has the type ${dtype}, which TFLite has not.` });
    }
    const { shards } = this.#open();
    const shard = `${this.#prefix}.data-${padded(proto.shardId)}-of-${padded(shards)}`;
    const count = elementCount(shape);
    const expected = dtype === 'int4' ? count : byteLength(dtype, count);
    if (dtype !== 'string' && proto.size !== expected) {
      failCorrupt(this.#indexPath, `${key} is ${dtype}[${shape.join(', ')}], but ${proto.size} bytes`);
    }
    const missing = {
      code: 'missing-shard' as const,
      detail: `${basename(shard)} is not in ${dirname(shard)}, though the index says that \`${key}\` is in it.`,
    };
    const load = (allocate?: (length: number) => Uint8Array): Uint8Array => {
      const bytes = this.#shards.read(shard, proto.offset, proto.size, key, missing, allocate);
      if (maskCrc32c(crc32c(bytes)) !== proto.crc32c) failChecksum(shard, key);
      return bytes;
    };
    if (proto.size >= DEFERRED_FROM && dtype !== 'string' && dtype !== 'int4') {
      this.#shards.check(shard, proto.offset, proto.size, key, missing);
      return Tensor.deferred(dtype, shape, {
        load: () => load(lend),
        key: `${shard}@${proto.offset}`,
        sample: `crc32c ${proto.crc32c}`,
      });
    }
    if (dtype === 'string') {
      const bytes = this.#shards.read(shard, proto.offset, proto.size, key, missing);
      return Tensor.fromStrings(shape, readStrings(shard, key, bytes, count, proto.crc32c));
    }
    const bytes = load();
    if (dtype === 'int4') return packInt4(shard, shape, new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    return Tensor.fromBytes(dtype as Exclude<DType, 'string'>, shape, bytes);
  }
}

function readIndex(prefix: string, path: string): Index {
  if (!existsSync(path) && !hasDataShard(prefix)) return { shards: 0, entries: new Map() };
  const file = readFile(path, {
    code: 'missing-shard',
    detail: `${basename(path)} is not in ${dirname(path)}, though there is data beside it.`,
  });
  const entries = readSortedTable(path, file);
  const header = entries.get('');
  if (!header) return failCorrupt(path, 'it has no header');
  const { numShards, endianness } = decodeFrom(path, 'the header', header, readBundleHeaderProto);
  if (endianness !== 0) {
    fail('unsupported-model', {
      detail: `${path} was written on a big-endian machine.`,
      locations: [{ file: path }],
      help: ['Load the model and save it again on a little-endian machine (x86, ARM).'],
    });
  }
  return { shards: numShards, entries };
}

function hasDataShard(prefix: string): boolean {
  return existsSync(`${prefix}.data-00000-of-00001`);
}

/**
 * Strings are stored as varint lengths, a masked checksum of these, and their bytes. The checksums are of the lengths
 * as 32-bit numbers (`WriteStringTensor` in TensorFlow's `tensor_bundle.cc`).
 */
function readStrings(path: string, key: string, bytes: Uint8Array, count: number, expected: number): Uint8Array[] {
  return decodeStrings(path, bytes, count, 4, (lengths, end) => {
    const plain = new DataView(new ArrayBuffer(4 * lengths.length));
    for (const [i, length] of lengths.entries()) plain.setUint32(4 * i, length, true);
    const crc = crc32c(new Uint8Array(plain.buffer));
    const stored = bytes.subarray(end, end + 4);
    const sum = stored.length === 4 ? new DataView(stored.buffer, stored.byteOffset, 4).getUint32(0, true) : -1;
    if (maskCrc32c(crc) !== sum || maskCrc32c(crc32c(bytes.subarray(end), crc)) !== expected) failChecksum(path, key);
  });
}

function failChecksum(path: string, key: string): never {
  failCorrupt(
    path,
    `the bytes of \`${key}\` do not have the checksum that the index gives: the file was damaged, or belongs to another model`,
  );
}

function sameSlice(a: TensorSlice, b: TensorSlice): boolean {
  return a.start.every((at, i) => at === b.start[i] && a.length[i] === b.length[i]);
}

function padded(number: number): string {
  return String(number).padStart(5, '0');
}

/** Keys of the table are held byte for character. */
function toLatin1(key: string): string {
  return Buffer.from(key, 'utf8').toString('latin1');
}
