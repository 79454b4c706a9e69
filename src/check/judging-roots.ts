import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GatedModel } from '#config/protect/gate-of.js';
import { judgingFiles } from '#config/protect/judging-files.js';
import { resolveInside } from '#config/resolve-inside.js';
import { fail } from '#diagnostics/diagnostic.js';
import type { BaseFolder } from './base-folder.js';

/** Where the files lie by which a model is judged: test data, users' metrics, baselines. Plain data. */
export interface JudgingRoots {
  /** The repository as it is checked out, absolute. */
  readonly head: string;
  /** Folder of the base's files, absolute. */
  readonly base: string;
  /** Those that are the base's, relative to the root: the base judges, has them, and they differ. */
  readonly ofBase: readonly string[];
}

export interface JudgingTask {
  readonly model: Pick<GatedModel, 'evaluate' | 'baseline' | 'judgedBy'> & Parameters<typeof judgingFiles>[0];
  readonly root: string;
  readonly base: BaseFolder | undefined;
  readonly changed: ReadonlySet<string>;
}

/**
 * Each file by itself: the base's, where the base has it and judges; what is the same in both is read where it lies. One
 * that the base's tree lacks, as data that a step downloads, is the head's, and makes no other one the head's.
 */
export async function judgingRootsOf({ model, base, root, changed }: JudgingTask): Promise<JudgingRoots> {
  const own = { head: root, base: root, ofBase: [] };
  if (model.judgedBy !== 'base' || !base) return own;
  const ofBase: string[] = [];
  for (const { path } of judgingFiles(model)) {
    refuseLink(path, base.tree.linkIn(path));
    if (!changed.has(path)) continue;
    const [link] = base.tree.linksBelow(path);
    refuseLink(path, link);
    refuseSubmodule(path, base.tree.submoduleOf(path) ?? base.tree.submodulesBelow(path)[0]);
    if (base.tree.below(path).length === 0) continue;
    await base.folder(path);
    ofBase.push(path);
  }
  return { ...own, base: base.root, ofBase };
}

/** The absolute path of such a file. Throws as `resolveInside` does. */
export function judgingFile({ head, base, ofBase }: JudgingRoots, path: string): string {
  return resolveInside(ofBase.includes(path) ? base : head, path);
}

/** The same, for a file that is to be looked at, not read: it need not exist. */
export function existingJudgingFile({ head, base, ofBase }: JudgingRoots, path: string): string | undefined {
  const file = join(ofBase.includes(path) ? base : head, path);
  return existsSync(file) ? file : undefined;
}

/** What a link leads to can change while the link itself, and so the path that the base names, stays the same. */
function refuseLink(path: string, link: string | undefined): void {
  if (link === undefined) return;
  fail('invalid-config', {
    detail: `${path} is, holds or leads through the symbolic link ${link}, so that it cannot be told whether it is what the base has.`,
    locations: [{ file: path }],
    help: ['Name in the configuration what the link leads to.'],
  });
}

/** What the base has there is in another repository. */
function refuseSubmodule(path: string, submodule: string | undefined): void {
  if (submodule === undefined) return;
  fail('invalid-config', {
    detail: `${path} is of the submodule ${submodule}, which is another one than the base's: what the base has cannot be had.`,
    locations: [{ file: path }],
    help: ['To judge by what the submodule has now, run with `allow-limit-changes`.'],
  });
}
