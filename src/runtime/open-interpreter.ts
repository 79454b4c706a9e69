import { parseModel } from '#tflite/file/read-model.js';
import type { Flavour } from './assets.js';
import type { Interpreter, InterpreterOptions } from './interpreter.js';
import { WasmInterpreter } from './wasm-interpreter.js';

export interface OpenOptions extends InterpreterOptions {
  /** Which build of the runtime; see `Flavour`. Default: `compat`, the one whose results are the same everywhere. */
  readonly flavour?: Flavour;
}

/**
 * Opens a model, given as the bytes of a `.tflite` file, which must not change while it is open. Throws a
 * DiagnosticError (`invalid-tflite`, `lfs-pointer`); whether the model can be run shows at the first run.
 */
export async function openInterpreter(model: Uint8Array, options: OpenOptions = {}): Promise<Interpreter> {
  // A plain array: of a Node Buffer, `slice` would not copy.
  const bytes = new Uint8Array(model.buffer, model.byteOffset, model.byteLength);
  return new WasmInterpreter(parseModel(bytes, options.file), options, options.flavour ?? 'compat');
}
