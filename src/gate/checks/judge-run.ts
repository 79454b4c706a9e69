import { type DropCheck, type JudgedDrop, judge } from '#evaluate/statistics/judge.js';
import type { Spread } from '#evaluate/statistics/paired-drop.js';
import { samplesToSettle } from '#evaluate/statistics/samples-to-settle.js';
import type { Check } from '#record/findings.js';
import type { Model, Variant } from '#record/record.js';
import { plainNumber } from './quantities.js';

/**
 * The verdicts of a run: on drops, which depend on all drops that it checks, and so on variants. Gives the models anew;
 * shards of a run are judged together once more when they are joined.
 */
export function judgeRun(models: readonly Model[]): Model[] {
  const drops = models.flatMap((model) =>
    model.variants.flatMap((variant) =>
      variant.checks.filter(isDrop).map((check) => ({ check, id: idOf(model, variant, check) })),
    ),
  );
  const inputs = drops.map(({ check, id }) => inputOf(check, id));
  const count = inputs.length;
  const judged = new Map<string, JudgedDrop>();
  // Strict checks are in the family as well: whether one is strict does not change what the others have to show.
  const [lenient, strict] = [judge(inputs, { strict: false }), judge(inputs, { strict: true })];
  for (const [i, { check, id }] of drops.entries())
    judged.set(id, (check.strict ? strict[i] : lenient[i]) as JudgedDrop);
  return models.map((model) => ({
    ...model,
    variants: model.variants.map((variant) => {
      const checks = variant.checks.map((check) => {
        const verdict = judged.get(idOf(model, variant, check));
        return verdict ? withVerdict(check, verdict, count) : check;
      });
      return { ...variant, checks, verdict: verdictOf(variant, checks) };
    }),
  }));
}

/** Whether statistics decide it. */
function isDrop(check: Check): boolean {
  return check.kind === 'accuracy' && check.spread !== null;
}

function idOf(model: Model, variant: Variant, check: Check): string {
  return JSON.stringify([model.name, variant.name, check.id]);
}

function inputOf({ measured, limit, p, pLimit }: Check, id: string): DropCheck {
  return { id, drop: measured ?? Number.NaN, limit: limit ?? 0, p: p ?? Number.NaN, pLimit: pLimit ?? Number.NaN };
}

function withVerdict(check: Check, judged: JudgedDrop, checks: number): Check {
  const settle = samplesToSettle({ spread: spreadOf(check), limit: judged.limit, checks }) ?? null;
  const adjustedP = Number.isNaN(judged.adjustedP) ? null : judged.adjustedP;
  const { verdict, certainty } = judged;
  return {
    ...check,
    verdict,
    certainty,
    adjustedP,
    samplesToSettle: settle,
    reason: reasonOf(check, judged, settle),
  };
}

function spreadOf({ spread }: Check): Spread {
  const found = spread as NonNullable<Check['spread']>;
  return found.kind === 'answers' ? found : { ...found, deviation: found.deviation ?? Number.NaN };
}

function reasonOf(check: Check, { drop, verdict, certainty, adjustedP }: JudgedDrop, settle: number | null): string {
  const [, name = '', which = ''] = /^metrics\.(.*)\.(max-drop|max-regression)$/.exec(check.id) ?? [];
  const other = which === 'max-drop' ? 'the float model' : 'the base';
  if (Number.isNaN(drop)) return `${name} is undefined on these samples, so it cannot be compared with ${other}.`;
  const compared =
    drop > 0
      ? `${name} is ${plainNumber(drop)} worse than that of ${other}`
      : drop < 0
        ? `${name} is ${plainNumber(-drop)} better than that of ${other}`
        : `${name} is that of ${other}`;
  const allowed = `${check.limitText} is allowed`;
  const samples = settle === null ? '' : `; ${plainNumber(settle)} samples would settle it`;
  if (verdict === 'pass') return `${compared}; ${allowed}${certainty === 'certain' ? '' : ' (within noise)'}.`;
  if (verdict === 'within-noise') {
    return `${compared}, more than the ${allowed.replace(' is', '')}, but that is within noise (p = ${plainNumber(adjustedP)})${samples}.`;
  }
  return certainty === 'certain'
    ? `${compared}, more than the ${allowed.replace(' is', '')}; that is no chance (p = ${plainNumber(adjustedP)}).`
    : `${compared}, more than the ${allowed.replace(' is', '')}; judged strictly, though it is within noise (p = ${plainNumber(adjustedP)})${samples}.`;
}

function verdictOf(variant: Variant, checks: readonly Check[]): Variant['verdict'] {
  if (variant.verdict !== 'passed' && variant.verdict !== 'failed') return variant.verdict;
  return checks.some(({ verdict }) => verdict === 'fail') ? 'failed' : 'passed';
}
