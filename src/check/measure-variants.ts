import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { VariantConfig } from '#config/config.js';
import type { JudgingRoots } from './judging-roots.js';
import type { MeasureJob } from './measure-job.js';
import { measureModel } from './measure-model.js';
import type { Measurement } from './measurement.js';
import type { ModelTask } from './model-task.js';
import type { KeptMeasurement } from './result-cache.js';
import { measurementKey } from './result-keys.js';
import { selectionOf } from './signature-selection.js';

export interface Result {
  readonly key: string;
  readonly kept: KeptMeasurement;
  readonly cached: boolean;
}

/** Of what a time limit or the machine decided; another run may have other luck. */
const BY_CHANCE = new Set<string>(['run-timeout', 'engine-stopped', 'engine-missing']);

/** Makes and measures the variants of a model as one side has it, where no results are kept; by their names. */
export async function measureVariants(
  task: ModelTask,
  side: 'head' | 'base',
  savedModel: string,
  root: string,
  judging: JudgingRoots,
): Promise<Map<string, Result>> {
  const { model, float, work, allowCode, tensorflow, runtime, digests, cache } = task;
  const output = join(work, side);
  mkdirSync(output, { recursive: true });
  const job: MeasureJob = {
    model: model.name,
    savedModel,
    shownAs: model.path,
    root,
    judging,
    selection: selectionOf(model),
    variants: model.variants,
    float,
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
    if (!kept.measurement.findings.some(({ code }) => BY_CHANCE.has(code))) cache.keepMeasurement(key, kept);
    results.set(variant.name, { key, kept, cached: false });
  }
  return results;
}
