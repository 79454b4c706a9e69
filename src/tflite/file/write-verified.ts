import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import { layOutModel, type ModelLayout } from './model-layout.js';
import type { ModelRecord, ModelToWrite } from './model-record.js';
import { parseModel } from './read-model.js';
import { verifyModel } from './verify-model.js';
import { writeLayout } from './write-model.js';

/** Larger buffers hold weights, in which there is nothing to verify but their length. */
const READ_BACK = 1 << 16;

/**
 * Writes a model, or the bytes of a file as they are, reads the file back and verifies it; only then it gets its name, so that what stands under `path` is
 * whole and sound. Gives the model as read, in which large buffers are zeros: they are not read, which would take as
 * much memory again. Rejects with a DiagnosticError `file-unreadable`, and an Error where the file is not sound, which is
 * a defect of whoever made the model.
 */
export async function writeVerifiedModelFile(model: ModelToWrite | Uint8Array, path: string): Promise<ModelRecord> {
  const candidate = join(dirname(path), `.${basename(path)}.${process.pid}.unverified`);
  try {
    const layout = model instanceof Uint8Array ? laidOut(model) : layOutModel(model);
    await orFail(path, candidate, () => writeLayout(layout, candidate));
    const written = readBack(layout, candidate);
    await orFail(path, candidate, () => renameSync(candidate, path));
    return written;
  } finally {
    if (existsSync(candidate)) rmSync(candidate);
  }
}

function laidOut(bytes: Uint8Array): ModelLayout {
  return { head: bytes, pieces: [], byteLength: bytes.byteLength };
}

/** Runs what touches the file system; its errors speak of the file that the user asked for. */
async function orFail(path: string, candidate: string, action: () => Promise<void> | void): Promise<void> {
  try {
    await action();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    // Weights are read while the file is written: what is wrong with where they come from is told as it is.
    if (code === undefined && !isAbout(candidate, error)) throw error;
    const detail = error instanceof DiagnosticError ? (error.diagnostics[0]?.detail ?? message) : message;
    fail('file-unreadable', { detail: detail.replaceAll(candidate, path), locations: [{ file: path }] });
  }
}

function isAbout(file: string, error: unknown): error is DiagnosticError {
  if (!(error instanceof DiagnosticError)) return false;
  return error.diagnostics.some(({ locations }) => locations.some((location) => location.file === file));
}

function readBack(layout: ModelLayout, path: string): ModelRecord {
  try {
    const written = parseModel(readSparsely(path, layout));
    verifyModel(written);
    return written;
  } catch (error) {
    throw new Error(`the file that was written is not sound: ${(error as Error).message}`, { cause: error });
  }
}

/** The file's bytes without those of large buffers; the memory for them stays untouched. */
function readSparsely(path: string, { head, pieces, byteLength }: ModelLayout): Uint8Array {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size !== byteLength) throw new Error(`it has ${size} bytes, not ${byteLength}`);
    // Of shared memory V8 does not think that it presses: otherwise it would look for garbage now, when all is done.
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    for (const { position, content } of [{ position: 0, content: head }, ...pieces]) {
      const end = position + content.byteLength;
      if (position > 0 && content.byteLength > READ_BACK) continue;
      for (let at = position; at < end; ) {
        const count = readSync(descriptor, bytes, at, end - at, at);
        if (count === 0) throw new Error(`it ends at ${at}`);
        at += count;
      }
    }
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
