import type { ModelRecord } from '#tflite/file/model-record.js';
import { parseModel, readModelFile } from '#tflite/file/read-model.js';
import type { Flavour } from './assets.js';
import type { Interpreter, InterpreterOptions } from './interpreter.js';
import { LiteRtInterpreter } from './litert-interpreter.js';
import type { LiteRtLibrary } from './native/litert-library.js';
import { nativeProcess } from './native/native-process.js';
import { wasmThread } from './wasm-thread.js';
import type { RuntimeKind } from './worker-client.js';

/** Which build of LiteRT runs models: the WebAssembly that this tool brings along, or a native library of the user's. */
export type Runtime = 'wasm' | LiteRtLibrary;

/** As records and baselines name it. */
export function runtimeName(runtime: Runtime): string {
  return runtime === 'wasm' ? 'WebAssembly' : `LiteRT ${runtime.version}`;
}

export interface OpenOptions extends InterpreterOptions {
  /** Default: `wasm`. */
  readonly runtime?: Runtime | undefined;
  /** Which build of the wasm; see `Flavour`. Default: `compat`, the one whose results are the same everywhere. */
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
  return new LiteRtInterpreter(record, options, runtimeKind(options));
}

/** Opens the model in a `.tflite` file of any size; otherwise as `openInterpreter`. Throws `file-unreadable` besides. */
export async function openModelFile(path: string, options: OpenOptions = {}): Promise<Interpreter> {
  return openInterpreter(readModelFile(path), { file: path, ...options });
}

export function runtimeKind({
  runtime = 'wasm',
  flavour = 'compat',
}: Pick<OpenOptions, 'runtime' | 'flavour'>): RuntimeKind {
  return runtime === 'wasm' ? wasmThread(flavour) : nativeProcess(runtime);
}

/** Whether variables of the model keep what one run left for the next one. */
export function keepsState({ operator_codes }: ModelRecord): boolean {
  return operator_codes.some(({ builtin_code }) => builtin_code === 'VAR_HANDLE');
}
