import type { DType } from '#tensor/dtype.js';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from '#tensor/float16.js';
import { Tensor } from '#tensor/tensor.js';
import type { AttributeValue } from './attribute.js';
import { type Element, elementAt, repeatedElement } from './tensor-elements.js';
import { contentHash } from './tensor-hash.js';
import { formatType, tensorType } from './type.js';

/** Text in quotes, as JSON writes it, with all control characters escaped: names come from models. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The text form of an attribute; tensors of more than `maxElements` elements are elided. */
export function printAttribute(value: AttributeValue, maxElements: number): string {
  if (value === null) return 'none';
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Tensor) return printTensor(value, maxElements);
  if (value instanceof Uint8Array) return printBytes(value);
  const items = value as readonly AttributeValue[];
  return `[${items.map((item) => (item === null ? '?' : printAttribute(item, maxElements))).join(', ')}]`;
}

/**
 * The text form of a tensor with its type: `[1, 2] : tensor<2xi32>`, `splat(0) : …` where all elements are one,
 * `elided("hash") : …` where there are more than `maxElements`.
 */
export function printTensor(tensor: Tensor, maxElements: number): string {
  return `${printElements(tensor, maxElements)} : ${formatType(tensorType(tensor.dtype, tensor.shape))}`;
}

function printElements(tensor: Tensor, maxElements: number): string {
  const repeated = tensor.size > 1 ? repeatedElement(tensor) : undefined;
  if (repeated !== undefined) return `splat(${printElement(repeated, tensor.dtype)})`;
  if (tensor.size > maxElements) return `elided(${quote(contentHash(tensor))})`;
  let at = 0;
  const print = (axis: number): string => {
    if (axis === tensor.rank) return printElement(elementAt(tensor, at++), tensor.dtype);
    return `[${Array.from({ length: tensor.shape[axis] as number }, () => print(axis + 1)).join(', ')}]`;
  };
  // The nesting of an empty tensor would say nothing, and could be of any length.
  return tensor.size === 0 ? '[]' : print(0);
}

/** What storing a number in an element of this dtype makes of it. */
const roundings: Partial<Record<DType, (value: number) => number>> = {
  float32: Math.fround,
  complex64: Math.fround,
  float16: (value) => float16ToNumber(numberToFloat16(value)),
  bfloat16: (value) => bfloat16ToNumber(numberToBfloat16(value)),
};

function printElement(element: Element, dtype: DType): string {
  const round = roundings[dtype];
  if (typeof element === 'number') return printNumber(element, round);
  if (element instanceof Uint8Array) return printText(element);
  if (typeof element === 'object') return `(${printNumber(element[0], round)}, ${printNumber(element[1], round)})`;
  return String(element);
}

/** The shortest decimal that reads back as the same number, or that `round` brings to it. */
function printNumber(value: number, round?: (value: number) => number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  if (round && !(Number.isInteger(value) && Math.abs(value) < 1e7)) {
    for (let digits = 1; digits <= 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (round(short) === value) return printNumber(short);
    }
  }
  // Integers without an exponent that a number cannot hold exactly are bigints to the parser.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

/** A string element in quotes where it is UTF-8, else its bytes. */
function printText(bytes: Uint8Array): string {
  try {
    return quote(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return printBytes(bytes);
  }
}

function printBytes(bytes: Uint8Array): string {
  return `bytes("${Buffer.from(bytes).toString('hex')}")`;
}
