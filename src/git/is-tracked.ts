import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { linkTrail, pathFrom } from './link-trail.js';
import { runGit } from './run-git.js';

/**
 * Whether a commit could say what is at or below a path, which may be absolute: git keeps a file there, or keeps a link
 * or a submodule that the path leads through, or the path leads to such a place. Where git cannot tell, it could.
 */
export async function isTracked(root: string, path: string): Promise<boolean> {
  const found = await runGit(root, ['rev-parse', '--show-toplevel']);
  if (found.code !== 0) return true;
  const top = realpathSync.native(found.stdout.toString().replace(/\r?\n$/, ''));
  const places = placesOf(resolve(root, path))
    .map((place) => pathFrom(top, place))
    .filter((place) => !isOutside(place));
  if (places.length === 0) return false;
  const { code, stdout } = await runGit(top, ['ls-files', '-z']);
  if (code !== 0) return true;
  const files = stdout.toString().split('\0').filter(Boolean);
  return files.some((file) => places.some((place) => isWithin(file, place) || isWithin(place, file)));
}

/** Where a path may lie: as it is written, where its links lead, and as the file system itself spells that. */
function placesOf(path: string): string[] {
  return [...linkTrail(path), spelled(path)];
}

/** The real path, as far as it exists: where case does not count, `.Cache` of a commit is found by `.cache`. */
function spelled(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(spelled(folder), path.slice(folder.length));
  }
}

function isOutside(place: string): boolean {
  return place === '..' || place.startsWith('../') || isAbsolute(place);
}

function isWithin(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`);
}
