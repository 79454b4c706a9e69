import { enterMessage, type Reader } from '#wire/protobuf/reader.js';
import { readNodeAttributes } from '#wire/protobuf/saved-model.generated.js';
import { attributesFromProto, readAttribute } from './attributes.js';
import { decodeFrom } from './files.js';
import type { AttrValue } from './records.js';

/** Tags with a length: field 5 of NodeDef, an entry of the map, and an entry's key and value. */
const ENTRY = (5 << 3) | 2;
const KEY = (1 << 3) | 2;
const VALUE = (2 << 3) | 2;

/** Numbers for each entry in an index. */
const STRIDE = 4;

/**
 * The attributes of a node, given as its message, of which those that are asked for by name are decoded: a definition
 * declares few of what TensorFlow writes. Looking at them in any other way decodes all. Making one fails where the entries
 * are cut.
 */
export class LazyAttributes implements ReadonlyMap<string, AttrValue> {
  private readonly path: string;
  private readonly bytes: Uint8Array;
  /** For each entry where its key begins and ends, and its value. */
  private readonly index: readonly number[];
  /** Values that hold on to what they decode. */
  private kept: Map<string, AttrValue> | undefined = undefined;
  private all: ReadonlyMap<string, AttrValue> | undefined = undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
    this.index = decodeFrom(path, 'a node', bytes, readIndex);
  }

  get(name: string): AttrValue | undefined {
    const kept = (this.all ?? this.kept)?.get(name);
    if (kept || this.all) return kept;
    const entry = this.find(name);
    if (entry < 0) return undefined;
    const value = decodeFrom(this.path, 'a node', this.bytes, (reader) => {
      reader.pos = this.index[entry + 2] as number;
      reader.len = this.index[entry + 3] as number;
      return readAttribute(reader, this.path);
    });
    if (value.kind === 'tensor' || value.kind === 'function') {
      this.kept ??= new Map();
      this.kept.set(name, value);
    }
    return value;
  }

  has(name: string): boolean {
    return this.decoded().has(name);
  }

  get size(): number {
    return this.decoded().size;
  }

  keys(): ReturnType<ReadonlyMap<string, AttrValue>['keys']> {
    return this.decoded().keys();
  }

  values(): ReturnType<ReadonlyMap<string, AttrValue>['values']> {
    return this.decoded().values();
  }

  entries(): ReturnType<ReadonlyMap<string, AttrValue>['entries']> {
    return this.decoded().entries();
  }

  [Symbol.iterator](): ReturnType<ReadonlyMap<string, AttrValue>['entries']> {
    return this.decoded().entries();
  }

  forEach(visit: (value: AttrValue, name: string, map: ReadonlyMap<string, AttrValue>) => void): void {
    this.decoded().forEach(visit);
  }

  private decoded(): ReadonlyMap<string, AttrValue> {
    if (!this.all) {
      const { attr } = decodeFrom(this.path, 'a node', this.bytes, readNodeAttributes);
      const all = attributesFromProto(this.path, attr);
      this.kept?.forEach((value, name) => {
        all.set(name, value);
      });
      this.all = all;
    }
    return this.all;
  }

  /** Where the entry stands in the index: the last of that name, as everywhere in the format. */
  private find(name: string): number {
    const { index } = this;
    for (let entry = index.length - STRIDE; entry >= 0; entry -= STRIDE) {
      const start = index[entry] as number;
      // Attributes' names are ASCII: as many bytes as characters.
      if ((index[entry + 1] as number) - start === name.length && this.isAt(start, name)) return entry;
    }
    return -1;
  }

  private isAt(start: number, name: string): boolean {
    const { bytes } = this;
    for (let i = name.length - 1; i >= 0; i--) if (bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }
}

function readIndex(reader: Reader): readonly number[] {
  const index: number[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === ENTRY) readEntry(reader, index);
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
  return index;
}

function readEntry(reader: Reader, index: number[]): void {
  const outer = enterMessage(reader);
  let key = 0;
  let keyEnd = 0;
  let value = 0;
  let valueEnd = 0;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag !== KEY && tag !== VALUE) {
      reader.skipType(tag & 7, 0, tag >>> 3);
      continue;
    }
    const entryEnd = enterMessage(reader);
    if (tag === KEY) {
      key = reader.pos;
      keyEnd = reader.len;
    } else {
      value = reader.pos;
      valueEnd = reader.len;
    }
    reader.pos = reader.len;
    reader.len = entryEnd;
  }
  reader.len = outer;
  index.push(key, keyEnd, value, valueEnd);
}
