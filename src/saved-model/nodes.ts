import { type Reader, readLeadingString } from '#wire/protobuf/reader.js';
import { type NodeDef as NodeProto, readNodeAttributes, readNodeDef } from '#wire/protobuf/saved-model.generated.js';
import { attributesFromProto } from './attributes.js';
import { decodeFrom } from './files.js';
import type { AttrValue, NodeDef } from './records.js';

/** A node that is decoded when it is first looked at, its attributes when these are. `path` is the file that it is from. */
export function lazyNode(path: string, bytes: Uint8Array): NodeDef {
  return new LazyNode(path, bytes);
}

/** Thousands are made at once: `private` members take a quarter of the time that `#` ones do. */
class LazyNode implements NodeDef {
  private readonly path: string;
  private readonly bytes: Uint8Array;
  private knownName: string | undefined = undefined;
  private proto: NodeProto | undefined = undefined;
  private decodedAttributes: ReadonlyMap<string, AttrValue> | undefined = undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
  }

  get name(): string {
    this.knownName ??= decodeFrom(this.path, 'a node', this.bytes, readName) ?? this.decode().name;
    return this.knownName;
  }

  get op(): string {
    return this.decode().op;
  }

  get inputs(): readonly string[] {
    return this.decode().input;
  }

  get device(): string {
    return this.decode().device;
  }

  get originalNames(): readonly string[] {
    return this.decode().experimentalDebugInfo?.originalNodeNames ?? NONE;
  }

  get attributes(): ReadonlyMap<string, AttrValue> {
    if (!this.decodedAttributes) {
      const { attr } = decodeFrom(this.path, 'a node', this.bytes, readNodeAttributes);
      this.decodedAttributes = attributesFromProto(this.path, attr);
    }
    return this.decodedAttributes;
  }

  private decode(): NodeProto {
    this.proto ??= decodeFrom(this.path, 'a node', this.bytes, readNodeDef);
    return this.proto;
  }
}

/** All nodes' names are asked for, and of few nodes more. */
function readName(reader: Reader): string | undefined {
  return readLeadingString(reader, 1);
}

const NONE: readonly string[] = [];
