import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isModule, RANDOM } from '#config/choices.js';
import type { ModelEntry, VariantConfig } from '#config/config.js';
import type { GatedModel } from '#config/protect/gate-of.js';
import { judgingFiles } from '#config/protect/judging-files.js';
import { resolveInside } from '#config/resolve-inside.js';
import { fail } from '#diagnostics/diagnostic.js';
import { latencyCheck } from '#gate/checks/figure-checks.js';
import type { Model, RunRecord, Variant } from '#record/record.js';
import type { Runtime } from '#runtime/open-interpreter.js';
import type { TensorFlowSettings } from '../engines/tensorflow/python-settings.js';
import { againstBaseline } from './against-baseline.js';
import type { BaseFolder } from './base-folder.js';
import type { MeasuredModel } from './baseline-file.js';
import { compareVariant } from './compare-variant.js';
import { latencyRatio } from './latency.js';
import type { MeasureJob } from './measure-job.js';
import { measureModel } from './measure-model.js';
import type { Before, Measurement } from './measurement.js';
import { missingModel } from './missing-model.js';
import { openNamedMetrics } from './named-metrics.js';
import type { KeptMeasurement, ResultCache } from './result-cache.js';
import { comparisonKey, type Digests, judgingDigest, measurementKey } from './result-keys.js';
import { selectionOf } from './signature-selection.js';

export interface ModelTask {
  readonly model: GatedModel;
  /** Of the repository, absolute. */
  readonly root: string;
  /** A folder of the run's own. */
  readonly work: string;
  /** Files of the work tree, and folders, whose content is not the base's. */
  readonly changed: ReadonlySet<string>;
  /** The model as the base has and defines it; undefined where it has not. */
  readonly baseModel: ModelEntry | undefined;
  readonly base: BaseFolder | undefined;
  readonly hasBase: boolean;
  readonly allowCode: boolean;
  readonly tensorflow: TensorFlowSettings;
  readonly runtime: Runtime;
  readonly digests: Digests;
  readonly cache: ResultCache;
}

export interface CheckedModel {
  readonly record: Model;
  readonly measured: MeasuredModel;
  /** Files to keep: where they lie, and what they are called below the output folder. */
  readonly files: ReadonlyMap<string, string>;
  readonly timing: RunRecord['timing']['variants'];
}

/** Makes, measures and compares the variants of one model. Verdicts on drops are left open. */
export async function checkModel(task: ModelTask): Promise<CheckedModel> {
  const { model, root, digests } = task;
  const folder = join(root, model.path);
  if (!existsSync(join(folder, 'saved_model.pb'))) return missingModel(task);
  const judgingRoot = await judgingRootOf(task);
  const head = await measured(task, 'head', folder, root, judgingRoot);
  const isUnchanged = task.baseModel?.path === model.path && !task.changed.has(model.path);
  const judging = await judgingDigest({ evaluate: model.evaluate, judgingRoot }, digests);
  const base = await baseMeasured(task, isUnchanged ? head : undefined, judgingRoot, judging);
  const files = new Map<string, string>();
  const variants: Variant[] = [];
  const named = await openNamedMetrics(model.evaluate.metrics, { judgingRoot, allowCode: task.allowCode });
  try {
    for (const variant of model.variants) {
      const own = head.get(variant.name) as Result;
      const before = base.get(variant.name);
      const name = `${model.name}-${variant.name}.tflite`;
      const { path } = own.kept.measurement;
      if (path !== undefined) files.set(path, `models/${name}`);
      const old = before?.measurement;
      // For the report, which draws what changed.
      const isOther = old?.figures?.sha256 !== own.kept.measurement.figures?.sha256;
      if (old?.path !== undefined && isOther) files.set(old.path, `base/models/${name}`);
      const key = comparisonKey(own.key, before?.key, variant);
      const known = task.cache.comparison(key);
      const compared =
        known ??
        compareVariant(
          variant,
          named.metrics,
          {
            variant: own.kept.measurement,
            reference: own.kept.reference,
            base: old,
            baseFindings: before?.findings ?? [],
            file: path === undefined ? null : `models/${name}`,
          },
          model.evaluate.seed,
        );
      if (!known) task.cache.keepComparison(key, compared);
      const { maxRatio } = variant.limits.latency;
      const basePath = old?.path;
      const ratio =
        maxRatio === undefined || path === undefined || basePath === undefined
          ? undefined
          : await latencyRatio(path, basePath);
      variants.push({ ...compared, checks: [...compared.checks, ...latencyCheck(ratio, variant.limits.latency)] });
    }
  } finally {
    await named.dispose();
  }
  const { data } = model.evaluate;
  const savedModel = await digests.of(folder);
  return {
    record: {
      name: model.name,
      path: model.path,
      status: !task.hasBase ? 'alone' : !task.baseModel ? 'new' : isUnchanged ? 'unchanged' : 'changed',
      savedModel,
      data:
        data === undefined
          ? null
          : {
              path: data,
              sha256: existsSync(join(judgingRoot, data)) ? (await digests.of(join(judgingRoot, data))).sha256 : null,
            },
      judgedBy: model.judgedBy,
      variants,
      findings: [],
    },
    measured: { judging, variants: new Map([...head].map(([name, { kept }]) => [name, kept.measurement])) },
    files,
    timing: model.variants.map((variant) => {
      const { kept, cached } = head.get(variant.name) as Result;
      const { stages } = kept.measurement;
      const milliseconds = stages.reduce((sum, stage) => sum + stage.milliseconds, 0);
      return { model: model.name, variant: variant.name, cached, milliseconds, stages: [...stages] };
    }),
  };
}

interface Result {
  readonly key: string;
  readonly kept: KeptMeasurement;
  readonly cached: boolean;
}

/**
 * Where test data and metrics are to be read: in the base's files, where the base has them and judges. What is the same
 * in both is read where it lies.
 */
async function judgingRootOf({ model, base, root, changed }: ModelTask): Promise<string> {
  const files = judgingFiles(model);
  if (model.judgedBy !== 'base' || !base) return root;
  for (const { path } of files) refuseLink(path, base.tree.linkIn(path));
  if (!files.some(({ path }) => changed.has(path))) return root;
  if (!files.every(({ path }) => base.tree.below(path).length > 0)) return root;
  for (const { path } of files) await base.folder(path);
  return base.root;
}

/** What a link leads to can change while the link itself, and so the path that the base names, stays the same. */
function refuseLink(path: string, link: string | undefined): void {
  if (link === undefined) return;
  fail('invalid-config', {
    detail: `${path} leads through the symbolic link ${link}, so that it cannot be told whether it is what the base has.`,
    locations: [{ file: path }],
    help: ['Name in the configuration what the link leads to.'],
  });
}

async function measured(
  task: ModelTask,
  side: 'head' | 'base',
  savedModel: string,
  root: string,
  judgingRoot: string,
): Promise<Map<string, Result>> {
  const { model, work, allowCode, tensorflow, runtime, digests, cache } = task;
  const output = join(work, side);
  mkdirSync(output, { recursive: true });
  const job: MeasureJob = {
    model: model.name,
    savedModel,
    shownAs: model.path,
    root,
    judgingRoot,
    selection: selectionOf(model),
    variants: model.variants,
    evaluate: model.evaluate,
    allowCode,
    tensorflow,
    runtime,
    verify: model.verify,
    output,
  };
  const results = new Map<string, Result>();
  const open: { readonly variant: VariantConfig; readonly key: string }[] = [];
  for (const variant of model.variants) {
    const key = await measurementKey(job, variant, digests);
    const kept = cache.measurement(key, join(output, `${model.name}-${variant.name}.tflite`));
    if (kept) results.set(variant.name, { key, kept, cached: true });
    else open.push({ variant, key });
  }
  if (open.length === 0) return results;
  const { reference, variants } = await measureModel({ ...job, variants: open.map(({ variant }) => variant) });
  for (const { variant, key } of open) {
    const kept = { measurement: variants.get(variant.name) as Measurement, reference };
    cache.keepMeasurement(key, kept);
    results.set(variant.name, { key, kept, cached: false });
  }
  return results;
}

/**
 * The same variants of the base's SavedModel, made by this program and judged on the same data; or what a baseline file
 * says of them. `head` are the head's, where nothing that they are made of is another in the base.
 */
async function baseMeasured(
  { model, ...task }: ModelTask,
  head: Map<string, Result> | undefined,
  judgingRoot: string,
  judging: string,
): Promise<Map<string, Before>> {
  const { base, baseModel, root } = task;
  if (model.baseline.kind === 'file') {
    const { path } = model.baseline;
    const file = resolveInside(existsSync(join(judgingRoot, path)) ? judgingRoot : root, path);
    const { sha256 } = await task.digests.of(file);
    return againstBaseline({ file, shownAs: path, sha256 }, model, { judging, runtime: task.runtime });
  }
  if (model.baseline.kind === 'none' || !base || !baseModel) return new Map();
  const names = new Set(model.variants.map(({ name }) => name));
  const before = {
    ...model,
    ...definitionOf(baseModel),
    variants: baseModel.variants.filter(({ name }) => names.has(name)),
  };
  const defining = definingFiles(before);
  if (head && sameDefinition(before, model) && !defining.some((path) => task.changed.has(path))) return beforeOf(head);
  const folder = await base.folder(baseModel.path);
  for (const path of defining) await base.folder(path);
  return beforeOf(await measured({ ...task, model: before }, 'base', folder, base.root, judgingRoot));
}

function beforeOf(results: ReadonlyMap<string, Result>): Map<string, Before> {
  return new Map(
    [...results].map(([name, { key, kept }]) => [name, { key, measurement: kept.measurement, findings: [] }]),
  );
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

/** Files that say how the variants are made. */
function definingFiles({ variants }: GatedModel): string[] {
  return variants.flatMap(({ recipe, representativeData, calibration, replacements }) => [
    ...[recipe, calibration, ...replacements].filter(
      (path): path is string => path !== undefined && /\.(ya?ml|json|[cm]?js)$/i.test(path),
    ),
    ...(representativeData !== undefined && representativeData !== RANDOM && !isModule(representativeData)
      ? [representativeData]
      : []),
  ]);
}
