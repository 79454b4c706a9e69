import type { Tensor } from '#tensor/tensor.js';
import { type AttrValue as AttrProto, readNameAttrList } from '#wire/protobuf/saved-model.generated.js';
import { dtypeFromNumber } from './dtypes.js';
import { decodeFrom } from './files.js';
import type { AttrValue } from './records.js';
import { shapeFromProto } from './shapes.js';
import { tensorFromProto } from './tensor-proto.js';

/** Attributes as records. `path` is the file that they are from. */
export function attributesFromProto(path: string, protos: ReadonlyMap<string, AttrProto>): Map<string, AttrValue> {
  const attributes = new Map<string, AttrValue>();
  for (const [name, proto] of protos) attributes.set(name, attrValue(path, proto));
  return attributes;
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
  const { list } = proto;
  return {
    kind: 'list',
    items: [
      ...list.s.map((value): AttrValue => ({ kind: 'string', value })),
      ...list.i.map((value): AttrValue => ({ kind: 'int', value })),
      ...list.f.map((value): AttrValue => ({ kind: 'float', value })),
      ...list.b.map((value): AttrValue => ({ kind: 'bool', value })),
      ...list.type.map((value): AttrValue => ({ kind: 'dtype', value: dtypeFromNumber(value) })),
      ...list.shape.map((value): AttrValue => ({ kind: 'shape', value: shapeFromProto(value) })),
      ...list.tensor.map((value) => new TensorValue(path, value)),
      ...list.func.map((value) => new FunctionValue(path, value)),
    ],
  };
}
