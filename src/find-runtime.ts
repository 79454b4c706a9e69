import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import {
  LITERT_PACKAGE,
  type LiteRtLibrary,
  libraryFile,
  refuseUnknownVersion,
} from '#runtime/native/litert-library.js';
import { tryLibrary } from '#runtime/native/try-library.js';
import type { Runtime } from '#runtime/open-interpreter.js';
import { askPython, type PythonPurpose, type PythonSettings, pythonFor } from './engines/tensorflow/set-up-python.js';

/** Which runtime a user asks for; for the native one, the Python that has it. */
export interface RuntimeSettings extends PythonSettings {
  readonly runtime: 'wasm' | 'native';
}

const forLiteRt: PythonPurpose = { name: 'litert', requirements: 'litert-requirements.txt', code: 'runtime-missing' };

/**
 * LiteRT's native library, in the package `ai-edge-litert` of the user's Python, or of one that is made where that is
 * asked for. Python is only asked where it is. Throws a DiagnosticError, `runtime-missing`.
 */
export async function findLiteRtLibrary(settings: PythonSettings): Promise<LiteRtLibrary> {
  const file = libraryFile();
  const python = await pythonFor(settings, forLiteRt);
  const { litert } = await askPython(python, forLiteRt);
  if (litert === null) {
    return fail('runtime-missing', { detail: `${python} does not have the package ${LITERT_PACKAGE}.` });
  }
  const library = { path: join(litert.folder, file), version: litert.version };
  refuseUnknownVersion(library);
  if (!existsSync(library.path)) fail('runtime-missing', { detail: `${library.path} does not exist.` });
  await tryLibrary(library);
  return library;
}

/** The runtime that is asked for. Throws a DiagnosticError, `runtime-missing`. */
export async function resolveRuntime(settings: RuntimeSettings | undefined): Promise<Runtime> {
  return settings?.runtime === 'native' ? findLiteRtLibrary(settings) : 'wasm';
}
