import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { reasonOf } from './client.js';

/** Bytes that are kept, of the 10 GB that GitHub gives all branches of a repository together. */
const LIMIT = 1e9;

export interface CacheRequest {
  /** Holds results by their keys, as the check keeps them. */
  readonly folder: string;
  /** Of the tool: results of another one do not count. */
  readonly version: string;
  /** Bytes that are saved at most; what was made first goes first. */
  readonly limit?: number;
}

export interface RestoredCache {
  /** Of what the folder holds now. */
  readonly content: string;
  readonly notice?: string;
}

/**
 * Brings back the results of earlier runs, the newest of this branch or of the base's. What is wrong with an entry is
 * found where it is read: each has its digest. Never throws.
 */
export async function restoreResults({ folder, version }: CacheRequest): Promise<RestoredCache> {
  try {
    const { isFeatureAvailable, restoreCache } = await import('@actions/cache');
    // No entry has the whole key: the newest that begins like it is taken.
    if (isFeatureAvailable()) await restoreCache([keptPath(folder)], prefix(version), [prefix(version)]);
    return { content: contentOf(folder) };
  } catch (error) {
    return { content: contentOf(folder), notice: `Results of earlier runs could not be restored: ${reasonOf(error)}.` };
  }
}

/** Saves the folder for later runs where it holds more than what was restored. Never throws. */
export async function saveResults(
  { folder, version, limit = LIMIT }: CacheRequest,
  restored: RestoredCache,
): Promise<{ readonly notice?: string }> {
  const content = contentOf(folder);
  if (content === restored.content || !existsSync(folder)) return {};
  try {
    const { isFeatureAvailable, saveCache } = await import('@actions/cache');
    if (!isFeatureAvailable()) return {};
    removeOldest(folder, limit);
    await saveCache([keptPath(folder)], prefix(version) + content);
    return {};
  } catch (error) {
    return { notice: `The results could not be kept for later runs: ${reasonOf(error)}.` };
  }
}

/** An entry is of its path: within the workspace, wherever that is on the machine. */
function keptPath(folder: string): string {
  const inside = relative(process.cwd(), folder);
  return inside.startsWith('..') || isAbsolute(inside) ? folder : inside;
}

function prefix(version: string): string {
  return `tflite-gate-${version}-`;
}

/** What is restored is saved again, so without a limit it would only grow. */
function removeOldest(folder: string, limit: number): void {
  const files = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    const { mtimeMs, size } = statSync(path);
    return { path, mtimeMs, size };
  });
  let kept = 0;
  for (const { path, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    kept += size;
    if (kept > limit) rmSync(path, { recursive: true });
  }
}

/** The names tell the content: they are digests of all that a result follows from. */
function contentOf(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32);
}
