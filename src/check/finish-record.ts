import { judgeRun } from '#gate/checks/judge-run.js';
import type { Check } from '#record/findings.js';
import type { Model, RunRecord } from '#record/record.js';

/** The record with its verdicts, which follow from all of its models together. */
export function finishRecord(record: RunRecord): RunRecord {
  const models = judgeRun(record.models);
  const failing = new Set(record.config.failOn);
  const failed = models.flatMap((model) =>
    model.variants.map((variant) => problemOf(model, variant, failing)).filter(isGiven),
  );
  const invalid = models.some(({ variants }) => variants.some(({ verdict }) => verdict === 'invalid'));
  // A run that checks nothing would pass whatever happens.
  const nothing = record.units.length === 0;
  const verdict = invalid ? 'invalid' : nothing || failed.length > 0 ? 'failed' : 'passed';
  return {
    ...record,
    models,
    verdict,
    headline: nothing || models.length > 0 ? headlineOf(models, failed) : 'This share has no models.',
  };
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** What fails the run about a variant; undefined for nothing. */
function problemOf(
  model: Model,
  { name, verdict, checks }: Model['variants'][number],
  failing: ReadonlySet<string>,
): string | undefined {
  const title = `${model.name} (${name})`;
  if (verdict === 'invalid') return `${title} could not be checked`;
  if (verdict === 'unsupported') return failing.has('unsupported') ? `${title} cannot be converted` : undefined;
  const broken = checks.filter((check: Check) => check.verdict === 'fail' && failing.has(check.kind));
  if (broken.length === 0) return undefined;
  return `${title}: ${[...new Set(broken.map(({ kind }) => kind))].join(', ')}`;
}

function headlineOf(models: readonly Model[], failed: readonly string[]): string {
  const count = models.length === 1 ? '1 model' : `${models.length} models`;
  if (models.length === 0) return 'No models were found.';
  if (failed.length === 0) {
    const noise = models
      .flatMap(({ variants }) => variants.flatMap(({ checks }) => checks))
      .filter(({ verdict }) => verdict === 'within-noise');
    return noise.length === 0
      ? `${count} passed.`
      : `${count} passed; ${noise.length === 1 ? '1 drop is' : `${noise.length} drops are`} within noise.`;
  }
  const shown = failed.slice(0, 3).join('; ');
  const variants = models.reduce((sum, model) => sum + model.variants.length, 0);
  const all = variants === 1 ? '1 variant' : `${variants} variants`;
  return `${failed.length} of ${all} failed: ${shown}${failed.length > 3 ? '; …' : ''}.`;
}
