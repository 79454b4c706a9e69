import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { linkTrail, pathFrom } from './link-trail.js';

/** Folders that hold the one paths are relative to. */
const ABOVE = /^\.\.(?:\/\.\.)*$/;

/**
 * Paths that changed, and the folders that hold them. What git names and does not look into (a submodule, a repository of
 * its own, a symbolic link) counts with all that can be reached through it: `has` knows, though it is not listed.
 */
export class ChangedPaths extends Set<string> {
  readonly #named = new Set<string>();

  /** A path as git names it, which ends with `/` where it is a repository of its own. */
  mark(name: string): void {
    const path = name.replace(/\/$/, '');
    this.#named.add(path);
    for (const folder of upwards(path)) {
      if (super.has(folder)) break;
      super.add(folder);
    }
    if (!path.startsWith('../')) super.add('.');
  }

  override has(path: string): boolean {
    if (super.has(path) || this.#named.has('.')) return true;
    if (ABOVE.test(path)) return this.size > 0;
    return upwards(path).some((folder) => this.#named.has(folder));
  }
}

/**
 * Adds the links that lead to, or through, something that changed. Git compares only what is written in a link.
 * The links are relative to `root`.
 */
export function followLinks(changed: ChangedPaths, root: string, links: readonly string[]): void {
  const top = realpathSync(root);
  let open = links.map((link) => ({ link, stops: linkTrail(join(top, link)).map((stop) => pathFrom(top, stop)) }));
  // A link may lead to a folder that has changed only by a link in it.
  for (let before = -1; before !== open.length; ) {
    before = open.length;
    open = open.filter(({ link, stops }) => {
      const isChanged = stops.some((stop) => changed.has(stop));
      if (isChanged) changed.mark(link);
      return !isChanged;
    });
  }
}

/** A path and the folders that it is in, from the inside out. */
export function upwards(path: string): string[] {
  const paths: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) paths.push(path.slice(0, end));
  return paths;
}
