import type { Check } from '#record/findings.js';
import type { Model, RunRecord, Variant } from '#record/record.js';

export interface ModelVariant {
  readonly model: Model;
  readonly variant: Variant;
}

const RANK: Readonly<Record<Variant['verdict'], number>> = {
  invalid: 0,
  missing: 1,
  unsupported: 2,
  failed: 3,
  passed: 5,
};

/** All variants of a run, what went wrong first, else in the run's order. */
export function orderedVariants({ models }: RunRecord): ModelVariant[] {
  const all = models.flatMap((model) => model.variants.map((variant) => ({ model, variant })));
  const ranks = new Map(all.map((each) => [each, rankOf(each.variant)]));
  return all.sort((a, b) => (ranks.get(a) as number) - (ranks.get(b) as number));
}

function rankOf({ verdict, checks }: Variant): number {
  const doubtful = checks.some((check) => check.verdict === 'within-noise');
  return verdict === 'passed' && doubtful ? RANK.passed - 1 : RANK[verdict];
}

/** Of one variant, how it is called where its model has others: `digits (int8)`. */
export function titleOf({ model, variant }: ModelVariant): string {
  return `${model.name} (${variant.name})`;
}

/** Checks that are worth a line: not those that passed, nor those that a model without a base cannot have. */
export function notableChecks({ model, variant }: ModelVariant): Check[] {
  const hasBase = model.status === 'changed' || model.status === 'unchanged';
  return variant.checks.filter(({ verdict }) => verdict !== 'pass' && (hasBase || verdict !== 'skipped'));
}
