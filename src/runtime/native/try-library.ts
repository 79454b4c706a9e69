import { fail } from '#diagnostics/diagnostic.js';
import { RuntimeWorker, WorkerFailure } from '../worker-client.js';
import type { LiteRtLibrary } from './litert-library.js';
import { nativeProcess } from './native-process.js';

const TIME_LIMIT_MS = 60_000;

/**
 * Loads the library once, so that one which cannot be used here is not taken for models that cannot be run. Throws a
 * DiagnosticError, `runtime-missing`.
 */
export async function tryLibrary(library: LiteRtLibrary): Promise<void> {
  const worker = new RuntimeWorker(nativeProcess(library));
  try {
    // There is nothing to free: what comes before any request is all that is done.
    await worker.request({ kind: 'free', model: 0 }, TIME_LIMIT_MS);
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error;
    fail('runtime-missing', { detail: `${library.path} cannot be used: ${[error.message, ...error.log].join('; ')}.` });
  } finally {
    await worker.dispose();
  }
}
