import type { Layer } from '#record/measures.js';
import { formatValue } from '../values.js';
import { shortened } from '../visible-text.js';
import type { Budget } from './budget.js';
import { type Markup, markup } from './markup.js';
import { type Column, table } from './table.js';

/** Layers of one variant that are listed, of which the record has the most damaged first. */
const MAX_LAYERS = 150;
const BAR = 100;
/** Signal to noise of 8 bits at their best; more fills the bar. */
const FULL = 50;

/** What quantization does to each layer; undefined where the record has none. */
export function layerTable(title: string, layers: readonly Layer[], budget: Budget): Markup | undefined {
  if (layers.length === 0) return undefined;
  const shown = layers.slice(0, budget.take(Math.min(layers.length, MAX_LAYERS)));
  const left = layers.length - shown.length;
  return markup`<h4>Damage by quantization, layer by layer</h4>
${shown.length > 0 ? table(`Layers of ${title}, the most damaged first; a longer bar is less noise`, columns, shown) : undefined}${
  left > 0 ? markup`<p class="note">${left} less damaged layers are left out here; the record has them.</p>` : undefined
}`;
}

const columns: readonly Column<Layer>[] = [
  { name: 'tensor', cell: ({ tensor, layer }) => shortened(tensor || layer || '–', 200) },
  { name: 'op', cell: ({ op }) => op },
  {
    name: 'signal to noise',
    cell: ({ sqnr }) => [sqnr === null ? '–' : `${sqnr.toFixed(1)} dB`, sqnr === null ? undefined : bar(sqnr)],
    sort: ({ sqnr }) => sqnr,
  },
  { name: 'mean error', cell: ({ meanError }) => valueOr(meanError), sort: ({ meanError }) => meanError },
  { name: 'greatest error', cell: ({ maxError }) => valueOr(maxError), sort: ({ maxError }) => maxError },
  {
    name: 'saturated',
    cell: ({ saturated }) => (saturated === null ? '–' : `${formatValue(saturated * 100)}%`),
    sort: ({ saturated }) => saturated,
  },
];

function bar(sqnr: number): Markup {
  const width = Math.round(Math.min(1, Math.max(0.01, sqnr / FULL)) * BAR);
  return markup`<svg width="${BAR}" height="6" aria-hidden="true"><rect class="bar" width="${width}" height="6"/></svg>`;
}

function valueOr(value: number | null): string {
  return value === null ? '–' : formatValue(value);
}
