import type { Check } from '#record/findings.js';
import type { Model, RunRecord, Variant } from '#record/record.js';
import { formatSize } from '../format-size.js';
import { notableChecks } from '../ordered-variants.js';
import { comparedText } from '../values.js';

const MARKS: Readonly<Record<Check['verdict'], string>> = { pass: '✓', 'within-noise': '~', fail: '✗', skipped: '-' };
const WORDS: Readonly<Record<Variant['verdict'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  unsupported: 'UNSUPPORTED',
  invalid: 'NOT CHECKED',
  missing: 'MISSING',
};

/** A record for people at a terminal: the verdict, what is otherwise than in the base, then model by model. */
export function renderText(record: RunRecord): string {
  const loosened = record.changes.filter((change) => change.loosened && change.kind !== 'definition');
  const changes =
    loosened.length === 0
      ? []
      : [
          `The gate was changed: ${loosened
            .map(
              ({ path, from, to, counted }) =>
                `${path} from ${from ?? 'nothing'} to ${to ?? 'nothing'}${counted ? '' : ' (does not count yet)'}`,
            )
            .join('; ')}.`,
        ];
  const verdict = { passed: 'Passed', failed: 'Failed', invalid: 'Could not be checked' }[record.verdict];
  return [
    `${verdict}: ${record.headline}`,
    ...changes,
    ...record.findings.map(({ title, detail }) => `${title}: ${detail}`),
    ...record.models.flatMap(modelLines),
    comparedText(record),
  ].join('\n');
}

function modelLines(model: Model): string[] {
  return model.variants.flatMap((variant) => [
    `${model.name} (${variant.name}): ${WORDS[variant.verdict]}${model.status === 'new' ? ', new' : ''}${figuresText(variant)}`,
    ...notableChecks({ model, variant }).map(({ verdict, reason }) => `  ${MARKS[verdict]} ${reason}`),
    ...variant.findings.flatMap(({ title, detail, help }) => [
      `  ${title}: ${detail}`,
      ...help.map((line) => `    ${line}`),
    ]),
  ]);
}

function figuresText({ figures, base, metrics }: Variant): string {
  if (!figures) return '';
  const grown = base && base.bytes !== figures.bytes ? ` (${signed(figures.bytes - base.bytes)} B)` : '';
  const values = metrics.map(({ name, value, interval, unit }) => {
    const range = interval ? ` (${short(interval.low)} to ${short(interval.high)})` : '';
    return `, ${name} ${short(value)}${unit ? ` ${unit}` : ''}${range}`;
  });
  return `, ${formatSize(figures.bytes)}${grown}, ${figures.ops} ops${values.join('')}`;
}

function signed(value: number): string {
  return value < 0 ? `−${-value}` : `+${value}`;
}

function short(value: number | null): string {
  return value === null ? 'undefined' : String(Number(value.toPrecision(4)));
}
