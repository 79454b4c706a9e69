import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { LiteRtLibrary } from '#runtime/native/litert-library.js';
import { findLiteRtLibrary } from '../../src/find-runtime.js';

/**
 * LiteRT's native library where this machine has it: in the Python that `TFLITE_GATE_LITERT` names, which then has to have
 * it, in the environment of `npm run test:tensorflow`, or in the user's Python. Says why where there is none.
 */
export async function availableLibrary(): Promise<LiteRtLibrary | undefined> {
  const named = process.env['TFLITE_GATE_LITERT'];
  if (named !== undefined) return findLiteRtLibrary({ python: named });
  try {
    const python = testPython();
    return await findLiteRtLibrary(existsSync(python) ? { python } : {});
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    process.stderr.write(`the native runtime is not tested: ${error.diagnostics[0]?.detail}\n`);
    return undefined;
  }
}

/** The Python that test/tensorflow/environment.mjs makes. */
function testPython(): string {
  const pins = readFileSync(new URL('../tensorflow/requirements.txt', import.meta.url));
  const name = `venv-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`;
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'tflite-gate', name, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}
