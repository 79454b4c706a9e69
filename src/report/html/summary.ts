import type { Finding, GateChange } from '#record/findings.js';
import type { RunRecord } from '#record/record.js';
import { type ModelVariant, titleOf } from '../ordered-variants.js';
import { comparedText, metricText, opsText, sizeText } from '../values.js';
import { shortened } from '../visible-text.js';
import { findingList } from './findings.js';
import { type Markup, markup } from './markup.js';
import { type Column, table } from './table.js';
import { lookOf, runVerdicts, verdictMark } from './verdicts.js';

/** Changes of the gate that stand above all else; more are folded. */
const MAX_CHANGES = 20;

/** The verdict, then what of the gate is changed, then what it was compared with. */
export function summaryHead(record: RunRecord): Markup {
  const { headline, changes, shard, head } = record;
  const [look, word] = runVerdicts[record.verdict];
  const part = shard ? ` Share ${shard.index} of ${shard.count} of the run.` : '';
  const commit = head.commit === null ? '' : ` Head: ${head.commit.slice(0, 12)}.`;
  return markup`<header><h1>TFLite Gate</h1>
<p class="verdict ${look}">${word} ${headline}</p>
${gateChanges(changes)}<p class="base">${comparedText(record)}${commit}${part}</p>
</header>
`;
}

function gateChanges(changes: readonly GateChange[]): Markup | undefined {
  const loosened = changes.filter((change) => change.loosened && change.kind !== 'definition');
  if (loosened.length === 0) return undefined;
  const items = loosened.map(
    ({ path, from, to, counted, model }) =>
      markup`<li>${shortened(path, 300)}${model === null ? undefined : ` (${shortened(model, 120)})`} from ${shortened(from ?? 'nothing', 300)} to ${shortened(to ?? 'nothing', 300)}${counted ? '' : ', not counted yet'}</li>`,
  );
  const [first, rest] = [items.slice(0, MAX_CHANGES), items.slice(MAX_CHANGES)];
  return markup`<div class="gate"><strong>⚠ The gate itself is changed:</strong><ul>${first}</ul>${
    rest.length > 0 ? markup`<details><summary>and ${rest.length} more</summary><ul>${rest}</ul></details>` : undefined
  }</div>
`;
}

/** What is wrong with the run as a whole. */
export function findingSection(findings: readonly Finding[]): Markup | undefined {
  return findings.length === 0
    ? undefined
    : markup`<section><h2>Findings of the run</h2>${findingList(findings)}</section>`;
}

/** Id of the details of a variant, by its place in the order of the page. */
export function variantId(index: number): string {
  return `v${index + 1}`;
}

/** A row a variant, what went wrong first. */
export function summaryTable(variants: readonly ModelVariant[]): Markup | undefined {
  if (variants.length === 0) return undefined;
  const ids = new Map(variants.map((each, i) => [each, variantId(i)]));
  const columns: Column<ModelVariant>[] = [
    {
      name: 'model and variant',
      cell: (each) =>
        markup`<a href="#${ids.get(each)}">${shortened(titleOf(each), 240)}</a>${each.model.status === 'new' ? markup` <span class="tag">new</span>` : undefined}`,
    },
    { name: 'verdict', cell: ({ variant }) => verdictMark(variant) },
    { name: 'size', cell: ({ variant }) => sizeText(variant), sort: ({ variant }) => variant.figures?.bytes ?? null },
    {
      name: 'accuracy',
      cell: ({ variant }) =>
        variant.metrics.length === 0
          ? '–'
          : variant.metrics.map((metric, i) => [i > 0 ? BREAK : '', metricText(metric)]),
    },
    { name: 'ops', cell: ({ variant }) => opsText(variant), sort: ({ variant }) => variant.figures?.ops ?? null },
    {
      name: 'targets',
      cell: ({ variant }) =>
        variant.targets.length === 0
          ? '–'
          : variant.targets.map(({ target, fits }, i) => [i > 0 ? BREAK : '', `${fits ? '✓' : '✗'} ${target}`]),
    },
  ];
  return markup`<section><h2>Models</h2>
${table(`${variants.length === 1 ? 'One variant' : `${variants.length} variants`}: ${tallyOf(variants)}`, columns, variants)}</section>
`;
}

/** `2 failed, 1 within noise, 40 passed` */
function tallyOf(variants: readonly ModelVariant[]): string {
  const looks = variants.map(({ variant }) => lookOf(variant));
  return (['failed', 'doubtful', 'passed'] as const)
    .map((look) => [looks.filter((each) => each === look).length, look === 'doubtful' ? 'within noise' : look] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

const BREAK = markup`<br>`;
