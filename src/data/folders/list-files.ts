import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { rejectUnreadable } from '../file-access.js';

/** What operating systems and tools leave in folders. */
const HIDDEN = /^(\.|__MACOSX$)/;

/**
 * All files below a folder, by their paths in it with `/` between the parts, sorted by code units: the same order on any
 * machine. Hidden files and folders are left out, and links to folders are not followed. Throws a DiagnosticError
 * (`file-unreadable`), also for links that lead nowhere.
 */
export async function listFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  const open = [''];
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    const path = join(folder, inner);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) =>
      rejectUnreadable(path, error),
    );
    for (const entry of entries) {
      if (HIDDEN.test(entry.name)) continue;
      if (entry.isDirectory()) open.push(`${inner}${entry.name}/`);
      else if (entry.isFile() || (await leadsToFile(join(path, entry.name)))) files.push(inner + entry.name);
    }
  }
  return files.sort();
}

async function leadsToFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch((error: unknown) => rejectUnreadable(path, error));
  return stats.isFile();
}
