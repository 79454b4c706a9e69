import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contentChange } from '#config/protect/diff-gate.js';
import type { GateChange } from '#config/protect/gate-change.js';
import { judgingFiles } from '#config/protect/judging-files.js';
import { isTracked } from '#git/find-commit.js';
import type { RunRecord } from '#record/record.js';
import type { BaseFolder } from './base-folder.js';
import type { RunPlan } from './check-run.js';
import type { Digests } from './result-keys.js';

/** Test data, metrics and baselines whose content is another one than the base's, under an unchanged name. */
export async function dataChanges(
  { gate, tree }: Pick<RunPlan, 'gate' | 'tree'>,
  root: string,
  changed: ReadonlySet<string>,
  digests: Digests,
  base: BaseFolder | undefined,
  allowed: boolean,
): Promise<RunRecord['changes']> {
  if (!tree || !base) return [];
  const changes: RunRecord['changes'] = [];
  for (const model of gate.models) {
    for (const { path } of judgingFiles(model)) {
      // Of a new model nothing can be another's.
      if ((model.judgedBy !== 'base' && !allowed) || !changed.has(path)) continue;
      const own = join(root, path);
      const now = existsSync(own) ? (await digests.of(own)).sha256 : undefined;
      // Data that git does not keep are nobody's proposal.
      const inBase = tree.below(path).length > 0;
      if (!inBase && !(await isTracked(root, path))) continue;
      const before = inBase ? (await digests.of(await base.folder(path))).sha256 : undefined;
      if (now === before) continue;
      // What the base does not have is the head's, whoever judges.
      changes.push(changeRecord(contentChange(path, model.name, before, now), allowed || !inBase));
    }
  }
  return changes;
}

/** A difference as records have it, and whether it counts. */
export function changeRecord(
  { kind, path, model, variant, from, to, loosened }: GateChange,
  allowed: boolean,
): RunRecord['changes'][number] {
  const counted = kind === 'definition' || (allowed && kind !== 'permission');
  return {
    kind,
    path,
    model: model ?? null,
    variant: variant ?? null,
    from: from ?? null,
    to: to ?? null,
    loosened,
    counted,
  };
}
