import type { ModelRecord } from '#tflite/file/model-record.js';
import { parseModel, readModelFile } from '#tflite/file/read-model.js';
import type { Flavour } from './assets.js';
import type { Interpreter, InterpreterOptions } from './interpreter.js';
import { WasmInterpreter } from './wasm-interpreter.js';

export interface OpenOptions extends InterpreterOptions {
  /** Which build of the runtime; see `Flavour`. Default: `compat`, the one whose results are the same everywhere. */
  readonly flavour?: Flavour;
}

/**
 * Opens a model, given as the bytes of a `.tflite` file or as they were read, which must not change while it is open.
 * Throws a DiagnosticError (`invalid-tflite`, `lfs-pointer`); whether the model can be run shows at the first run.
 */
export async function openInterpreter(
  model: Uint8Array | ModelRecord,
  options: OpenOptions = {},
): Promise<Interpreter> {
  const record = model instanceof Uint8Array ? parseModel(model, options.file) : model;
  return new WasmInterpreter(record, options, options.flavour ?? 'compat');
}

/** Opens the model in a `.tflite` file of any size; otherwise as `openInterpreter`. Throws `file-unreadable` besides. */
export async function openModelFile(path: string, options: OpenOptions = {}): Promise<Interpreter> {
  return openInterpreter(readModelFile(path), { file: path, ...options });
}
