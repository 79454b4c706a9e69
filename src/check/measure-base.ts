import { cpSync, existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { ModelEntry, VariantConfig } from '#config/config.js';
import { pairVariants } from '#config/protect/pair-models.js';
import { resolveInside } from '#config/resolve-inside.js';
import { diagnostic } from '#diagnostics/diagnostic.js';
import { isTracked } from '#git/find-commit.js';
import { againstBaseline } from './against-baseline.js';
import type { BaseFolder } from './base-folder.js';
import { findingsOf } from './findings.js';
import { existingJudgingFile, type JudgingRoots, judgingFile } from './judging-roots.js';
import { floatVariant } from './make-file.js';
import { measureVariants, type Result } from './measure-variants.js';
import type { Before, Measurement } from './measurement.js';
import type { ModelTask } from './model-task.js';
import { variantFiles } from './variant-files.js';

/** What the head's were measured by. */
export interface HeadMeasured {
  /** Results by variants' names, where the SavedModel is the base's. */
  readonly unchanged: ReadonlyMap<string, Result> | undefined;
  readonly judging: JudgingRoots;
  /** See `judgingDigest`. */
  readonly judgingDigest: string;
}

/**
 * What the variants of the head are compared with, by the head's names: the same of the base's SavedModel, made by this
 * program and judged on the same data; or what a baseline file says of them.
 */
export async function measureBase(task: ModelTask, head: HeadMeasured): Promise<Map<string, Before>> {
  const { model, base, baseModel, root } = task;
  if (model.baseline.kind === 'file') {
    const { path } = model.baseline;
    const file = existingJudgingFile(head.judging, path) ? judgingFile(head.judging, path) : resolveInside(root, path);
    const { sha256 } = await task.digests.of(file);
    const own = { judging: head.judgingDigest, runtime: task.runtime };
    return againstBaseline({ file, shownAs: path, sha256 }, model, own);
  }
  if (model.baseline.kind === 'none' || !base || !baseModel) return new Map();
  // Letter case aside, so that another one takes no variant out of its limits.
  const pairs = pairVariants(baseModel, model).flatMap(({ base: before, head: after }) =>
    before && after ? [{ before, after }] : [],
  );
  const named = new Map(pairs.map(({ before, after }) => [before.name, after.name]));
  const before = { ...model, ...definitionOf(baseModel), variants: pairs.map(({ before: variant }) => variant) };
  const defining = await definingFiles(before.variants, task, base);
  const isSame = head.unchanged && sameDefinition(before, model) && !defining.some(({ isChanged }) => isChanged);
  if (isSame && head.unchanged) return beforeOf(head.unchanged, new Map());
  const folder = await base.folder(baseModel.path);
  for (const file of defining) await takeOver(file, root, base);
  const measuring = { ...task, model: before, float: floatVariant(baseModel.variants) };
  return beforeOf(await measureVariants(measuring, 'base', folder, base.root, head.judging), named);
}

/** What is of the base where it could not be made is nothing to compare with, which is said. */
function beforeOf(results: ReadonlyMap<string, Result>, named: ReadonlyMap<string, string>): Map<string, Before> {
  return new Map(
    [...results].map(([name, { key, kept }]) => {
      const { measurement } = kept;
      const before =
        measurement.outcome === 'measured'
          ? { findings: [] }
          : { findings: notMade(measurement), missing: "The base's could not be made." };
      return [named.get(name) ?? name, { key, measurement, ...before }];
    }),
  );
}

function notMade({ findings }: Measurement): Before['findings'] {
  const why = findings.find(({ severity }) => severity === 'error');
  const parts = ["It is compared with nothing, as the base's could not be made", why?.title, why?.op, why?.detail];
  const detail = parts.filter((part) => part !== undefined).join(': ');
  return findingsOf([diagnostic('base-not-made', { detail })]);
}

interface DefiningFile {
  readonly path: string;
  readonly isChanged: boolean;
  /** Whether git keeps it in neither: it is what a step made or downloaded, the same for both. */
  readonly isOutside: boolean;
}

async function definingFiles(
  variants: readonly VariantConfig[],
  { root, changed }: Pick<ModelTask, 'root' | 'changed'>,
  base: BaseFolder,
): Promise<DefiningFile[]> {
  const paths = new Set(variants.flatMap(variantFiles));
  return Promise.all(
    [...paths].map(async (path) => {
      const isOutside = base.tree.below(path).length === 0 && !(await isTracked(root, path));
      return { path, isChanged: changed.has(path) && !isOutside, isOutside };
    }),
  );
}

/** Puts a file into the base's folder. */
async function takeOver({ path, isOutside }: DefiningFile, root: string, base: BaseFolder): Promise<void> {
  const to = await base.folder(path);
  const from = resolveInside(root, path);
  if (isOutside && existsSync(from)) cpSync(from, to, { recursive: true, dereference: true });
}

function definitionOf({
  signatures,
  tags,
  inputShapes,
}: ModelEntry): Pick<ModelEntry, 'signatures' | 'tags' | 'inputShapes'> {
  return { signatures, tags, inputShapes };
}

/** Whether the same files would be made of the same SavedModel. */
function sameDefinition(a: ModelEntry, b: ModelEntry): boolean {
  const made = ({ variants }: ModelEntry) => variants.map(({ limits: _, targets: __, ...definition }) => definition);
  return isDeepStrictEqual([definitionOf(a), made(a)], [definitionOf(b), made(b)]);
}
