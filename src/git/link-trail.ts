import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, relative, sep } from 'node:path';

/** As many as Linux follows before it gives up. */
const MOST_LINKS = 40;

/**
 * Where an absolute path leads: every symbolic link on the way, and the end, which need not exist. `realpath` tells the
 * end alone, and nothing where a link dangles; but whoever changes a link on the way changes what is at the end.
 */
export function linkTrail(path: string): string[] {
  const stops: string[] = [];
  let place = parse(path).root;
  const ahead = partsOf(path);
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    const next = part === '..' ? dirname(place) : join(place, part);
    const target = stops.length < MOST_LINKS ? linkTarget(next) : undefined;
    if (target === undefined) {
      place = next;
      continue;
    }
    stops.push(next);
    ahead.unshift(...partsOf(target));
    if (isAbsolute(target)) place = parse(target).root;
  }
  return [...stops, place];
}

/** Symbolic links below a folder, absolute, which are not followed. Git's own folders are left out. */
export function linksIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) return [path];
      return entry.isDirectory() && entry.name !== '.git' ? linksIn(path) : [];
    });
  } catch {
    // A submodule need not be checked out.
    return [];
  }
}

/** A path as git writes it, as seen from a folder: with `/`, and with `..` in front where it is outside. */
export function pathFrom(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/') || '.';
}

function partsOf(path: string): string[] {
  const inner = path.slice(parse(path).root.length);
  return inner.split(sep === '/' ? '/' : /[\\/]/).filter((part) => part !== '' && part !== '.');
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
