import type { AttributeValue } from './attribute.js';
import { Const } from './constant.js';
import { Editor } from './editor.js';
import { InferenceError, Op, type OpDefinition, Region, type Value } from './graph.js';
import type { Location } from './location.js';
import { Module, type Signature } from './module.js';
import { parseLocation } from './parse-location.js';
import { parseType } from './parse-type.js';
import { parseAttribute, parseTensor } from './parse-value.js';
import { TextScanner } from './text-scanner.js';
import type { Type } from './type.js';

/** Gives the definition of an op by its name in the text; `const` is known without. */
// biome-ignore lint/suspicious/noExplicitAny: definitions of all attributes
export type OpRegistry = (name: string) => OpDefinition<any> | undefined;

const VALUE = /%[\w.$-]+/y;
const OP_NAME = /[A-Za-z_][\w.]*/y;

/**
 * Reads the text form that `printModule` writes. Types of results may be left out where the definition infers them,
 * attributes where they have a default. Elided constants become zeros. Throws an IrSyntaxError, with line and column.
 */
export function parseModule(text: string, registry: OpRegistry): Module {
  const parser = new Parser(new TextScanner(text), registry);
  const module = new Module();
  do parser.signature(module);
  while (!parser.atEnd);
  return module;
}

/** The values of one body by name. */
type Scope = Map<string, Value>;

class Parser {
  readonly #scanner: TextScanner;
  readonly #registry: OpRegistry;
  readonly #editor = new Editor();

  constructor(scanner: TextScanner, registry: OpRegistry) {
    this.#scanner = scanner;
    this.#registry = registry;
  }

  get atEnd(): boolean {
    return this.#scanner.atEnd;
  }

  signature(module: Module): void {
    const scanner = this.#scanner;
    scanner.expect('signature');
    const key = this.#string('the key of the signature');
    const signature = module.addSignature(key);
    const scope = this.#arguments(signature.region, signature);
    scanner.expect('->');
    signature.outputNames.push(...scanner.list('(', ')', () => this.#string('the name of an output')));
    const start = scanner.position;
    this.#body(signature.region, scope);
    const { length } = signature.region.outputs;
    if (length !== signature.outputNames.length) {
      scanner.fail(`${length} values are returned under ${signature.outputNames.length} names`, start);
    }
  }

  #string(what: string): string {
    return this.#scanner.string() ?? this.#scanner.fail(`expected ${what} in quotes`);
  }

  /** `(%x "name": type, …)`; the names only for a signature. */
  #arguments(region: Region, signature?: Signature): Scope {
    const scanner = this.#scanner;
    const scope: Scope = new Map();
    scanner.list('(', ')', () => {
      const start = scanner.position;
      const name = scanner.take(VALUE, 'an argument, like `%x`');
      signature?.inputNames.push(scanner.string() ?? name.slice(1));
      scanner.expect(':');
      this.#define(scope, name, region.addArg(parseType(scanner)), start);
    });
    return scope;
  }

  #define(scope: Scope, name: string, value: Value, start: number): void {
    if (scope.has(name)) this.#scanner.fail(`${name} is defined twice`, start);
    scope.set(name, value);
  }

  #body(region: Region, scope: Scope): void {
    const scanner = this.#scanner;
    scanner.expect('{');
    while (!scanner.accept('return')) this.#statement(region, scope);
    const outputs: Value[] = [];
    if (scanner.sees('%')) {
      do outputs.push(this.#use(scope));
      while (scanner.accept(','));
    }
    region.setOutputs(outputs);
    scanner.expect('}');
  }

  #use(scope: Scope): Value {
    const start = this.#scanner.position;
    const name = this.#scanner.take(VALUE, 'a value, like `%0`');
    return scope.get(name) ?? this.#scanner.fail(`${name} is not defined here`, start);
  }

  #statement(region: Region, scope: Scope): void {
    const scanner = this.#scanner;
    const names: string[] = [];
    const start = scanner.position;
    if (scanner.sees('%')) {
      do names.push(scanner.take(VALUE, 'the name of a result'));
      while (scanner.accept(','));
      scanner.expect('=');
    }
    const op = scanner.accept('const') ? this.#constant(region) : this.#op(region, scope);
    if (op.results.length !== names.length) {
      scanner.fail(`${op.name} gives ${op.results.length} results, not ${names.length}`, start);
    }
    names.forEach((name, i) => {
      this.#define(scope, name, op.result(i), start);
    });
  }

  #constant(region: Region): Op {
    const scanner = this.#scanner;
    const value = parseTensor(scanner);
    const types = scanner.accept('as') ? { types: [parseType(scanner)] } : {};
    return this.#editor.create({ region }, Const, [], { value }, this.#location(), types) as unknown as Op;
  }

  #op(region: Region, scope: Scope): Op {
    const scanner = this.#scanner;
    const start = scanner.position;
    const name = scanner.take(OP_NAME, 'an op');
    const definition = this.#registry(name) ?? scanner.fail(`there is no op \`${name}\``, start);
    const operands = scanner.list('(', ')', () => (scanner.accept('none') ? undefined : this.#use(scope)));
    const attributes = this.#attributes(definition, start);
    const regions: Region[] = [];
    while (scanner.sees('(')) {
      const nested = new Region();
      this.#body(nested, this.#arguments(nested));
      regions.push(nested);
    }
    const types = this.#types();
    const location = this.#location();
    if (!types && !definition.infer)
      return this.#create(region, new Op(definition, { operands, attributes, types: [], location, regions }));
    try {
      return this.#editor.create({ region }, definition, operands, attributes, location, {
        regions,
        ...(types ? { types } : {}),
      });
    } catch (error) {
      if (error instanceof InferenceError) scanner.fail(`${name}: ${error.message}`, start);
      throw error;
    }
  }

  /** An op whose definition infers nothing, and with no types in the text, has no results. */
  #create(region: Region, op: Op): Op {
    region.append(op);
    return op;
  }

  #types(): Type[] | undefined {
    const scanner = this.#scanner;
    if (!scanner.accept(':')) return undefined;
    const types = [parseType(scanner)];
    while (scanner.accept(',')) types.push(parseType(scanner));
    return types;
  }

  #attributes(definition: OpDefinition, start: number): Record<string, AttributeValue> {
    const scanner = this.#scanner;
    const attributes: Record<string, AttributeValue> = {};
    const given = new Set<string>();
    for (const [name, spec] of Object.entries(definition.attributes)) {
      if (spec.default !== undefined) attributes[name] = spec.default;
    }
    if (scanner.sees('{')) {
      scanner.list('{', '}', () => {
        const at = scanner.position;
        const name = scanner.string() ?? scanner.take(OP_NAME, 'the name of an attribute');
        if (given.has(name)) scanner.fail(`${name} is given twice`, at);
        if (!Object.hasOwn(definition.attributes, name)) {
          scanner.fail(`${definition.name} has no attribute \`${name}\``, at);
        }
        given.add(name);
        scanner.expect('=');
        attributes[name] = parseAttribute(scanner);
      });
    }
    for (const name of Object.keys(definition.attributes)) {
      if (!Object.hasOwn(attributes, name)) scanner.fail(`${definition.name} needs the attribute \`${name}\``, start);
    }
    return attributes;
  }

  #location(): Location {
    return this.#scanner.accept('loc') ? parseLocation(this.#scanner) : {};
  }
}
