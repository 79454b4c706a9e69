import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import type { ModelRecord, ModelToWrite } from './model-record.js';
import { readModelFile } from './read-model.js';
import { verifyModel } from './verify-model.js';
import { writeModelFile } from './write-model.js';

/**
 * Writes a model, reads the file back and verifies it; only then it gets its name, so that what stands under `path` is
 * whole and sound. Gives the model as read. Throws a DiagnosticError `file-unreadable`, and an Error where the file is
 * not sound, which is a defect of whoever made the model.
 */
export function writeVerifiedModelFile(model: ModelToWrite, path: string): ModelRecord {
  const candidate = join(dirname(path), `.${basename(path)}.${process.pid}.unverified`);
  try {
    orFail(path, candidate, () => writeModelFile(model, candidate));
    const written = readBack(candidate);
    orFail(path, candidate, () => renameSync(candidate, path));
    return written;
  } finally {
    if (existsSync(candidate)) rmSync(candidate);
  }
}

/** Runs what touches the file system; its errors speak of the file that the user asked for. */
function orFail(path: string, candidate: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (code === undefined && !(error instanceof DiagnosticError)) throw error;
    const detail = error instanceof DiagnosticError ? (error.diagnostics[0]?.detail ?? message) : message;
    fail('file-unreadable', { detail: detail.replaceAll(candidate, path), locations: [{ file: path }] });
  }
}

function readBack(path: string): ModelRecord {
  try {
    const written = readModelFile(path);
    verifyModel(written);
    return written;
  } catch (error) {
    throw new Error(`the file that was written is not sound: ${(error as Error).message}`, { cause: error });
  }
}
