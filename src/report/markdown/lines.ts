import { groupDiagnostics } from '#diagnostics/group.js';
import type { Location } from '#diagnostics/location.js';
import type { Check, Finding } from '#record/findings.js';
import type { RunRecord, Variant } from '#record/record.js';
import { escapeMarkdown } from '../escape-markdown.js';
import { type ModelVariant, notableChecks, titleOf } from '../ordered-variants.js';
import { comparedText, metricText, opsText, sizeText, toolText } from '../values.js';
import { shortened } from '../visible-text.js';

/** Places that are listed of one finding. */
const MAX_PLACES = 20;
/** Changes of the gate that are named. */
const MAX_CHANGES = 10;
/** Characters of a name, of one metric, of a sentence, and of all that a finding says. */
const NAME = 120;
const VALUE = 240;
const SENTENCE = 600;
const EXPLANATION = 2000;

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
  return `${verdicts[record.verdict]} ${text(record.headline, SENTENCE)}`;
}

/** What of the gate the head would change: the second line of every report. */
export function changesLine({ changes }: RunRecord): string | undefined {
  const shown = changes.filter(({ kind, loosened }) => loosened && kind !== 'definition');
  if (shown.length === 0) return undefined;
  const list = shown.map(({ path, from, to, counted }) => {
    const now = counted ? '' : ', not counted yet';
    return `${text(path, NAME)} from ${text(from ?? 'nothing', NAME)} to ${text(to ?? 'nothing', NAME)}${now}`;
  });
  const first = list.slice(0, MAX_CHANGES).join('; ');
  const more = list.length - MAX_CHANGES;
  return `⚠️ **The gate itself is changed:** ${first}${more > 0 ? `; and ${more} more` : ''}.`;
}

/** One end of a long name is enough to find it. An item of a list that says nothing could underline the one before. */
function text(name: string, length: number): string {
  return escapeMarkdown(shortened(name, length)) || '–';
}

/** How the details of a variant are called. */
export function titleLine(each: ModelVariant): string {
  return text(titleOf(each), 2 * NAME);
}

/** What the run is compared with, by which version; a commit is a link on GitHub. */
export function baseLine({ tool, shard, base }: RunRecord): string {
  const part = shard ? `, share ${shard.index} of ${shard.count}` : '';
  const commit = base.kind === 'commit' && /^[0-9a-f]{40}$/.test(base.name) ? base.name.slice(0, 12) : undefined;
  const compared =
    commit === undefined
      ? text(comparedText({ base }), SENTENCE)
      : `Compared with ${commit}: ${text(base.reason, SENTENCE)}`;
  return `${compared} ${text(toolText(tool), NAME)}${part}.`;
}

export const tableHead = [
  '| model | verdict | size | accuracy | ops | targets |',
  '| --- | --- | --- | --- | --- | --- |',
];

export function tableRow({ model, variant }: ModelVariant): string {
  const name = `${text(model.name, NAME)} ${text(variant.name, NAME)}${model.status === 'new' ? ' 🆕' : ''}`;
  const metrics = variant.metrics.map((metric) => text(metricText(metric), VALUE)).join('<br>');
  const targets = variant.targets.map(({ target, fits }) => `${fits ? '✅' : '❌'} ${text(target, NAME)}`).join('<br>');
  return `| ${[name, verdictCell(variant), text(sizeText(variant), VALUE), metrics || '–', text(opsText(variant), VALUE), targets || '–'].join(' | ')} |`;
}

/** Where checks failed, what they are about: `❌ accuracy, size`. */
function verdictCell({ verdict, checks }: Variant): string {
  if (verdict === 'passed') return checks.some((check) => check.verdict === 'within-noise') ? '🟡 within noise' : '✅';
  const kinds = new Set(checks.filter((check) => check.verdict === 'fail').map(({ kind }) => kind));
  return verdict === 'failed' && kinds.size > 0 ? `❌ ${[...kinds].join(', ')}` : marks[verdict];
}

/** What is to be said of one variant beside its row: checks that did not pass, and findings with their help. */
export function variantLines(each: ModelVariant): string[] {
  const { variant } = each;
  const checks = notableChecks(each);
  return [
    ...checks.map(({ verdict, reason }) => `- ${checkMarks[verdict]} ${text(reason, SENTENCE)}`),
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
      const subject = op === undefined ? '' : `: ${text(op, NAME)}${count > 1 ? `, ${count} times` : ''}`;
      return [
        `- **${text(title, VALUE)}**${subject}`,
        ...same.flatMap(({ detail, help, locations }) => {
          const places = locations.map(placeText).filter((where) => where !== '');
          const hidden = places.length - MAX_PLACES;
          return [
            `  - ${text(detail, EXPLANATION)}`,
            ...places.slice(0, MAX_PLACES).map((where) => `    - ${where}`),
            ...(hidden > 0 ? [`    - and ${hidden} more places`] : []),
            ...help.map((advice) => `    - 💡 ${text(advice, SENTENCE)}`),
          ];
        }),
      ];
    },
  );
}

function placeText({ layer, node, file, line }: Location): string {
  const parts: string[] = [];
  if (layer !== undefined) parts.push(`layer ${text(layer, VALUE)}`);
  if (node !== undefined) parts.push(`node ${text(node, VALUE)}`);
  if (parts.length === 0 && file !== undefined) parts.push(text(line === undefined ? file : `${file}:${line}`, VALUE));
  return parts.join(', ');
}
