import type { Timing } from '#record/record.js';
import { shortened } from '../visible-text.js';
import { type Markup, markup } from './markup.js';
import { type Column, table } from './table.js';

type VariantTiming = Timing['variants'][number];

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
${table('Times by variant', columns, variants)}</details></section>
`;
}

function timeText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
