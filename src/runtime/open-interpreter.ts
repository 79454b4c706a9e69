import { parseModel } from '#tflite/file/read-model.js';
import type { Flavour } from './assets.js';
import type { Interpreter, InterpreterOptions } from './interpreter.js';
import { LiteRtInterpreter } from './litert-interpreter.js';
import type { LiteRtLibrary } from './native/litert-library.js';
import { nativeProcess } from './native/native-process.js';
import { wasmThread } from './wasm-thread.js';
import type { RuntimeKind } from './worker-client.js';

/** Which build of LiteRT runs models: the WebAssembly that this tool brings along, or a native library of the user's. */
export type Runtime = 'wasm' | LiteRtLibrary;

export interface OpenOptions extends InterpreterOptions {
  /** Default: `wasm`. */
  readonly runtime?: Runtime | undefined;
  /** Which build of the wasm; see `Flavour`. Default: `compat`, the one whose results are the same everywhere. */
  readonly flavour?: Flavour;
}

/**
 * Opens a model, given as the bytes of a `.tflite` file, which must not change while it is open. Throws a
 * DiagnosticError (`invalid-tflite`, `lfs-pointer`); whether the model can be run shows at the first run.
 */
export async function openInterpreter(model: Uint8Array, options: OpenOptions = {}): Promise<Interpreter> {
  // A plain array: of a Node Buffer, `slice` would not copy.
  const bytes = new Uint8Array(model.buffer, model.byteOffset, model.byteLength);
  return new LiteRtInterpreter(parseModel(bytes, options.file), options, runtimeKind(options));
}

export function runtimeKind({ runtime = 'wasm', flavour = 'compat' }: OpenOptions): RuntimeKind {
  return runtime === 'wasm' ? wasmThread(flavour) : nativeProcess(runtime);
}
