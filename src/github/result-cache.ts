import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { reasonOf } from './client.js';

export interface CacheRequest {
  /** Holds results by their keys, as the check keeps them. */
  readonly folder: string;
  /** Of the tool: results of another one do not count. */
  readonly version: string;
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
    if (isFeatureAvailable()) await restoreCache([folder], prefix(version), [prefix(version)]);
    return { content: contentOf(folder) };
  } catch (error) {
    return { content: contentOf(folder), notice: `Results of earlier runs could not be restored: ${reasonOf(error)}.` };
  }
}

/** Saves the folder for later runs where it holds more than what was restored. Never throws. */
export async function saveResults(
  { folder, version }: CacheRequest,
  restored: RestoredCache,
): Promise<{ readonly notice?: string }> {
  const content = contentOf(folder);
  if (content === restored.content || !existsSync(folder)) return {};
  try {
    const { isFeatureAvailable, saveCache } = await import('@actions/cache');
    if (isFeatureAvailable()) await saveCache([folder], prefix(version) + content);
    return {};
  } catch (error) {
    return { notice: `The results could not be kept for later runs: ${reasonOf(error)}.` };
  }
}

function prefix(version: string): string {
  return `tflite-gate-${version}-`;
}

/** The names tell the content: they are digests of all that a result follows from. */
function contentOf(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32);
}
