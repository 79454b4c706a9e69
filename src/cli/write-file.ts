import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';

/**
 * Writes a file beside `path` and renames it, so that a file of that name is always whole; its folder is made where it
 * does not exist. Throws a DiagnosticError, `file-unreadable`, where the operating system refuses.
 */
export function writeWholeFile(path: string, content: string | Uint8Array): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    fail('file-unreadable', {
      detail: `${path} cannot be written: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
}

/** Makes a folder and those above it. Throws a DiagnosticError, `file-unreadable`. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    fail('file-unreadable', {
      detail: `The folder ${path} cannot be made: ${(error as Error).message}.`,
      locations: [{ file: path }],
    });
  }
}
