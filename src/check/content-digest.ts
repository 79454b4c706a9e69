import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface ContentDigest {
  /** SHA-256, in hexadecimal: of a file, or of the lines `SHA256  PATH` of a folder's files, sorted by path. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What is at a path in a folder: a file to read, or words for what has no content of its own. */
type Entry = { readonly name: string } & (
  | { readonly file: string; readonly bytes: number }
  | { readonly words: string }
);

/**
 * What a file or folder holds, wherever it lies and whatever it is called. Files are read as streams. Symbolic links are
 * followed, as whoever reads a model or data follows them: a link counts as what it leads to.
 */
export async function contentDigest(path: string): Promise<ContentDigest> {
  const stats = await stat(path);
  if (!stats.isDirectory()) return { sha256: await fileDigest(path), bytes: stats.size };
  const entries = await entriesOf(path, '', new Map());
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = createHash('sha256');
  let bytes = 0;
  for (const { name, ...content } of entries) {
    lines.update(`${'words' in content ? content.words : await fileDigest(content.file)}  ${name}\n`);
    if ('bytes' in content) bytes += content.bytes;
  }
  return { sha256: lines.digest('hex'), bytes };
}

/**
 * Every folder is walked once, whatever leads to it: `walked` has the names of those that were, by their real paths. So
 * links in a circle come to an end, and links to links do not multiply. In order, so that it is the same on any machine.
 */
async function entriesOf(folder: string, prefix: string, walked: Map<string, string>): Promise<Entry[]> {
  const real = await realpath(folder);
  const known = walked.get(real);
  if (known !== undefined) return [{ name: prefix, words: `the folder ${JSON.stringify(known)}` }];
  walked.set(real, prefix);
  const names = await readdir(folder);
  const entries: Entry[][] = [];
  for (const each of names.sort()) entries.push(await entryOf(join(folder, each), prefix + each, walked));
  return entries.flat();
}

async function entryOf(path: string, inner: string, walked: Map<string, string>): Promise<Entry[]> {
  const name = inner.replaceAll('\\', '/');
  const stats = await stat(path).catch(() => undefined);
  // It dangles, or leads to itself.
  if (!stats) return [{ name, words: `a link to ${JSON.stringify(await readlink(path))}` }];
  if (stats.isDirectory()) return entriesOf(path, `${name}/`, walked);
  return stats.isFile() ? [{ name, file: path, bytes: stats.size }] : [];
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
