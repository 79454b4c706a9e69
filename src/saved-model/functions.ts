import type { Shape } from '#tensor/shape.js';
import { type Reader, readLeadingString } from '#wire/protobuf/reader.js';
import {
  type FunctionDef as FunctionProto,
  type OpDefArgDef,
  readFunctionArguments,
  readFunctionArgumentsArgAttrs,
  readFunctionControls,
  readFunctionDef,
  readFunctionDefLibrary,
  readOpDefArgDef,
} from '#wire/protobuf/saved-model.generated.js';
import { attributesFromProto, readAttribute } from './attributes.js';
import { dtypeFromNumber } from './dtypes.js';
import { decodeFrom } from './files.js';
import { lazyNode } from './nodes.js';
import type { AttrValue, FunctionArgument, FunctionDef, FunctionLibrary, TfDType } from './records.js';
import { shapeFromProto } from './shapes.js';

/** A library whose functions are decoded one by one, when asked for: most belong to signatures that nobody chose. */
export function functionLibrary(path: string, bytes: Uint8Array): FunctionLibrary {
  return new Library(path, bytes);
}

class Library implements FunctionLibrary {
  readonly gradients: ReadonlyMap<string, string>;
  readonly #path: string;
  readonly #undecoded = new Map<string, Uint8Array>();
  readonly #decoded = new Map<string, FunctionDef>();

  constructor(path: string, bytes: Uint8Array) {
    const library = decodeFrom(path, 'the function library', bytes, readFunctionDefLibrary);
    this.#path = path;
    this.gradients = new Map(library.gradient.map(({ functionName, gradientFunc }) => [functionName, gradientFunc]));
    for (const bytes of library.function) {
      const name = decodeFrom(path, 'a function', bytes, readName);
      this.#undecoded.set(name ?? decodeFrom(path, 'a function', bytes, readFunctionDef).signature?.name ?? '', bytes);
    }
  }

  has(name: string): boolean {
    return this.#undecoded.has(name);
  }

  names(): Iterable<string> {
    return this.#undecoded.keys();
  }

  get(name: string): FunctionDef | undefined {
    const known = this.#decoded.get(name);
    if (known) return known;
    const bytes = this.#undecoded.get(name);
    if (!bytes) return undefined;
    const proto = decodeFrom(this.#path, `the function ${name}`, bytes, readFunctionDef);
    const decoded = functionFromProto(this.#path, proto, bytes);
    this.#decoded.set(name, decoded);
    return decoded;
  }
}

/** The signature is field 1, and the name that of the signature. */
function readName(reader: Reader): string | undefined {
  return readLeadingString(reader, 2);
}

/** Attributes, and all of arguments but their names, are decoded when they are asked for: inlining a function needs none. */
function functionFromProto(path: string, proto: FunctionProto, bytes: Uint8Array): FunctionDef {
  let attributes: ReadonlyMap<string, AttrValue> | undefined;
  let controlReturns: ReadonlyMap<string, string> | undefined;
  let recorded: ReadonlyMap<number, Uint8Array> | undefined;
  const attributesOf = (argument: number): Uint8Array | undefined => {
    recorded ??= decodeFrom(path, "a function's arguments", bytes, readFunctionArguments).argAttr;
    return recorded.get(argument);
  };
  return {
    name: proto.signature?.name ?? '',
    inputs: (proto.signature?.inputArg ?? []).map((argument, i) => new LazyArgument(path, argument, i, attributesOf)),
    outputs: (proto.signature?.outputArg ?? []).map((argument) => new LazyArgument(path, argument)),
    nodes: proto.nodeDef.map((node) => lazyNode(path, node)),
    returns: proto.ret,
    get controlReturns() {
      controlReturns ??= decodeFrom(path, "a function's controls", bytes, readFunctionControls).controlRet;
      return controlReturns;
    },
    get attributes() {
      attributes ??= new Map([...proto.attr].map(([name, value]) => [name, attributeOf(path, value)]));
      return attributes;
    },
  };
}

function attributeOf(path: string, bytes: Uint8Array): AttrValue {
  return decodeFrom(path, "a function's attribute", bytes, (reader) => readAttribute(reader, path));
}

/** One of hundreds that hand variables on from call to call. */
class LazyArgument implements FunctionArgument {
  readonly name: string;
  private readonly path: string;
  private readonly bytes: Uint8Array;
  private readonly index: number;
  private readonly attributesOf: ((argument: number) => Uint8Array | undefined) | undefined;
  private decoded: OpDefArgDef | undefined = undefined;

  constructor(path: string, bytes: Uint8Array, index = 0, attributesOf?: (argument: number) => Uint8Array | undefined) {
    this.path = path;
    this.bytes = bytes;
    this.index = index;
    this.attributesOf = attributesOf;
    this.name = decodeFrom(path, 'an argument', bytes, readArgumentName) ?? this.proto().name;
  }

  get dtype(): TfDType {
    return dtypeFromNumber(this.proto().type);
  }

  get shape(): Shape {
    const attributes = this.attributesOf?.(this.index);
    return attributes ? recordedShape(this.path, attributes) : null;
  }

  get handleData(): FunctionArgument['handleData'] {
    return this.proto().handleData.map(({ dtype, shape }) => ({
      dtype: dtypeFromNumber(dtype),
      shape: shapeFromProto(shape),
    }));
  }

  private proto(): OpDefArgDef {
    this.decoded ??= decodeFrom(this.path, 'an argument', this.bytes, readOpDefArgDef);
    return this.decoded;
  }
}

function readArgumentName(reader: Reader): string | undefined {
  return readLeadingString(reader, 1);
}

/** What the attributes of an argument say of its shape. */
function recordedShape(path: string, bytes: Uint8Array): Shape {
  const { attr } = decodeFrom(path, "an argument's attributes", bytes, readFunctionArgumentsArgAttrs);
  const recorded = attributesFromProto(path, attr).get('_output_shapes');
  const first = recorded?.kind === 'list' ? recorded.items[0] : undefined;
  return first?.kind === 'shape' ? first.value : null;
}
