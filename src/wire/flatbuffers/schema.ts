/** What FlatBuffers calls its scalars, by size and sign. */
export type ScalarName =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

export interface ScalarType<N extends ScalarName = ScalarName> {
  readonly kind: 'scalar';
  readonly name: N;
  /** Bytes, which is also the alignment. */
  readonly size: number;
}

export interface EnumType<N extends string = string> {
  readonly kind: 'enum';
  readonly name: string;
  readonly storage: ScalarType;
  readonly size: number;
  readonly values: Readonly<Record<N, number>>;
  readonly names: ReadonlyMap<number, N>;
}

export interface StringType {
  readonly kind: 'string';
  readonly size: 4;
}

/** What a vector may hold. */
export type ElementType = ScalarType | EnumType | StringType | TableType;

export interface VectorType<E extends ElementType = ElementType> {
  readonly kind: 'vector';
  readonly size: 4;
  readonly element: E;
  /** Alignment of the first element where the schema forces one above the element's own. */
  readonly align: number;
}

export type Fields = Readonly<Record<string, Field>>;

export interface TableType<N extends string = string, F extends Fields = Fields> {
  readonly kind: 'table';
  readonly size: 4;
  readonly name: N;
  readonly fields: F;
}

/** One of several tables; its discriminator, a byte, stands in the slot before. */
export interface UnionType<M extends readonly TableType[] = readonly TableType[]> {
  readonly kind: 'union';
  readonly size: 4;
  readonly name: string;
  /** The discriminator of a member is its place in this list, from 1. */
  readonly members: M;
}

export type FieldType = ScalarType | EnumType | StringType | VectorType | TableType | UnionType;

export interface Field<T extends FieldType = FieldType> {
  /** The slot; of a union, that of the value. */
  readonly id: number;
  readonly type: T;
  /** For scalars and enums: the value that is not stored. */
  readonly default: unknown;
  /** Stored even if it is an empty vector or string, because readers expect it there. */
  readonly required: boolean;
}

export const bool = scalar('bool', 1);
export const int8 = scalar('int8', 1);
export const uint8 = scalar('uint8', 1);
export const int16 = scalar('int16', 2);
export const uint16 = scalar('uint16', 2);
export const int32 = scalar('int32', 4);
export const uint32 = scalar('uint32', 4);
export const int64 = scalar('int64', 8);
export const uint64 = scalar('uint64', 8);
export const float32 = scalar('float32', 4);
export const float64 = scalar('float64', 8);
export const string: StringType = { kind: 'string', size: 4 };

function scalar<N extends ScalarName>(name: N, size: number): ScalarType<N> {
  return { kind: 'scalar', name, size };
}

/** An enum; in records its values are their names. */
export function enumeration<const V extends Readonly<Record<string, number>>>(
  name: string,
  values: V,
  storage: ScalarType = int8,
): EnumType<keyof V & string> {
  const names = new Map(Object.entries(values).map(([key, value]) => [value, key as keyof V & string]));
  return { kind: 'enum', name, storage, size: storage.size, values, names };
}

export function vector<E extends ElementType>(element: E, align = element.size): VectorType<E> {
  return { kind: 'vector', size: 4, element, align };
}

/** A table; a record of it is a plain object with the fields' names. */
export function table<const N extends string, F extends Fields>(name: N, fields: F): TableType<N, F> {
  return { kind: 'table', size: 4, name, fields };
}

/** A union of tables; in records `{ type: 'Conv2DOptions', value: {…} }`. */
export function union<const M extends readonly TableType[]>(name: string, members: M): UnionType<M> {
  return { kind: 'union', size: 4, name, members };
}

/** A field in slot `id`. Scalars and enums have a default: 0, false or the name of value 0, unless one is given. */
export function field<T extends FieldType>(id: number, type: T, fallback?: Complete<T>): Field<T> {
  return { id, type, default: fallback ?? zeroOf(type), required: false };
}

/** A field that is stored even where it is empty. */
export function required<T extends StringType | VectorType>(id: number, type: T): Field<T> {
  return { id, type, default: undefined, required: true };
}

function zeroOf(type: FieldType): unknown {
  if (type.kind === 'enum') return type.names.get(0);
  if (type.kind === 'scalar') return type.name === 'bool' ? false : 0;
  return undefined;
}

type ScalarValue<N extends ScalarName> = N extends 'bool'
  ? boolean
  : N extends 'int64' | 'uint64'
    ? number | bigint
    : number;

/** Bytes that are known later, by length only: the writer leaves their place open. */
export interface DeferredBytes {
  readonly byteLength: number;
  readonly deferred: true;
}

/** What a field holds after reading: 64-bit integers are numbers where that is exact, byte vectors are views. */
export type Complete<T> =
  T extends ScalarType<infer N>
    ? ScalarValue<N>
    : T extends EnumType<infer N>
      ? N
      : T extends StringType
        ? string
        : T extends VectorType<infer E>
          ? E extends ScalarType<'uint8'>
            ? Uint8Array
            : readonly Complete<E>[]
          : T extends TableType<string, infer F>
            ? { readonly [K in keyof F]: CompleteField<F[K]> }
            : T extends UnionType<infer M>
              ? CompleteMember<M[number]>
              : never;

type CompleteField<F> =
  F extends Field<infer T> ? (T extends TableType | UnionType ? Complete<T> | undefined : Complete<T>) : never;
type CompleteMember<T> = T extends TableType<infer N> ? { readonly type: N; readonly value: Complete<T> } : never;

/** What a field may be given for writing: as after reading, but in tables every field may be left out. */
type Writable<T> =
  T extends VectorType<infer E>
    ? E extends ScalarType<'uint8'>
      ? Uint8Array | DeferredBytes
      : readonly Writable<E>[]
    : T extends TableType<string, infer F>
      ? { readonly [K in keyof F]?: (F[K] extends Field<infer V> ? Writable<V> : never) | undefined }
      : T extends UnionType<infer M>
        ? WritableMember<M[number]>
        : Complete<T>;

type WritableMember<T> = T extends TableType<infer N> ? { readonly type: N; readonly value: Writable<T> } : never;

/** The record of a table for writing: fields left out take the schema's default. */
export type RecordOf<T extends TableType | UnionType> = Writable<T>;

/** The record that reading a table gives: complete; absent vectors and strings are empty, absent tables undefined. */
export type CompleteRecordOf<T extends TableType | UnionType> = Complete<T>;

/** The names of an enum's values. */
export type NameOf<T extends EnumType> = keyof T['values'] & string;
