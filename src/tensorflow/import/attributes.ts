import type { AttributeSpec, AttributeSpecs, Attributes, AttributeValue } from '#ir/attribute.js';
import { InferenceError } from '#ir/graph.js';
import type { AttrValue } from '#saved-model/records.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Text where the bytes are UTF-8, else the bytes. */
function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

function plainValue(value: AttrValue): AttributeValue {
  switch (value.kind) {
    case 'string':
      return textOrBytes(value.value);
    case 'function':
      return value.name;
    case 'list':
      return value.items.map(plainValue);
    case 'placeholder':
      throw new InferenceError(`an attribute refers to the placeholder "${value.name}", which nothing binds`);
    default:
      return value.value;
  }
}

function fits(spec: AttributeSpec<AttributeValue>, value: AttrValue): boolean {
  // An unbound placeholder has a message of its own.
  if (spec.kind === 'any' || value.kind === 'placeholder') return true;
  if (value.kind === 'list') {
    const element = spec.kind.endsWith('s') ? spec.kind.slice(0, -1) : undefined;
    return element !== undefined && value.items.every((item) => item.kind === element);
  }
  return value.kind === spec.kind;
}

/**
 * The attributes that a definition declares, as plain values; defaults fill in for those that are absent, as
 * TensorFlow strips defaults on saving. Throws an InferenceError for a missing or ill-typed one.
 */
export function importAttributes(specs: AttributeSpecs, values: ReadonlyMap<string, AttrValue>): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const name in specs) {
    const spec = specs[name] as AttributeSpec<AttributeValue>;
    const value = values.get(name);
    if (value === undefined) {
      if (spec.default === undefined) throw new InferenceError(`attribute "${name}" is missing`);
      attributes[name] = spec.default;
    } else {
      if (!fits(spec, value))
        throw new InferenceError(`attribute "${name}" is of kind ${value.kind}, not ${spec.kind}`);
      attributes[name] = plainValue(value);
    }
  }
  return attributes;
}

/** All attributes of a node that has no definition, internal ones (`_class` …) left out, and what kind each is of. */
export function importAnyAttributes(values: ReadonlyMap<string, AttrValue>): {
  readonly attributes: Attributes;
  readonly specs: AttributeSpecs;
} {
  const attributes: Record<string, AttributeValue> = {};
  const specs: Record<string, AttributeSpec<AttributeValue>> = {};
  for (const [name, value] of values) {
    if (name.startsWith('_') || value.kind === 'placeholder') continue;
    attributes[name] = plainValue(value);
    specs[name] = { kind: kindOf(value) };
  }
  return { attributes, specs };
}

function kindOf(value: AttrValue): AttributeSpec<AttributeValue>['kind'] {
  if (value.kind === 'placeholder') return 'any';
  if (value.kind !== 'list') return value.kind;
  const kind = value.items[0]?.kind;
  return kind === undefined || kind === 'list' || kind === 'tensor' || kind === 'function' || kind === 'placeholder'
    ? 'any'
    : `${kind}s`;
}
