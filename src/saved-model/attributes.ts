import type { Tensor } from '#tensor/tensor.js';
import type { Reader } from '#wire/protobuf/reader.js';
import { type AttrValue as AttrProto, readAttrValue, readNameAttrList } from '#wire/protobuf/saved-model.generated.js';
import { dtypeFromNumber } from './dtypes.js';
import { decodeFrom } from './files.js';
import type { AttrValue } from './records.js';
import { shapeFromProto } from './shapes.js';
import { tensorFromProto } from './tensor-proto.js';

/** Attributes as records. `path` is the file that they are from. */
export function attributesFromProto(path: string, protos: ReadonlyMap<string, AttrProto>): Map<string, AttrValue> {
  const attributes = new Map<string, AttrValue>();
  protos.forEach((proto, name) => {
    attributes.set(name, attrValue(path, proto));
  });
  return attributes;
}

/** Reads one value, all that `reader` may read. Types, flags and texts, which most are, need no message of their own. */
export function readAttribute(reader: Reader, path: string): AttrValue {
  const start = reader.pos;
  const simple = start < reader.len ? simpleValue(reader, reader.tag()) : undefined;
  if (simple && reader.pos === reader.len) return simple;
  reader.pos = start;
  return attrValue(path, readAttrValue(reader));
}

/** The value of a field of AttrValue, by its tag: 2 `s`, 5 `b`, 6 `type`. */
function simpleValue(reader: Reader, tag: number): AttrValue | undefined {
  if (tag === ((6 << 3) | 0)) return { kind: 'dtype', value: dtypeFromNumber(reader.int32()) };
  if (tag === ((5 << 3) | 0)) return { kind: 'bool', value: reader.bool() };
  if (tag === ((2 << 3) | 2)) return { kind: 'string', value: reader.bytes() };
  return undefined;
}

/** A constant is decoded when it is first looked at: most are not, and they are the largest part of a graph. */
class TensorValue {
  readonly kind = 'tensor';
  private readonly path: string;
  private readonly bytes: Uint8Array;
  private decoded: Tensor | undefined = undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
  }

  get value(): Tensor {
    this.decoded ??= tensorFromProto(this.path, this.bytes);
    return this.decoded;
  }
}

/** Decoded on demand too: so nesting, which a file may take to any depth, needs no recursion. */
class FunctionValue {
  readonly kind = 'function';
  readonly #path: string;
  readonly #bytes: Uint8Array;
  #name: string | undefined;
  #attributes: ReadonlyMap<string, AttrValue> | undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.#path = path;
    this.#bytes = bytes;
  }

  get name(): string {
    this.#decode();
    return this.#name as string;
  }

  get attributes(): ReadonlyMap<string, AttrValue> {
    return this.#decode();
  }

  #decode(): ReadonlyMap<string, AttrValue> {
    if (!this.#attributes) {
      const { name, attr } = decodeFrom(this.#path, 'a function attribute', this.#bytes, readNameAttrList);
      this.#name = name;
      this.#attributes = attributesFromProto(this.#path, attr);
    }
    return this.#attributes;
  }
}

function attrValue(path: string, proto: AttrProto): AttrValue {
  if (proto.type !== undefined) return { kind: 'dtype', value: dtypeFromNumber(proto.type) };
  if (proto.i !== undefined) return { kind: 'int', value: proto.i };
  if (proto.s !== undefined) return { kind: 'string', value: proto.s };
  if (proto.b !== undefined) return { kind: 'bool', value: proto.b };
  if (proto.f !== undefined) return { kind: 'float', value: proto.f };
  if (proto.shape !== undefined) return { kind: 'shape', value: shapeFromProto(proto.shape) };
  if (proto.tensor !== undefined) return new TensorValue(path, proto.tensor);
  if (proto.func !== undefined) return new FunctionValue(path, proto.func);
  if (proto.list === undefined) return { kind: 'placeholder', name: proto.placeholder ?? '' };
  return { kind: 'list', items: listItems(path, proto.list) };
}

/** One of the lists is filled, if any is. */
function listItems(path: string, list: NonNullable<AttrProto['list']>): AttrValue[] {
  const { s, i, f, b, type, shape, tensor, func } = list;
  const items: AttrValue[] = [];
  if (s.length > 0) for (const value of s) items.push({ kind: 'string', value });
  if (i.length > 0) for (const value of i) items.push({ kind: 'int', value });
  if (f.length > 0) for (const value of f) items.push({ kind: 'float', value });
  if (b.length > 0) for (const value of b) items.push({ kind: 'bool', value });
  if (type.length > 0) for (const value of type) items.push({ kind: 'dtype', value: dtypeFromNumber(value) });
  if (shape.length > 0) for (const value of shape) items.push({ kind: 'shape', value: shapeFromProto(value) });
  if (tensor.length > 0) for (const value of tensor) items.push(new TensorValue(path, value));
  if (func.length > 0) for (const value of func) items.push(new FunctionValue(path, value));
  return items;
}
