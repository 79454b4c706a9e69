import type { GateConfig } from '#config/protect/gate-of.js';
import type { GitTree } from '#git/git-tree.js';
import type { Base } from '#record/record.js';

/** What a run's models are compared with, as its record says it: of single models with baselines of their own, not. */
export function comparedWith(
  { models }: Pick<GateConfig, 'models'>,
  tree: GitTree | undefined,
  /** Why it is that commit, or none. */
  reason: string,
): Base {
  const files = new Set(models.map(({ baseline }) => (baseline.kind === 'file' ? baseline.path : undefined)));
  const [file] = files;
  if (file !== undefined && files.size === 1) return { kind: 'file', name: file, reason: 'It is named as `baseline`.' };
  return { kind: tree ? 'commit' : 'none', name: tree?.commit ?? '', reason };
}
