import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export const CHECKSUMS_FILE = 'SHA256SUMS';

/** SHA-256 of a file, in hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Digests by file name as `sha256sum --check` reads them, in the order of the names. */
export function checksumsText(digests: ReadonlyMap<string, string>): string {
  return [...digests]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, digest]) => line(name, digest))
    .join('');
}

/** Writes SHA256SUMS of files, given relative to the folder with `/`, into the folder. Gives its name. */
export async function writeChecksums(folder: string, files: readonly string[]): Promise<string> {
  const digests = new Map<string, string>();
  for (const file of files) digests.set(file, await sha256OfFile(join(folder, file)));
  writeFileSync(join(folder, CHECKSUMS_FILE), checksumsText(digests));
  return CHECKSUMS_FILE;
}

/** Coreutils mark a line in which they escape characters with a backslash. */
function line(name: string, digest: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === name ? '' : '\\'}${digest}  ${escaped}\n`;
}
