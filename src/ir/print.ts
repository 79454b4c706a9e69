import type { Attributes } from './attribute.js';
import { Const } from './constant.js';
import type { Op, Region, Value } from './graph.js';
import type { Location } from './location.js';
import type { Module, Signature } from './module.js';
import { printAttribute, printTensor, quote } from './print-value.js';
import { sameAttribute } from './same-attribute.js';
import { formatType } from './type.js';

export interface PrintOptions {
  /** Constants of more elements are elided to their hash, 16 by default; such a text parses to zeros. */
  readonly maxElements?: number;
  /** Whether ops say where they come from; by default they do. */
  readonly locations?: boolean;
}

/** The text form of a module. Same module, same text; `parseModule` reads it. */
export function printModule(module: Module, options: PrintOptions = {}): string {
  return module.signatures.map((signature) => printSignature(signature, options)).join('\n');
}

/** The text form of a body with its arguments: `(%arg0: tensor<f32>) { … }`. */
export function printRegion(region: Region, options: PrintOptions = {}): string {
  const printer = new Printer(region, options);
  const args = region.args.map((arg) => `${printer.name(arg)}: ${formatType(arg.type)}`);
  return `(${args.join(', ')}) ${printer.body(region, '')}`;
}

/** One op on one line, without its regions and with the names that it has in the text of its region; for messages. */
export function printOp(op: Op, options: PrintOptions = {}): string {
  const [head = ''] = new Printer(op.region, { locations: false, ...options }).op(op, '').split('\n');
  return op.regions.length > 0 ? `${head} … }` : head;
}

function printSignature({ key, region, inputNames, outputNames }: Signature, options: PrintOptions): string {
  const printer = new Printer(region, options);
  const args = region.args.map((arg, i) => {
    const name = inputNames[i];
    return `${printer.name(arg)}${name === undefined ? '' : ` ${quote(name)}`}: ${formatType(arg.type)}`;
  });
  const outputs = outputNames.map(quote).join(', ');
  return `signature ${quote(key)} (${args.join(', ')}) -> (${outputs}) ${printer.body(region, '')}\n`;
}

/** Prints one body. Names count up within it: `%arg0` arguments, `%c0` constants, `%0` other results. */
class Printer {
  readonly #names = new Map<Value, string>();
  readonly #options: PrintOptions;

  constructor(region: Region | undefined, options: PrintOptions) {
    this.#options = options;
    if (!region) return;
    for (const arg of region.args) this.#names.set(arg, `%arg${arg.index}`);
    let constants = 0;
    let results = 0;
    for (const op of region.ops()) {
      if (op.is(Const)) this.#names.set(op.result(), `%c${constants++}`);
      else for (const result of op.results) this.#names.set(result, `%${results++}`);
    }
  }

  /** A value of elsewhere, which only a broken graph has, is printed as `%?`. */
  name(value: Value | undefined): string {
    return value === undefined ? 'none' : (this.#names.get(value) ?? '%?');
  }

  body(region: Region, indent: string): string {
    const lines = ['{'];
    for (const op of region.ops()) lines.push(`${indent}  ${this.op(op, `${indent}  `)}`);
    const outputs = region.outputs.map((value) => this.name(value)).join(', ');
    lines.push(`${indent}  return${outputs && ` ${outputs}`}`, `${indent}}`);
    return lines.join('\n');
  }

  op(op: Op, indent: string): string {
    const results = op.results.map((value) => this.name(value)).join(', ');
    const head = results === '' ? '' : `${results} = `;
    return `${head}${this.#expression(op, indent)}${this.#location(op.location)}`;
  }

  #expression(op: Op, indent: string): string {
    const { maxElements = 16 } = this.#options;
    if (op.is(Const)) {
      const text = printTensor(op.attributes.value, maxElements);
      const { type } = op.result();
      // A constant's type may say more than its tensor: its quantization.
      const own = formatType(type);
      return text.endsWith(` : ${own}`) ? `const ${text}` : `const ${text} as ${own}`;
    }
    const operands = op.operands.map((value) => this.name(value)).join(', ');
    const types = op.results.map(({ type }) => formatType(type)).join(', ');
    const regions = op.regions.map((region) => this.#nested(region, indent));
    return `${op.name}(${operands})${this.#attributes(op, maxElements)}${regions.join('')}${types && ` : ${types}`}`;
  }

  #nested(region: Region, indent: string): string {
    const printer = new Printer(region, this.#options);
    const args = region.args.map((arg) => `${printer.name(arg)}: ${formatType(arg.type)}`);
    return ` (${args.join(', ')}) ${printer.body(region, indent)}`;
  }

  #attributes(op: Op, maxElements: number): string {
    const specs = op.definition.attributes;
    const attributes: Attributes = op.attributes;
    const printed: string[] = [];
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || sameAttribute(value, specs[name]?.default)) continue;
      printed.push(`${/^[A-Za-z_][\w.]*$/.test(name) ? name : quote(name)} = ${printAttribute(value, maxElements)}`);
    }
    return printed.length === 0 ? '' : ` {${printed.join(', ')}}`;
  }

  #location(location: Location): string {
    if (this.#options.locations === false) return '';
    const text = printLocation(location);
    return text === '' ? '' : ` loc(${text})`;
  }
}

/** `"node"`, then the parts that are set: `"node", layer = "conv"`; ops merged into this one follow behind `+`. */
function printLocation({ node, fused = [], frames = [], ...parts }: Location): string {
  const items = node === undefined ? [] : [quote(node)];
  for (const [name, value] of Object.entries(parts)) {
    items.push(`${name} = ${typeof value === 'number' ? value : quote(value)}`);
  }
  for (const frame of frames) items.push(`frame = ${quote(`${frame.file}:${frame.line}:${frame.function ?? ''}`)}`);
  return [items.join(', '), ...fused.map(printLocation)].filter((part) => part !== '').join(' + ');
}
