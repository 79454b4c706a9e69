import { type Reader, readLeadingString } from '#wire/protobuf/reader.js';
import {
  type FunctionDef as FunctionProto,
  type OpDefArgDef,
  readFunctionDef,
  readFunctionDefLibrary,
} from '#wire/protobuf/saved-model.generated.js';
import { attributesFromProto } from './attributes.js';
import { dtypeFromNumber } from './dtypes.js';
import { decodeFrom } from './files.js';
import { lazyNode } from './nodes.js';
import type { AttrValue, FunctionArgument, FunctionDef, FunctionLibrary } from './records.js';
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
    const decoded = functionFromProto(this.#path, proto);
    this.#decoded.set(name, decoded);
    return decoded;
  }
}

/** The signature is field 1, and the name that of the signature. */
function readName(reader: Reader): string | undefined {
  return readLeadingString(reader, 2);
}

function functionFromProto(path: string, proto: FunctionProto): FunctionDef {
  return {
    name: proto.signature?.name ?? '',
    inputs: (proto.signature?.inputArg ?? []).map((argument, i) => {
      const attributes = proto.argAttr.get(i)?.attr;
      return argumentFromProto(argument, attributes ? attributesFromProto(path, attributes) : NO_ATTRIBUTES);
    }),
    outputs: (proto.signature?.outputArg ?? []).map((argument) => argumentFromProto(argument, NO_ATTRIBUTES)),
    nodes: proto.nodeDef.map((node) => lazyNode(path, node)),
    returns: proto.ret,
    controlReturns: proto.controlRet,
    attributes: attributesFromProto(path, proto.attr),
  };
}

const NO_ATTRIBUTES: ReadonlyMap<string, AttrValue> = new Map();

function argumentFromProto(argument: OpDefArgDef, attributes: ReadonlyMap<string, AttrValue>): FunctionArgument {
  const recorded = attributes.get('_output_shapes');
  const first = recorded?.kind === 'list' ? recorded.items[0] : undefined;
  return {
    name: argument.name,
    dtype: dtypeFromNumber(argument.type),
    shape: first?.kind === 'shape' ? first.value : null,
    handleData: argument.handleData.map(({ dtype, shape }) => ({
      dtype: dtypeFromNumber(dtype),
      shape: shapeFromProto(shape),
    })),
  };
}
