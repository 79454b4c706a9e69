import { type Reader, readLeadingString } from '#wire/protobuf/reader.js';
import { readNodeDef } from '#wire/protobuf/saved-model.generated.js';
import { decodeFrom } from './files.js';
import { LazyAttributes } from './lazy-attributes.js';
import type { AttrValue, NodeDef } from './records.js';

/** A node that is decoded when it is first looked at, its attributes when these are. `path` is the file that it is from. */
export function lazyNode(path: string, bytes: Uint8Array): NodeDef {
  return new LazyNode(path, bytes);
}

/** Graphs and functions are imported from, and searched for what restores variables. */
const indexes = new WeakMap<readonly NodeDef[], ReadonlyMap<string, NodeDef>>();

/** Nodes by their names; of several with one name the last. Made once for a list, which must not change. */
export function nodesByName(nodes: readonly NodeDef[]): ReadonlyMap<string, NodeDef> {
  const known = indexes.get(nodes);
  if (known) return known;
  const byName = new Map<string, NodeDef>();
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as NodeDef;
    byName.set(node.name, node);
  }
  indexes.set(nodes, byName);
  return byName;
}

/** Thousands are made at once: `private` members take a quarter of the time that `#` ones do. */
class LazyNode implements NodeDef {
  private readonly path: string;
  private readonly bytes: Uint8Array;
  private knownName: string | undefined = undefined;
  private wiring: Wiring | undefined = undefined;
  private indexedAttributes: ReadonlyMap<string, AttrValue> | undefined = undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
  }

  get name(): string {
    this.knownName ??=
      decodeFrom(this.path, 'a node', this.bytes, readName) ??
      decodeFrom(this.path, 'a node', this.bytes, readNodeDef).name;
    return this.knownName;
  }

  get op(): string {
    return this.decode().op;
  }

  get inputs(): readonly string[] {
    return this.decode().inputs;
  }

  get device(): string {
    return decodeFrom(this.path, 'a node', this.bytes, readNodeDef).device;
  }

  get originalNames(): readonly string[] {
    return decodeFrom(this.path, 'a node', this.bytes, readNodeDef).experimentalDebugInfo?.originalNodeNames ?? NONE;
  }

  get attributes(): ReadonlyMap<string, AttrValue> {
    this.indexedAttributes ??= new LazyAttributes(this.path, this.bytes);
    return this.indexedAttributes;
  }

  private decode(): Wiring {
    this.wiring ??= decodeFrom(this.path, 'a node', this.bytes, readWiring);
    return this.wiring;
  }
}

/** What converting asks of each node that it meets; the rest is passed over. */
interface Wiring {
  op: string;
  readonly inputs: string[];
}

function readWiring(reader: Reader): Wiring {
  const wiring: Wiring = { op: '', inputs: [] };
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === OP) wiring.op = reader.string();
    else if (tag === INPUT) wiring.inputs.push(reader.string());
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
  return wiring;
}

/** Tags of NodeDef: fields 2 and 3, with a length. */
const OP = (2 << 3) | 2;
const INPUT = (3 << 3) | 2;

/** All nodes' names are asked for, and of few nodes more. */
function readName(reader: Reader): string | undefined {
  return readLeadingString(reader, 1);
}

const NONE: readonly string[] = [];
