import { fail } from '#diagnostics/diagnostic.js';
import { closestSpelling } from '#diagnostics/spelling.js';
import type { DType } from '#tensor/dtype.js';
import { formatShape, type Shape } from '#tensor/shape.js';
import type { DataSignature } from './data-set.js';

const MOST_SHOWN = 20;

/** A sample: the number of its row, and for texts its line. */
export type SamplePlace = number | { readonly row: number; readonly line: number };

/** Throws the DiagnosticError (`invalid-data`) for a file: `reason` continues "FILE: ". */
export function rejectData(file: string, reason: string, ...help: string[]): never {
  return fail('invalid-data', { detail: `${file}: ${reason}.`, locations: [{ file }], help });
}

/** Throws the error for a line of a text, from 1: `reason` continues "FILE: line N: ". */
export function rejectLine(file: string, line: number, reason: string, ...help: string[]): never {
  return fail('invalid-data', { detail: `${file}: line ${line}: ${reason}.`, locations: [{ file, line }], help });
}

/** Throws the error for one sample and a key in it. */
export function rejectSample(file: string, place: SamplePlace, key: string, reason: string, ...help: string[]): never {
  if (typeof place === 'number') return rejectData(file, `sample ${place}, '${key}': ${reason}`, ...help);
  const { row, line } = place;
  const detail = `${file}: sample ${row} (line ${line}), '${key}': ${reason}.`;
  return fail('invalid-data', { detail, locations: [{ file, line }], help });
}

/** Throws the error for an input of which the data has nothing under its name. */
export function rejectMissing(file: string, place: string, wanted: string, found: readonly string[]): never {
  const close = closestSpelling(wanted, found);
  const shown = found.slice(0, MOST_SHOWN).map((name) => `'${name}'`);
  const names = found.length === 0 ? 'nothing' : [...shown, ...(found.length > MOST_SHOWN ? ['…'] : [])].join(', ');
  return rejectData(
    file,
    `${place} '${wanted}' is missing; there is ${names}`,
    ...(close === undefined ? [] : [`Did you mean '${wanted}' by '${close}'? Rename it in the data.`]),
    'Keys are the names of the inputs in the signature of the model; `tflite-gate inspect` lists them.',
  );
}

/** `float32 [?x28x28x1]` */
export function describeType(dtype: DType, shape: Shape): string {
  return `${dtype} [${formatShape(shape)}]`;
}

/** The signature's only input, for data that holds one thing a sample. Throws where there are several. */
export function onlyInput(file: string, signature: DataSignature, what: string) {
  const [input, ...more] = signature.inputs;
  if (input !== undefined && more.length === 0) return input;
  const names = signature.inputs.map(({ name }) => `'${name}'`).join(', ') || 'none';
  return rejectData(
    file,
    `${what} can only be given to a model with one input, and signature '${signature.key}' has ${signature.inputs.length}: ${names}`,
    'Give an .npz file with an array for each input, or a .tfrecord of tf.train.Example.',
  );
}
