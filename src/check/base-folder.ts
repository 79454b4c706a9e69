import { join } from 'node:path';
import type { GitTree } from '#git/git-tree.js';

/** Files of the base, written into a folder when they are first asked for. */
export class BaseFolder {
  readonly tree: GitTree;
  /** Absolute. */
  readonly root: string;
  readonly #extracted = new Map<string, Promise<void>>();

  constructor(tree: GitTree, root: string) {
    this.tree = tree;
    this.root = root;
  }

  /** Where a file or folder of the base is. What the base does not have is not there. */
  async folder(path: string): Promise<string> {
    let extracted = this.#extracted.get(path);
    if (!extracted) {
      extracted = this.tree.extract(path, this.root);
      this.#extracted.set(path, extracted);
    }
    await extracted;
    return join(this.root, ...path.split('/'));
  }
}
