import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { now } from '#diagnostics/clock.js';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import { layOutModel, type ModelLayout } from './model-layout.js';
import { modelOfLayout } from './model-of-layout.js';
import type { ModelRecord, ModelToWrite } from './model-record.js';
import { StoredFile } from './stored-file.js';
import { verifyModel } from './verify-model.js';
import { type WriteOptions, writeContent } from './write-model.js';

export interface WriteVerifiedOptions extends WriteOptions {
  /** Told how many milliseconds `write-file` and `verify-file` took. */
  readonly onStage?: ((name: string, ms: number) => void) | undefined;
}

/**
 * Writes a model, or the bytes of a file as they are, reads the file back and verifies it; only then it gets its name, so
 * that what stands under `path` is whole and sound. Reading back needs no weights, and takes place while the largest of
 * them are being written. Gives the model as read, without reading its weights, which would take as much memory again:
 * large buffers are zeros, or, where they lie outside of the flatbuffer, read when they are asked for. Rejects with a
 * DiagnosticError `file-unreadable`, and an Error where the file is not sound, which is a defect of whoever made the model.
 */
export async function writeVerifiedModelFile(
  model: ModelToWrite | Uint8Array,
  path: string,
  { outsideFrom, onStage }: WriteVerifiedOptions = {},
): Promise<ModelRecord> {
  const candidate = join(dirname(path), `.${basename(path)}.${process.pid}.unverified`);
  try {
    const start = now();
    const layout = model instanceof Uint8Array ? laidOut(model) : layOutModel(model, outsideFrom);
    const file = new StoredFile(candidate, path);
    let verifying = 0;
    const verify = (): ModelRecord => {
      const begun = now();
      const written = readBack(layout, file);
      verifying = now() - begun;
      return written;
    };
    const written = await orFail(path, candidate, () => writeContent(layout, candidate, verify));
    checkSize(layout, file);
    onStage?.('write-file', now() - start - verifying);
    onStage?.('verify-file', verifying);
    await orFail(path, candidate, () => renameSync(candidate, path));
    file.path = path;
    return written;
  } finally {
    if (existsSync(candidate)) rmSync(candidate);
  }
}

function laidOut(bytes: Uint8Array): ModelLayout {
  return { head: bytes, pieces: [], byteLength: bytes.byteLength, outside: false };
}

/** Runs what touches the file system; its errors speak of the file that the user asked for. */
async function orFail<T>(path: string, candidate: string, action: () => Promise<T> | T): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    // Weights are read while the file is written: what is wrong with where they come from is told as it is.
    if (code === undefined && !isAbout(candidate, error)) throw error;
    const own = error instanceof DiagnosticError ? error.diagnostics[0]?.detail : undefined;
    const detail = own ?? `${path} cannot be written: ${message}.`;
    return fail('file-unreadable', { detail: detail.replaceAll(candidate, path), locations: [{ file: path }] });
  }
}

function isAbout(file: string, error: unknown): error is DiagnosticError {
  if (!(error instanceof DiagnosticError)) return false;
  return error.diagnostics.some(({ locations }) => locations.some((location) => location.file === file));
}

/** Every piece but those of large weights is read from the file as it lies there; the largest may still be under way. */
function readBack(layout: ModelLayout, file: StoredFile): ModelRecord {
  try {
    const written = file.together(() =>
      modelOfLayout(
        layout,
        (position, { byteLength }) => file.read(position, byteLength),
        (position, { byteLength }) => file.content(position, byteLength),
      ),
    );
    verifyModel(written);
    return written;
  } catch (error) {
    return failUnsound((error as Error).message, error);
  }
}

function checkSize({ byteLength }: ModelLayout, file: StoredFile): void {
  const size = file.size();
  if (size !== byteLength) failUnsound(`it has ${size} bytes, not ${byteLength}`);
}

function failUnsound(reason: string, cause?: unknown): never {
  throw new Error(`the file that was written is not sound: ${reason}`, { cause });
}
