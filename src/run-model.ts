import { readFileSync } from 'node:fs';
import { fail } from '#diagnostics/diagnostic.js';
import type { Interpreter } from '#runtime/interpreter.js';
import { openModelFile } from '#runtime/open-interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';
import { NpyError } from '#tensor/npy.js';
import { readNpz, writeNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { type RuntimeSettings, resolveRuntime } from './find-runtime.js';

export interface RunModelOptions {
  /** Key of the signature; may be left out where there is only one, or one named `serving_default`. */
  readonly signature?: string | undefined;
  /** Limit of the run in milliseconds. */
  readonly timeLimitMs?: number | undefined;
  /** What runs it; by default the WebAssembly that comes along. */
  readonly runtime?: RuntimeSettings | undefined;
}

export interface ModelRun {
  /** The outputs as an .npz file, by the signature's names. */
  readonly npz: Uint8Array;
  readonly outputs: readonly { readonly name: string; readonly dtype: string; readonly shape: readonly number[] }[];
  /** Arrays of the inputs' file that no input has the name of: labels, mostly. */
  readonly unused: readonly string[];
  /** Wall time of the kernels alone. */
  readonly milliseconds: number;
}

/**
 * Runs a `.tflite` file once, on the arrays of an .npz file whose keys are the signature's input names. Throws a
 * DiagnosticError for files that cannot be read, inputs that do not fit, and models that do not run.
 */
export async function runModel(model: string, inputs: string, options: RunModelOptions = {}): Promise<ModelRun> {
  const arrays = explainNpy(inputs, () => readNpz(read(inputs)));
  const { signature, timeLimitMs } = options;
  const interpreter = await openModelFile(model, {
    runtime: await resolveRuntime(options.runtime),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
  });
  try {
    const unused = unusedArrays(interpreter, arrays, signature);
    for (const name of unused) arrays.delete(name);
    const { outputs, milliseconds } = await interpreter.run(arrays, signature === undefined ? {} : { signature });
    return {
      npz: explainNpy('The outputs', () => writeNpz(outputs)),
      outputs: [...outputs].map(([name, { dtype, shape }]: [string, Tensor]) => ({ name, dtype, shape })),
      unused,
      milliseconds,
    };
  } finally {
    await interpreter.dispose();
  }
}

/** Where an input has no array, none counts as unused: it may be a misspelt name, which the error then shows. */
function unusedArrays(interpreter: Interpreter, arrays: ReadonlyMap<string, Tensor>, key?: string): string[] {
  const { signatures } = interpreter;
  const chosen = signatures.find((signature) => signature.key === (key ?? 'serving_default'));
  const signature = chosen ?? (key === undefined && signatures.length === 1 ? signatures[0] : undefined);
  const names = signature?.inputs.map(({ name }) => name) ?? [];
  if (!signature || names.some((name) => !arrays.has(name))) return [];
  return [...arrays.keys()].filter((name) => !names.includes(name));
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${path} cannot be read: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
}

function explainNpy<T>(subject: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof NpyError)) throw error;
    return fail('invalid-data', { detail: `${subject}: ${error.message}.`, locations: [{ file: subject }] });
  }
}

/** An output that holds no number at all: the sign of a conversion gone wrong, or of inputs the model cannot take. */
export interface SampleFinding {
  readonly signature: string;
  readonly output: string;
}

/**
 * Runs every signature of a `.tflite` file on seeded random inputs, free dimensions being 1. Throws a DiagnosticError
 * where the model does not run; gives the float outputs that are NaN throughout.
 */
export async function runOnSamples(model: string): Promise<readonly SampleFinding[]> {
  const interpreter = await openModelFile(model);
  try {
    const findings: SampleFinding[] = [];
    for (const signature of interpreter.signatures) {
      const { outputs } = await interpreter.run(randomInputs(signature), { signature: signature.key });
      for (const [output, tensor] of outputs) {
        if (isAllNaN(tensor)) findings.push({ signature: signature.key, output });
      }
    }
    return findings;
  } finally {
    await interpreter.dispose();
  }
}

function isAllNaN(tensor: Tensor): boolean {
  if (tensor.dtype !== 'float32' || tensor.size === 0) return false;
  return (tensor.data as Float32Array).every((value) => Number.isNaN(value));
}
