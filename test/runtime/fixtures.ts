import { readFileSync } from 'node:fs';
import { type Diagnostic, DiagnosticError } from '#diagnostics/diagnostic.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';

function fixture(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${file}`, import.meta.url)));
}

/** The bytes of a fixture's model. */
export function modelBytes(name: string): Uint8Array {
  return fixture(`${name}.tflite`);
}

/** A fixture's model, changed. */
export function changedModel(name: string, change: (model: ModelRecord) => ModelRecord): Uint8Array {
  return serializeModel(change(parseModel(modelBytes(name))));
}

/** Inputs that the fixture's model was run with, and what LiteRT's Python interpreter computed. */
export function recordedRun(name: string, number = 1): { inputs: Map<string, Tensor>; outputs: Map<string, Tensor> } {
  const inputs = new Map<string, Tensor>();
  const outputs = new Map<string, Tensor>();
  for (const [key, tensor] of readNpz(fixture(`${name}${number === 1 ? '' : `.${number}`}.npz`))) {
    (key.startsWith('in:') ? inputs : outputs).set(key.slice(key.indexOf(':') + 1), tensor);
  }
  return { inputs, outputs };
}

/** All tensors that operators computed in the fixture's last recorded run, by index. */
export function recordedTensors(name: string): Map<number, Tensor> {
  return new Map([...readNpz(fixture(`${name}.tensors.npz`))].map(([key, tensor]) => [Number(key), tensor]));
}

/** How two tensors differ beyond rounding errors of float32; empty if they do not. */
export function difference(actual: Tensor | undefined, expected: Tensor): string {
  if (actual === undefined) return 'missing';
  const types = [actual, expected].map(({ dtype, shape }) => `${dtype} [${shape}]`);
  if (types[0] !== types[1]) return `${types[0]}, not ${types[1]}`;
  if (expected.dtype !== 'float32') {
    return Buffer.from(actual.bytes).equals(expected.bytes) ? '' : `${actual.data}, not ${expected.data}`;
  }
  const [a, b] = [actual.data as Float32Array, expected.data as Float32Array];
  const index = b.findIndex((value, i) => {
    const other = a[i] as number;
    return !Object.is(value, other) && !(Math.abs(value - other) <= 2e-6 * Math.max(1, Math.abs(value)));
  });
  return index < 0 ? '' : `${a[index]} at ${index}, not ${b[index]}`;
}

/** The differences of whole sets of tensors, by key. */
export function differences<K>(actual: ReadonlyMap<K, Tensor>, expected: ReadonlyMap<K, Tensor>): string[] {
  const surplus = [...actual.keys()].filter((key) => !expected.has(key)).map((key) => `${key}: not expected`);
  const found = [...expected].map(([key, tensor]) => [key, difference(actual.get(key), tensor)] as const);
  return [...surplus, ...found.filter(([, text]) => text !== '').map(([key, text]) => `${key}: ${text}`)];
}

/** The findings with which an action fails. */
export async function findingsOf(action: Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await action;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error('it did not fail');
}
