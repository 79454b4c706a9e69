import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readChunks, readStart, rejectUnreadable } from './file-access.js';
import { listFiles } from './folders/list-files.js';

/**
 * The SHA-256, in hexadecimal, of what a data set holds, wherever it lies and whatever it is called: that of the file,
 * or for a folder that of the lines `SHA256  PATH` of all its files, sorted by path, as `sha256sum` writes them. Read
 * chunk by chunk. Throws a DiagnosticError (`file-unreadable`, `lfs-pointer`).
 */
export async function dataSetDigest(path: string): Promise<string> {
  const stats = await stat(path).catch((error: unknown) => rejectUnreadable(path, error));
  if (!stats.isDirectory()) return fileDigest(path);
  const lines = createHash('sha256');
  for (const file of await listFiles(path)) lines.update(`${await fileDigest(join(path, file))}  ${file}\n`);
  return lines.digest('hex');
}

async function fileDigest(path: string): Promise<string> {
  await readStart(path, 0);
  const hash = createHash('sha256');
  for await (const chunk of readChunks(path)) hash.update(chunk);
  return hash.digest('hex');
}
