import type {
  CompleteRecordOf,
  ElementType,
  EnumType,
  Field,
  FieldType,
  ScalarType,
  TableType,
  UnionType,
  VectorType,
} from './schema.js';

/** What is wrong with a flatbuffer, and where: `subgraphs[0].tensors[3].name`. */
export class FlatBufferError extends Error {
  readonly place: string;

  constructor(problem: string, place: string) {
    super(problem);
    this.name = 'FlatBufferError';
    this.place = place;
  }
}

/** Tables within tables; the deepest chain of TFLite's schema is 6 long. */
const MAX_DEPTH = 64;
/**
 * A hostile file can refer to one vector a million times. Elements, characters and tables read are counted, and may
 * not exceed this plus one for each byte of the file; honest files need about a third of the latter.
 */
const FREE_ELEMENTS = 1 << 22;

/**
 * Reads the root table of a flatbuffer into a plain record. Every offset is checked before it is followed, as the
 * official `flatbuffers::Verifier` does, so any bytes at all give a record or a FlatBufferError. Byte vectors are
 * views on `bytes`; strings are decoded as UTF-8 with replacement characters.
 */
export function readRoot<T extends TableType>(table: T, bytes: Uint8Array, identifier?: string): CompleteRecordOf<T> {
  const reader = new Reader(bytes);
  if (identifier !== undefined && reader.identifier() !== identifier) {
    reader.fail(`the file identifier is not "${identifier}"`);
  }
  return reader.table(table, reader.follow(0)) as CompleteRecordOf<T>;
}

interface NamedField {
  readonly name: string;
  readonly field: Field;
}

/** Fields of a table as a list, made once. */
const fieldLists = new WeakMap<TableType, readonly NamedField[]>();

function fieldsOf(table: TableType): readonly NamedField[] {
  let list = fieldLists.get(table);
  if (list === undefined) {
    list = Object.entries(table.fields).map(([name, field]) => ({ name, field }));
    fieldLists.set(table, list);
  }
  return list;
}

const EMPTY: readonly never[] = [];
const NO_BYTES = new Uint8Array(0);

/** Where a table's fields lie: the position of a slot, or 0 where it is not stored. */
type Slots = (id: number, size: number) => number;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Names and indices from the root to what is being read, for messages. */
  readonly #path: (string | number)[] = [];
  #depth = 0;
  #budget: number;

  constructor(bytes: Uint8Array) {
    // Views on a Node Buffer would be Buffers, whose `slice` does not copy.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#budget = FREE_ELEMENTS + bytes.byteLength;
  }

  fail(problem: string): never {
    const place = this.#path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    throw new FlatBufferError(problem, place.replace(/^\./, ''));
  }

  identifier(): string {
    if (this.#bytes.byteLength < 8) this.fail(`${this.#bytes.byteLength} bytes are too few for a flatbuffer`);
    return String.fromCharCode(...this.#bytes.subarray(4, 8));
  }

  /** The target of the offset stored at `position`. */
  follow(position: number): number {
    this.#need(position, 4, 'an offset');
    const distance = this.#view.getUint32(position, true);
    if (distance === 0) this.fail('an offset is 0');
    this.#need(position + distance, 4, 'what an offset refers to');
    return position + distance;
  }

  table(table: TableType, position: number): Record<string, unknown> {
    this.#spend(1);
    if (++this.#depth > MAX_DEPTH) this.fail(`tables are nested more than ${MAX_DEPTH} deep`);
    const slots = this.#slots(position);
    const record: Record<string, unknown> = {};
    const fields = fieldsOf(table);
    for (let i = 0; i < fields.length; i++) {
      const { name, field } = fields[i] as NamedField;
      this.#path.push(name);
      record[name] = this.#field(field, slots);
      this.#path.pop();
    }
    this.#depth--;
    return record;
  }

  #slots(position: number): Slots {
    this.#need(position, 4, 'a table');
    if (position % 4 !== 0) this.fail(`a table is not aligned: position ${position}`);
    const vtable = position - this.#view.getInt32(position, true);
    if (vtable % 2 !== 0) this.fail(`a vtable is not aligned: position ${vtable}`);
    this.#need(vtable, 4, 'a vtable');
    const vtableSize = this.#view.getUint16(vtable, true);
    const tableSize = this.#view.getUint16(vtable + 2, true);
    if (vtableSize < 4 || vtableSize % 2 !== 0) this.fail(`a vtable has the size ${vtableSize}`);
    if (tableSize < 4) this.fail(`a table has the size ${tableSize}`);
    this.#need(vtable, vtableSize, 'a vtable');
    this.#need(position, tableSize, 'a table');
    return (id, size) => {
      const entry = 4 + 2 * id;
      if (entry >= vtableSize) return 0;
      const offset = this.#view.getUint16(vtable + entry, true);
      if (offset === 0) return 0;
      if (offset < 4 || offset + size > tableSize) this.fail('a field lies outside of its table');
      if ((position + offset) % size !== 0) this.fail(`a field is not aligned: position ${position + offset}`);
      return position + offset;
    };
  }

  #field(field: Field, slots: Slots): unknown {
    const { type } = field;
    if (type.kind === 'union') return this.#union(type, field.id, slots);
    const position = slots(field.id, type.size);
    if (position !== 0) return this.#value(type, position);
    if (type.kind === 'vector') return isBytes(type) ? NO_BYTES : EMPTY;
    return type.kind === 'string' ? '' : field.default;
  }

  #union(type: UnionType, id: number, slots: Slots): unknown {
    const tag = slots(id - 1, 1);
    const position = slots(id, 4);
    const number = tag === 0 ? 0 : (this.#bytes[tag] as number);
    if (number === 0 || position === 0) return undefined;
    const member = type.members[number - 1];
    if (member === undefined) this.fail(`${number} is no member of ${type.name} known to this version`);
    return { type: member.name, value: this.table(member, this.follow(position)) };
  }

  #value(type: Exclude<FieldType, UnionType>, position: number): unknown {
    switch (type.kind) {
      case 'scalar':
        return this.#scalar(type, position);
      case 'enum':
        return this.#enum(type, position);
      case 'string':
        return this.#string(this.follow(position));
      case 'vector':
        return this.#vector(type, this.follow(position));
      case 'table':
        return this.table(type, this.follow(position));
    }
  }

  #scalar(type: ScalarType, position: number): number | bigint | boolean {
    const view = this.#view;
    switch (type.name) {
      case 'bool':
        return view.getUint8(position) !== 0;
      case 'int8':
        return view.getInt8(position);
      case 'uint8':
        return view.getUint8(position);
      case 'int16':
        return view.getInt16(position, true);
      case 'uint16':
        return view.getUint16(position, true);
      case 'int32':
        return view.getInt32(position, true);
      case 'uint32':
        return view.getUint32(position, true);
      case 'int64':
        return numberIfExact(view.getBigInt64(position, true));
      case 'uint64':
        return numberIfExact(view.getBigUint64(position, true));
      case 'float32':
        return view.getFloat32(position, true);
      case 'float64':
        return view.getFloat64(position, true);
    }
  }

  #enum(type: EnumType, position: number): string {
    const number = Number(this.#scalar(type.storage, position));
    const name = type.names.get(number);
    if (name === undefined) this.fail(`${number} is no ${type.name} known to this version`);
    return name;
  }

  #string(position: number): string {
    const length = this.#view.getUint32(position, true);
    this.#need(position + 4, length + 1, 'a string');
    this.#spend(length);
    const end = position + 4 + length;
    if (this.#bytes[end] !== 0) this.fail('a string is not terminated');
    return this.#decoder.decode(this.#bytes.subarray(position + 4, end));
  }

  #vector(type: VectorType, position: number): unknown {
    const { element } = type;
    const length = this.#view.getUint32(position, true);
    const start = position + 4;
    this.#need(start, length * element.size, 'a vector');
    if (isBytes(type)) return this.#bytes.subarray(start, start + length);
    if (start % element.size !== 0 && length > 0) this.fail(`a vector is not aligned: position ${start}`);
    this.#spend(length);
    const result = new Array<unknown>(length);
    for (let i = 0; i < length; i++) {
      this.#path.push(i);
      result[i] = this.#value(element as Exclude<ElementType, UnionType>, start + i * element.size);
      this.#path.pop();
    }
    return result;
  }

  #need(position: number, size: number, what: string): void {
    if (position < 0 || position + size > this.#bytes.byteLength) {
      this.fail(`${what} of ${size} bytes at position ${position} lies outside of the ${this.#bytes.byteLength} bytes`);
    }
  }

  #spend(count: number): void {
    this.#budget -= count;
    if (this.#budget < 0) this.fail('the file refers to the same content too often');
  }
}

function isBytes(type: VectorType): boolean {
  return type.element.kind === 'scalar' && type.element.name === 'uint8';
}

function numberIfExact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
