import type { PassTime, Timing } from '#record/record.js';
import { shortened } from '../visible-text.js';
import { Budget } from './budget.js';
import { type Markup, markup } from './markup.js';
import { type Column, table } from './table.js';

type VariantTiming = Timing['variants'][number];

/** Rows of all tables of passes together. */
const MAX_PASSES = 2000;

/** How long what took; undefined where nothing was timed. */
export function timingTable({ milliseconds, variants }: Timing): Markup | undefined {
  if (variants.length === 0) return undefined;
  const columns: readonly Column<VariantTiming>[] = [
    { name: 'variant', cell: ({ model, variant }) => shortened(`${model} (${variant})`, 240) },
    {
      name: 'time',
      cell: ({ milliseconds: own, cached }) => (cached ? 'kept from before' : timeText(own)),
      sort: ({ milliseconds: own, cached }) => (cached ? 0 : own),
    },
    {
      name: 'stages',
      cell: ({ stages }) => stages.map(({ name, milliseconds: own }) => `${name} ${timeText(own)}`).join(', ') || '–',
    },
  ];
  return markup`<section><h2>Times</h2>
<details><summary>The run took ${timeText(milliseconds)}</summary>
${table('Times by variant', columns, variants)}${passTables(variants, new Budget(MAX_PASSES))}</details></section>
`;
}

/** What each conversion did; what came from an earlier run has none. */
function passTables(variants: readonly VariantTiming[], budget: Budget): Markup[] {
  return variants.flatMap(({ model, variant, stages }) => {
    const passes = stages.flatMap((stage) => stage.passes ?? []);
    if (passes.length === 0 || budget.take(passes.length) < passes.length) return [];
    const title = shortened(`${model} (${variant})`, 120);
    return markup`<details><summary>Passes of ${title}: ${passes.length}, of which ${passes.filter(({ changes }) => changes > 0).length} changed it</summary>
${table(`Passes of ${title}, in their order`, passColumns, passes)}</details>
`;
  });
}

const passColumns: readonly Column<PassTime>[] = [
  { name: 'pass', cell: ({ name }) => name },
  { name: 'runs', cell: ({ runs }) => runs, sort: ({ runs }) => runs },
  { name: 'that changed it', cell: ({ changes }) => changes, sort: ({ changes }) => changes },
  { name: 'time', cell: ({ milliseconds }) => passTime(milliseconds), sort: ({ milliseconds }) => milliseconds },
  { name: 'ops afterwards', cell: ({ ops }) => ops, sort: ({ ops }) => ops },
];

function passTime(milliseconds: number): string {
  return `${milliseconds.toFixed(2)} ms`;
}

function timeText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
