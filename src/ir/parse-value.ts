import { isStatic } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import type { AttributeValue } from './attribute.js';
import { parseTensorType } from './parse-type.js';
import { type Element, tensorOfElements } from './tensor-elements.js';
import type { TextScanner } from './text-scanner.js';
import { formatType, type TensorType } from './type.js';

/** What may stand in front of a tensor's type. */
type Literal =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  /** An element that is no attribute by itself, or lists of such. */
  | { readonly kind: 'elements'; readonly elements: readonly Element[] }
  | { readonly kind: 'fill'; at(index: number): Element };

/** Reads what `printAttribute` writes; and `iota(step)`, a tensor that counts up: 0, step, 2 × step … */
export function parseAttribute(scanner: TextScanner): AttributeValue {
  const start = scanner.position;
  const literal = parseLiteral(scanner);
  if (scanner.accept(':')) return toTensor(literal, parseTensorType(scanner), scanner, start);
  if (literal.kind === 'value') return literal.value;
  return scanner.fail('a tensor needs its type: `: tensor<…>`', start);
}

/** Reads what `printTensor` writes. Elided tensors become zeros. */
export function parseTensor(scanner: TextScanner): Tensor {
  const start = scanner.position;
  const literal = parseLiteral(scanner);
  scanner.expect(':');
  return toTensor(literal, parseTensorType(scanner), scanner, start);
}

function parseLiteral(scanner: TextScanner): Literal {
  if (scanner.sees('[')) {
    const start = scanner.position;
    return joined(
      scanner.list('[', ']', () => parseLiteral(scanner)),
      scanner,
      start,
    );
  }
  if (scanner.accept('splat')) {
    const start = scanner.position;
    const [element, ...more] = elementsOf(
      parenthesized(scanner, () => parseLiteral(scanner)),
      scanner,
      start,
    );
    if (element === undefined || more.length > 0) scanner.fail('`splat` takes one element', start);
    return { kind: 'fill', at: () => element };
  }
  if (scanner.accept('iota')) {
    const step = parenthesized(scanner, () => scanner.number() ?? scanner.fail('expected a number'));
    return { kind: 'fill', at: (index) => index * step };
  }
  if (scanner.accept('elided')) {
    parenthesized(scanner, () => scanner.string() ?? scanner.fail('expected a hash in quotes'));
    return { kind: 'fill', at: () => 0 };
  }
  if (scanner.sees('(')) {
    const pair = scanner.list('(', ')', () => scanner.number() ?? scanner.fail('expected a number'));
    if (pair.length !== 2) scanner.fail('a complex number is a pair');
    return { kind: 'elements', elements: [pair as unknown as readonly [number, number]] };
  }
  return { kind: 'value', value: parseScalar(scanner) };
}

function parseScalar(scanner: TextScanner): AttributeValue {
  if (scanner.accept('none') || scanner.accept('?')) return null;
  if (scanner.accept('true')) return true;
  if (scanner.accept('false')) return false;
  if (scanner.accept('bytes')) return parseBytes(scanner);
  return (
    scanner.bigint() ??
    scanner.number() ??
    scanner.string() ??
    scanner.fail('expected a value: a number, a string, `true`, `false`, `none`, a list or a tensor')
  );
}

function parseBytes(scanner: TextScanner): Uint8Array {
  const hex = parenthesized(scanner, () => scanner.string() ?? scanner.fail('expected hexadecimal digits in quotes'));
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) scanner.fail(`"${hex}" is not hexadecimal`);
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function parenthesized<T>(scanner: TextScanner, content: () => T): T {
  scanner.expect('(');
  const result = content();
  scanner.expect(')');
  return result;
}

/** A list of values is a value; with anything else in it, it can only be a tensor. */
function joined(items: readonly Literal[], scanner: TextScanner, start: number): Literal {
  const values = items.flatMap((item) => (item.kind === 'value' ? [item.value] : []));
  if (values.length === items.length) return { kind: 'value', value: values };
  return { kind: 'elements', elements: items.flatMap((item) => elementsOf(item, scanner, start)) };
}

function elementsOf(literal: Literal, scanner: TextScanner, start: number): readonly Element[] {
  if (literal.kind === 'elements') return literal.elements;
  if (literal.kind === 'fill') return scanner.fail('`splat`, `iota` and `elided` stand alone', start);
  return flatten(literal.value, scanner, start);
}

function flatten(value: AttributeValue, scanner: TextScanner, start: number): Element[] {
  if (typeof value === 'string') return [new TextEncoder().encode(value)];
  if (value === null || value instanceof Tensor) return scanner.fail('this is no element of a tensor', start);
  if (typeof value !== 'object' || value instanceof Uint8Array) return [value];
  return (value as readonly AttributeValue[]).flatMap((item) => flatten(item, scanner, start));
}

function toTensor(literal: Literal, type: TensorType, scanner: TextScanner, start: number): Tensor {
  const { dtype, shape } = type;
  if (!isStatic(shape)) return scanner.fail('a constant has a known shape', start);
  const elements = literal.kind === 'fill' ? undefined : elementsOf(literal, scanner, start);
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (elements && elements.length !== count) {
    return scanner.fail(`${formatType(type)} takes ${count} elements, not ${elements.length}`, start);
  }
  const at =
    literal.kind === 'fill' ? literal.at : (index: number) => (elements as readonly Element[])[index] as Element;
  return tensorOfElements(dtype, shape, (index) => {
    const element = at(index);
    // A fill of zeros stands for empty strings too.
    if (dtype === 'string' && element === 0) return new Uint8Array(0);
    if (!fits(element, dtype)) scanner.fail(`an element does not fit ${formatType(type)}`, start);
    return element;
  });
}

function fits(element: Element, dtype: TensorType['dtype']): boolean {
  if (dtype === 'string') return element instanceof Uint8Array;
  if (dtype === 'bool') return typeof element === 'boolean' || element === 0 || element === 1;
  if (dtype.startsWith('complex')) return Array.isArray(element) || element === 0;
  if (dtype.includes('int')) return typeof element === 'bigint' || Number.isInteger(element);
  return typeof element === 'number' || typeof element === 'bigint';
}
