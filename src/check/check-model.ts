import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { latencyCheck } from '#gate/checks/figure-checks.js';
import type { Model, RunRecord, Variant } from '#record/record.js';
import type { MeasuredModel } from './baseline-file.js';
import { compareVariant } from './compare-variant.js';
import { existingJudgingFile, type JudgingRoots, judgingRootsOf } from './judging-roots.js';
import { latencyRatio } from './latency.js';
import { measureBase } from './measure-base.js';
import { measureVariants, type Result } from './measure-variants.js';
import { missingModel } from './missing-model.js';
import type { ModelTask } from './model-task.js';
import { openNamedMetrics } from './named-metrics.js';
import { comparisonKey, type Digests, judgingDigest } from './result-keys.js';

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
  const judging = await judgingRootsOf(task);
  const head = await measureVariants(task, 'head', folder, root, judging);
  const isUnchanged = task.baseModel?.path === model.path && !task.changed.has(model.path);
  const digest = await judgingDigest({ evaluate: model.evaluate, judging }, digests);
  const base = await measureBase(task, { unchanged: isUnchanged ? head : undefined, judging, judgingDigest: digest });
  const files = new Map<string, string>();
  const variants: Variant[] = [];
  const named = await openNamedMetrics(model.evaluate.metrics, { judging, allowCode: task.allowCode });
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
            aboutBase: before ?? {},
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
      data: data === undefined ? null : { path: data, sha256: await dataDigest(judging, data, digests) },
      judgedBy: model.judgedBy,
      variants,
      findings: [],
    },
    measured: { judging: digest, variants: new Map([...head].map(([name, { kept }]) => [name, kept.measurement])) },
    files,
    timing: model.variants.map((variant) => {
      const { kept, cached } = head.get(variant.name) as Result;
      const { stages } = kept.measurement;
      const milliseconds = stages.reduce((sum, stage) => sum + stage.milliseconds, 0);
      return { model: model.name, variant: variant.name, cached, milliseconds, stages: [...stages] };
    }),
  };
}

async function dataDigest(judging: JudgingRoots, data: string, digests: Digests): Promise<string | null> {
  const file = existingJudgingFile(judging, data);
  return file === undefined ? null : (await digests.of(file)).sha256;
}
