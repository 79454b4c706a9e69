import type { Attributes, AttributeValue } from '#ir/attribute.js';
import type { Op, Value } from '#ir/graph.js';
import { numberOfDtype } from '#saved-model/dtypes.js';
import type { Dim } from '#tensor/shape.js';
import type { AttrValue, AttrValueListValue, NodeDef, TensorShapeProto } from '#wire/protobuf/saved-model.generated.js';
import { writeNodeAttributes, writeNodeDef } from '#wire/protobuf/saved-model-writer.generated.js';
import { encode } from '#wire/protobuf/writer.js';
import { type ArgumentSignature, type OpSignature, opSignature } from './op-signatures.js';

/** An op has no NodeDef; the message completes "it cannot be a Flex op: …". */
export class NoNodeDef extends Error {}

/** An attribute with its type in TensorFlow's spelling: `int`, `list(shape)`. */
export interface TypedAttribute {
  readonly type: string;
  readonly value: AttributeValue;
}

/**
 * The NodeDef of an op, serialized, as a Flex op carries it: without a name, with an empty input for each operand, and
 * with every attribute that the registry lists, those with their default value too (`ConvertTFDialectOpToNodeDef`).
 * Throws a NoNodeDef where an attribute is not known or cannot be carried.
 */
export function serializeNodeDef(op: Op): Uint8Array {
  const name = op.name.replace(/^tf\./, '');
  const signature = opSignature(name);
  if (!signature) throw new NoNodeDef('TensorFlow has no op of this name');
  const node: NodeDef = {
    name: '',
    op: name,
    input: op.operands.map(() => ''),
    device: '',
    experimentalDebugInfo: undefined,
  };
  const attributes = registeredAttributes(signature, op);
  const attr = new Map([...attributes].map(([key, value]) => [key, attributeProto(key, value)] as const));
  // Two messages one after the other are one with the fields of both.
  return Buffer.concat([encode(node, writeNodeDef), encode({ attr }, writeNodeAttributes)]);
}

/** All attributes that the registry lists for an op. Throws a NoNodeDef where the value of one is not known. */
export function registeredAttributes(signature: OpSignature, op: Op): Map<string, TypedAttribute> {
  const attributes = new Map<string, TypedAttribute>();
  const implied = impliedAttributes(signature, op);
  for (const [key, { type, default: fallback }] of signature.attributes) {
    const value = op.attributes[key] ?? implied[key] ?? fallback;
    if (value === undefined) throw new NoNodeDef(`its attribute \`${key}\` is not known`);
    attributes.set(key, { type, value });
  }
  return attributes;
}

/** What the types and the number of operands and results say of attributes that a definition does not keep. */
function impliedAttributes({ operands, results }: OpSignature, op: Op): Attributes {
  return { ...impliedBy(results, op.results), ...impliedBy(operands, op.operands) };
}

function impliedBy(signature: readonly ArgumentSignature[], values: readonly (Value | undefined)[]): Attributes {
  const implied: Record<string, AttributeValue> = {};
  const lists = signature.filter(({ kind }) => kind !== 'one').length;
  let at = 0;
  for (const { kind, type, count } of signature) {
    // Where there are several lists, nothing tells how long each is.
    if (kind !== 'one' && lists > 1) return implied;
    const length = kind === 'one' ? 1 : values.length - (signature.length - 1);
    const dtypes = values.slice(at, at + length).map(dtypeOf);
    at += length;
    if (count !== undefined) implied[count] = length;
    if (kind === 'types' && dtypes.every((dtype) => dtype !== undefined)) implied[type] = dtypes as string[];
    else if (dtypes[0] !== undefined) implied[type] = dtypes[0];
  }
  return implied;
}

function dtypeOf(value: Value | undefined): string | undefined {
  if (value?.type.kind === 'tensor') return value.type.dtype;
  return value?.type.kind === 'resource' || value?.type.kind === 'variant' ? value.type.kind : undefined;
}

const noList: AttrValueListValue = { s: [], i: [], f: [], b: [], type: [], shape: [], tensor: [], func: [] };

const noValue: AttrValue = {
  list: undefined,
  s: undefined,
  i: undefined,
  f: undefined,
  b: undefined,
  type: undefined,
  shape: undefined,
  tensor: undefined,
  placeholder: undefined,
  func: undefined,
};

function attributeProto(name: string, { type, value }: TypedAttribute): AttrValue {
  const element = /^list\((\w+)\)$/.exec(type)?.[1];
  if (element === undefined) {
    const field = fields[type];
    if (!field) throw new NoNodeDef(`its attribute \`${name}\` is a ${type}`);
    return { ...noValue, [field.name]: field.convert(value) };
  }
  const field = fields[element];
  if (!field || !Array.isArray(value)) throw new NoNodeDef(`its attribute \`${name}\` is a ${type}`);
  const items = value as readonly AttributeValue[];
  return { ...noValue, list: { ...noList, [field.name]: items.map((item) => field.convert(item)) } };
}

/** The field of AttrValue, and of its list, for each type; what a Flex op cannot carry has none. */
const fields: Readonly<Record<string, { readonly name: string; convert(value: AttributeValue): unknown }>> = {
  int: { name: 'i', convert: (value) => value },
  float: { name: 'f', convert: (value) => value },
  bool: { name: 'b', convert: (value) => value },
  string: { name: 's', convert: bytesOf },
  type: { name: 'type', convert: (value) => dtypeNumber(value as string) },
  shape: { name: 'shape', convert: (value) => shapeProto(value as readonly Dim[] | null) },
};

/** The bytes of an attribute's text, which need not be UTF-8. */
export function bytesOf(value: AttributeValue): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(String(value));
}

function dtypeNumber(dtype: string): number {
  const number = numberOfDtype(dtype);
  if (number === undefined) throw new NoNodeDef(`TensorFlow has no type ${dtype}`);
  return number;
}

function shapeProto(shape: readonly Dim[] | null): TensorShapeProto {
  if (shape === null) return { dim: [], unknownRank: true };
  return { dim: shape.map((size) => ({ size: size ?? -1 })), unknownRank: false };
}
