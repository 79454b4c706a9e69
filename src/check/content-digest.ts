import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface ContentDigest {
  /** SHA-256, in hexadecimal: of a file, or of the lines `SHA256  PATH` of a folder's files, sorted by path. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What a file or folder holds, wherever it lies and whatever it is called. Files are read as streams. */
export async function contentDigest(path: string): Promise<ContentDigest> {
  const stats = await stat(path);
  if (!stats.isDirectory()) return { sha256: await fileDigest(path), bytes: stats.size };
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((file) => ({ file, name: file.slice(path.length + 1).replaceAll('\\', '/') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = createHash('sha256');
  let bytes = 0;
  for (const { file, name } of files) {
    lines.update(`${await fileDigest(file)}  ${name}\n`);
    bytes += (await stat(file)).size;
  }
  return { sha256: lines.digest('hex'), bytes };
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
