import { Builder } from 'flatbuffers';
import { enumNumber, setElements, setScalar } from './scalars.js';
import type {
  DeferredBytes,
  EnumType,
  Field,
  RecordOf,
  ScalarType,
  TableType,
  UnionType,
  VectorType,
} from './schema.js';

/** Bytes whose place in the flatbuffer was left open: the 32-bit offset at `position` is still 0. */
export interface OpenOffset {
  readonly position: number;
  readonly bytes: DeferredBytes;
}

export interface FlatBuffer {
  /** A whole number of 8-byte words, so what follows in the file keeps its alignment. */
  readonly bytes: Uint8Array;
  /** In the order of writing. Each awaits the distance from its position to a vector behind `bytes`. */
  readonly open: readonly OpenOffset[];
}

/**
 * Writes `record` as the root table of a flatbuffer. Values at their default are left out, and strings, vectors and
 * tables of the same content are stored once. Throws a plain Error where a value does not fit its type: records are
 * made by this program.
 */
export function writeRoot<T extends TableType>(table: T, record: RecordOf<T>, identifier?: string): FlatBuffer {
  const writer = new Writer();
  return writer.finish(writer.table(table, record as Values), identifier);
}

type Values = Readonly<Record<string, unknown>>;

/** How one slot of a table gets its value. A union has two, the value's and its discriminator's. */
interface Slot {
  readonly name: string;
  readonly field: Field;
  readonly discriminator: boolean;
  /** The slot's number, the value's size and whether it is an offset, in one word. */
  readonly code: number;
}

function slotCode(id: number, size: number, isOffset: boolean): number {
  return (id << 5) | (size << 1) | (isOffset ? 1 : 0);
}

function slotsOf(name: string, field: Field): Slot[] {
  const { id, type } = field;
  const isOffset = type.kind !== 'scalar' && type.kind !== 'enum';
  const slot = { name, field, discriminator: false, code: slotCode(id, type.size, isOffset) };
  return type.kind === 'union' ? [slot, { ...slot, discriminator: true, code: slotCode(id - 1, 1, false) }] : [slot];
}

const slotLists = new WeakMap<TableType, readonly Slot[]>();

/** The slots of a table, the widest first: that needs the least padding, as the builder works from the back. */
function sortedSlots(table: TableType): readonly Slot[] {
  let list = slotLists.get(table);
  if (list === undefined) {
    const slots = Object.entries(table.fields).flatMap(([name, field]) => slotsOf(name, field));
    list = slots.sort((a, b) => ((b.code >> 1) & 15) - ((a.code >> 1) & 15) || b.code - a.code);
    slotLists.set(table, list);
  }
  return list;
}

/** The first of the words that tell shared content apart. */
const TABLE = 0;
const OFFSETS = 1;
const ELEMENTS = 2;

/** What was stored already: equal words, equal bytes. */
interface Shared {
  readonly words: Int32Array;
  readonly offset: number;
}

class Writer {
  readonly #builder = new Builder(1 << 16);
  readonly #encoder = new TextEncoder();
  readonly #strings = new Map<string, number>();
  /** By a hash of their words. */
  readonly #shared = new Map<number, Shared[]>();
  /** Distances from the end of the buffer, which is where the builder starts. */
  readonly #open: { readonly fromEnd: number; readonly bytes: DeferredBytes }[] = [];

  finish(root: number, identifier: string | undefined): FlatBuffer {
    const builder = this.#builder;
    // The finished length is a multiple of the widest alignment seen.
    builder.prep(8, 0);
    builder.finish(root, identifier);
    const bytes = builder.asUint8Array();
    const open = this.#open.map((entry) => ({ position: bytes.byteLength - entry.fromEnd, bytes: entry.bytes }));
    return { bytes, open };
  }

  table(table: TableType, record: Values): number {
    // Three words a slot: its code, and the value's low and high half or the child's offset.
    const words: number[] = [TABLE];
    const deferred: DeferredBytes[] = [];
    for (const slot of sortedSlots(table)) {
      const value = record[slot.name];
      try {
        if (slot.discriminator) this.#addDiscriminator(words, slot, value);
        else if (slot.field.type.kind === 'scalar' || slot.field.type.kind === 'enum') addScalar(words, slot, value);
        else this.#addOffset(words, deferred, slot, value);
      } catch (error) {
        throw new Error(`${table.name}.${slot.name}: ${(error as Error).message}`, { cause: error });
      }
    }
    if (deferred.length > 0) return this.#storeTable(words, deferred);
    return this.#share(Int32Array.from(words), () => this.#storeTable(words, deferred));
  }

  #storeTable(words: readonly number[], deferred: readonly DeferredBytes[]): number {
    const builder = this.#builder;
    let count = 0;
    for (let i = 1; i < words.length; i += 3) count = Math.max(count, ((words[i] as number) >> 5) + 1);
    builder.startObject(count);
    let opened = 0;
    for (let i = 1; i < words.length; i += 3) {
      const code = words[i] as number;
      const low = words[i + 1] as number;
      const size = (code >> 1) & 15;
      if ((code & 1) === 1 && low === 0) this.#leaveOpen(deferred[opened++] as DeferredBytes);
      else if ((code & 1) === 1) builder.addOffset(low);
      else if (size === 1) builder.addInt8(low);
      else if (size === 2) builder.addInt16(low);
      else if (size === 4) builder.addInt32(low);
      else this.#addWords(low, words[i + 2] as number);
      builder.slot(code >> 5);
    }
    return builder.endObject();
  }

  #addWords(low: number, high: number): void {
    this.#builder.prep(8, 0);
    this.#builder.writeInt32(high);
    this.#builder.writeInt32(low);
  }

  #leaveOpen(bytes: DeferredBytes): void {
    this.#builder.prep(4, 0);
    this.#builder.writeInt32(0);
    this.#open.push({ fromEnd: this.#builder.offset(), bytes });
  }

  #addDiscriminator(words: number[], slot: Slot, value: unknown): void {
    if (value === undefined) return;
    words.push(slot.code, memberIndex(slot.field.type as UnionType, value as Member) + 1, 0);
  }

  #addOffset(words: number[], deferred: DeferredBytes[], slot: Slot, value: unknown): void {
    if (isDeferred(value)) {
      deferred.push(value);
      words.push(slot.code, 0, 0);
    } else if (value !== undefined || slot.field.required) {
      const offset = this.#child(slot.field, value);
      if (offset !== 0) words.push(slot.code, offset, 0);
    }
  }

  /** The offset of a value stored elsewhere; 0 where an empty one is left out. */
  #child({ type, required }: Field, value: unknown): number {
    switch (type.kind) {
      case 'string':
        return value === '' && !required ? 0 : this.#string((value ?? '') as string);
      case 'table':
        return this.table(type, value as Values);
      case 'union': {
        const member = type.members[memberIndex(type, value as Member)] as TableType;
        return this.table(member, (value as Member).value);
      }
      case 'vector': {
        const values = (value ?? []) as ArrayLike<unknown>;
        return values.length === 0 && !required ? 0 : this.#vector(type, values);
      }
      default:
        throw new Error(`a ${type.kind} is stored in its table`);
    }
  }

  #string(value: string): number {
    let offset = this.#strings.get(value);
    if (offset === undefined) {
      offset = this.#builder.createString(this.#encoder.encode(value));
      this.#strings.set(value, offset);
    }
    return offset;
  }

  #vector(type: VectorType, values: ArrayLike<unknown>): number {
    const { element } = type;
    if (element.kind === 'scalar' || element.kind === 'enum') return this.#scalarVector(type, values);
    const words = new Int32Array(values.length + 1);
    words[0] = OFFSETS;
    for (let i = 0; i < values.length; i++) {
      words[i + 1] =
        element.kind === 'string' ? this.#string(values[i] as string) : this.table(element, values[i] as Values);
    }
    return this.#share(words, () => {
      const builder = this.#builder;
      builder.startVector(4, values.length, 4);
      for (let i = values.length; i > 0; i--) builder.addOffset(words[i] as number);
      return builder.endVector();
    });
  }

  #scalarVector(type: VectorType, values: ArrayLike<unknown>): number {
    const { element, align } = type;
    const byteLength = values.length * element.size;
    const words = new Int32Array(3 + Math.ceil(byteLength / 4));
    words.set([ELEMENTS, Math.max(align, element.size), byteLength]);
    const bytes = new Uint8Array(words.buffer, 12, byteLength);
    if (values instanceof Uint8Array && element.size === 1) bytes.set(values);
    else setElements(bytes, element as ScalarType | EnumType, values);
    return this.#share(words, () => {
      const builder = this.#builder;
      builder.startVector(element.size, values.length, Math.max(align, element.size));
      builder.pad(byteLength);
      const buffer = builder.dataBuffer();
      buffer.bytes().set(bytes, buffer.capacity() - builder.offset());
      return builder.endVector();
    });
  }

  /** The offset of content with these words: stored by `store` unless it was before. */
  #share(words: Int32Array, store: () => number): number {
    let hash = words.length;
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
    let candidates = this.#shared.get(hash);
    if (candidates === undefined) {
      candidates = [];
      this.#shared.set(hash, candidates);
    }
    const known = candidates.find((candidate) => sameWords(candidate.words, words));
    if (known !== undefined) return known.offset;
    const offset = store();
    candidates.push({ words, offset });
    return offset;
  }
}

interface Member {
  readonly type: string;
  readonly value: Values;
}

function memberIndex(union: UnionType, value: Member): number {
  const index = union.members.findIndex((member) => member.name === value.type);
  if (index < 0) throw new Error(`${value.type} is no member of ${union.name}`);
  return index;
}

function sameWords(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

/** Scratch for one scalar on its way into a table. */
const scratch = new DataView(new ArrayBuffer(8));

function addScalar(words: number[], slot: Slot, value: unknown): void {
  const { type, default: fallback } = slot.field;
  // Told apart are 0 and -0.
  if (value === undefined || Object.is(value, fallback)) return;
  scratch.setInt32(0, 0);
  scratch.setInt32(4, 0);
  if (type.kind === 'enum') setScalar(scratch, 0, type.storage, enumNumber(type, value));
  else setScalar(scratch, 0, type as ScalarType, value);
  words.push(slot.code, scratch.getInt32(0, true), scratch.getInt32(4, true));
}

function isDeferred(value: unknown): value is DeferredBytes {
  return (value as { deferred?: unknown } | undefined)?.deferred === true;
}
