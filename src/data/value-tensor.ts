import { type DType, dtypes, isFloat, isInteger } from '#tensor/dtype.js';
import { numberToBfloat16, numberToFloat16 } from '#tensor/float16.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import type { DataInput } from './data-set.js';
import { shapeOfNested } from './fit-shape.js';
import { ValueMismatch } from './value-mismatch.js';

/** Numbers of classes by their names. */
export type ClassNumbers = ReadonlyMap<string, number>;

const WHOLE = /^[+-]?\d+$/;
const NAMED: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};
const MISSING = 'Leave the sample out, or fill in the missing value as was done for training.';
const LONGEST_SHOWN = 40;
const MOST_DIMENSIONS = 16;

/**
 * The tensor of a value as JSON has them: a number, text or truth value, or nested lists of them of equal lengths.
 * Numbers may be given as texts; for integers a text may be the name of a class. Throws a ValueMismatch.
 */
export function valueTensor(value: unknown, input: DataInput, classes?: ClassNumbers): Tensor {
  const dims: number[] = [];
  for (let part = value; Array.isArray(part); part = part[0]) dims.push(part.length);
  if (dims.length > MOST_DIMENSIONS) throw new ValueMismatch(`it is nested ${dims.length} deep`);
  const elements: unknown[] = [];
  flatten(value, dims, 0, elements);
  return elementsTensor(elements, dims, input, classes);
}

/** As `valueTensor`, for the elements of nested lists with these dimensions. */
export function elementsTensor(
  elements: readonly unknown[],
  dims: readonly number[],
  { dtype, shape }: DataInput,
  classes?: ClassNumbers,
): Tensor {
  const place = (i: number) => (elements.length === 1 ? 'it' : `its element ${i}`);
  const fitted = shapeOfNested(shape, dims);
  if (dtype === 'string') {
    return Tensor.fromStrings(
      fitted,
      elements.map((element, i) => Buffer.from(textOf(element, place(i)))),
    );
  }
  const data = allocate(dtype, elements.length);
  const convert = converterOf(dtype, classes);
  for (let i = 0; i < elements.length; i++) {
    const number = convert(elements[i]);
    if (number === undefined) throw unfit(elements[i], dtype, place(i), classes);
    data[i] = number;
    if (!isFloat(dtype) && BigInt(data[i] as number | bigint) !== BigInt(number)) {
      throw new ValueMismatch(`${place(i)} is ${number}, which is no ${dtype}`);
    }
  }
  return Tensor.from(dtype, fitted, data);
}

function flatten(value: unknown, dims: readonly number[], depth: number, elements: unknown[]): void {
  const length = dims[depth];
  if (length === undefined) {
    if (Array.isArray(value)) throw new ValueMismatch('some of its elements are lists, and some are not');
    elements.push(value);
    return;
  }
  if (!Array.isArray(value)) throw new ValueMismatch('some of its elements are lists, and some are not');
  if (value.length !== length) {
    throw new ValueMismatch(
      `its lists have different lengths, ${length} and ${value.length}`,
      'Pad them to one length, as was done for training.',
    );
  }
  for (const part of value) flatten(part, dims, depth + 1, elements);
}

/** Gives undefined for what is no element of this dtype. */
function converterOf(dtype: Exclude<DType, 'string'>, classes?: ClassNumbers) {
  if (dtype === 'float16') return (element: unknown) => mapped(realOf(element), numberToFloat16);
  if (dtype === 'bfloat16') return (element: unknown) => mapped(realOf(element), numberToBfloat16);
  if (dtype === 'float32' || dtype === 'float64') return realOf;
  if (dtype === 'bool') return truthOf;
  if (!isInteger(dtype) || dtype === 'int4') throw new ValueMismatch(`text cannot hold ${dtype}`);
  const large = dtypes[dtype].bytes === 8;
  return (element: unknown) => {
    const whole = (typeof element === 'string' ? classes?.get(element.trim()) : undefined) ?? wholeOf(element);
    return whole === undefined ? undefined : ((large ? BigInt(whole) : Number(whole)) as number);
  };
}

function mapped(value: number | undefined, change: (value: number) => number): number | undefined {
  return value === undefined ? undefined : change(value);
}

function realOf(element: unknown): number | undefined {
  if (typeof element === 'number') return element;
  if (typeof element !== 'string') return undefined;
  const text = element.trim();
  if (text === '') return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? NAMED[text.toLowerCase()] : number;
}

function wholeOf(element: unknown): number | bigint | undefined {
  if (typeof element === 'boolean') return Number(element);
  if (typeof element === 'string' && WHOLE.test(element.trim())) return BigInt(element.trim().replace('+', ''));
  // Tables write whole numbers as 3.0 where their column has gaps.
  const real = realOf(element);
  return Number.isSafeInteger(real) ? real : undefined;
}

function truthOf(element: unknown): number | undefined {
  if (typeof element === 'string' && /^\s*(true|false)\s*$/i.test(element)) return Number(/true/i.test(element));
  const whole = wholeOf(element);
  return whole === undefined || BigInt(whole) > 1n || BigInt(whole) < 0n ? undefined : Number(whole);
}

function textOf(element: unknown, place: string): string {
  if (typeof element === 'string') return element;
  throw new ValueMismatch(`${place} is ${shown(element)}, which is no text`);
}

function unfit(element: unknown, dtype: DType, place: string, classes?: ClassNumbers): ValueMismatch {
  if (element === null || element === undefined || (typeof element === 'string' && element.trim() === '')) {
    return new ValueMismatch(`${place} is missing`, MISSING);
  }
  if (typeof element === 'number' && Number.isInteger(element) && isInteger(dtype)) {
    return new ValueMismatch(`${place} is ${element}, too large to be exact`, 'Write it as text, in quotes.');
  }
  const isName = typeof element === 'string' && isInteger(dtype) && !Number.isFinite(Number(element));
  if (!isName) return new ValueMismatch(`${place} is ${shown(element)}, which is no ${dtype}`);
  if (classes === undefined) {
    return new ValueMismatch(
      `${place} is ${shown(element)}, which is no ${dtype}`,
      "For names of classes, list the classes in the order of the model's outputs, by the option `classes`, or for a folder in `classes.txt`, a name a line.",
    );
  }
  const names = [...classes.keys()];
  const list = names.slice(0, 10).join(', ');
  return new ValueMismatch(
    `${place} is ${shown(element)}, which is none of the ${names.length} classes: ${list}${names.length > 10 ? ', …' : ''}`,
  );
}

/** A value of the data in a message: as JSON, and not at length. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}
