import { groupDiagnostics } from '#diagnostics/group.js';
import type { Location } from '#diagnostics/location.js';
import type { Check, Finding } from '#record/findings.js';
import type { RunRecord, Variant } from '#record/record.js';
import { escapeMarkdown as text } from '../escape-markdown.js';
import { type ModelVariant, notableChecks } from '../ordered-variants.js';
import { metricText, opsText, sizeText } from '../values.js';

/** Places that are listed of one finding. */
const MAX_PLACES = 20;

const verdicts: Readonly<Record<RunRecord['verdict'], string>> = {
  passed: '✅ **Passed.**',
  failed: '❌ **Failed.**',
  invalid: '❌ **Could not be checked.**',
};

const marks: Readonly<Record<Variant['verdict'], string>> = {
  passed: '✅',
  failed: '❌ failed',
  unsupported: '❌ unsupported',
  invalid: '❌ not checked',
  missing: '❌ missing',
};

const checkMarks: Readonly<Record<Check['verdict'], string>> = {
  pass: '✅',
  'within-noise': '🟡',
  fail: '❌',
  skipped: '➖',
};

export function verdictLine(record: RunRecord): string {
  return `${verdicts[record.verdict]} ${text(record.headline)}`;
}

/** What of the gate the head would change: the second line of every report. */
export function changesLine({ changes }: RunRecord): string | undefined {
  const shown = changes.filter(({ kind, loosened }) => loosened && kind !== 'definition');
  if (shown.length === 0) return undefined;
  const list = shown.map(({ path, from, to, counted }) => {
    const now = counted ? '' : ', not counted yet';
    return `${brief(path)} from ${brief(from ?? 'nothing')} to ${brief(to ?? 'nothing')}${now}`;
  });
  const first = list.slice(0, 10).join('; ');
  return `⚠️ **The gate itself is changed:** ${first}${list.length > 10 ? `; and ${list.length - 10} more` : ''}.`;
}

/** One end of a long name is enough to find it. */
function brief(name: string): string {
  return text(name.length > 120 ? `${name.slice(0, 119)}…` : name);
}

export const tableHead = [
  '| model | verdict | size | accuracy | ops | targets |',
  '| --- | --- | --- | --- | --- | --- |',
];

export function tableRow({ model, variant }: ModelVariant): string {
  const name = `${text(model.name)} ${text(variant.name)}${model.status === 'new' ? ' 🆕' : ''}`;
  const doubtful = variant.checks.some(({ verdict }) => verdict === 'within-noise');
  const verdict = variant.verdict === 'passed' && doubtful ? '🟡 within noise' : marks[variant.verdict];
  const metrics = variant.metrics.map((metric) => text(metricText(metric))).join('<br>');
  const targets = variant.targets.map(({ target, fits }) => `${fits ? '✅' : '❌'} ${text(target)}`).join('<br>');
  return `| ${[name, verdict, text(sizeText(variant)), metrics || '–', text(opsText(variant)), targets || '–'].join(' | ')} |`;
}

/** What is to be said of one variant beside its row: checks that did not pass, and findings with their help. */
export function variantLines(each: ModelVariant): string[] {
  const { variant } = each;
  const checks = notableChecks(each);
  return [
    ...checks.map(({ verdict, reason }) => `- ${checkMarks[verdict]} ${text(reason)}`),
    ...findingLines(variant.findings),
    ...(variant.nan.rows === 0
      ? []
      : [`- ⚠️ ${variant.nan.rows} samples give NaN, the first is sample ${variant.nan.first}.`]),
  ];
}

export function findingLines(findings: readonly Finding[]): string[] {
  // Codes of a record are those of the version that wrote it.
  return groupDiagnostics(findings as Parameters<typeof groupDiagnostics>[0]).flatMap(
    ({ title, op, count, findings: same }) => {
      const subject = op === undefined ? '' : `: ${text(op)}${count > 1 ? `, ${count} times` : ''}`;
      return [
        `- **${text(title)}**${subject}`,
        ...same.flatMap(({ detail, help, locations }) => {
          const places = locations.map(placeText).filter((where) => where !== '');
          const hidden = places.length - MAX_PLACES;
          return [
            `  - ${text(detail)}`,
            ...places.slice(0, MAX_PLACES).map((where) => `    - ${where}`),
            ...(hidden > 0 ? [`    - and ${hidden} more places`] : []),
            ...help.map((advice) => `    - 💡 ${text(advice)}`),
          ];
        }),
      ];
    },
  );
}

function placeText({ layer, node, file, line }: Location): string {
  const parts: string[] = [];
  if (layer !== undefined) parts.push(`layer ${text(layer)}`);
  if (node !== undefined) parts.push(`node ${text(node)}`);
  if (parts.length === 0 && file !== undefined) parts.push(line === undefined ? text(file) : `${text(file)}:${line}`);
  return parts.join(', ');
}
