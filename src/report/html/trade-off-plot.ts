import { symbol, symbolCircle, symbolDiamond, symbolTriangle } from 'd3-shape';
import type { Metric } from '#record/measures.js';
import { formatSize } from '../format-size.js';
import { type ModelVariant, titleOf } from '../ordered-variants.js';
import { formatValue } from '../values.js';
import { shortened } from '../visible-text.js';
import { type Markup, markup } from './markup.js';
import { horizontalAxis, type Scale, scaleOf, verticalAxis } from './svg-axes.js';
import { type Look, lookOf } from './verdicts.js';

const WIDTH = 640;
const HEIGHT = 340;
const LEFT = 58;
const RIGHT = 20;
const TOP = 14;
const BOTTOM = 42;
/** With more points, names would lie over one another. */
const MAX_NAMES = 12;

/** Shapes as well as colours, as not everybody tells these apart. */
const SHAPES: Readonly<Record<Look, string>> = {
  passed: symbol(symbolCircle, 70)() ?? '',
  doubtful: symbol(symbolTriangle, 70)() ?? '',
  failed: symbol(symbolDiamond, 80)() ?? '',
};

interface Point {
  readonly name: string;
  readonly look: Look;
  readonly bytes: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The same variant in the base. */
  readonly was: { readonly bytes: number; readonly value: number } | undefined;
}

/** Names of the metrics that any variant has, the most common first. */
export function metricNames(variants: readonly ModelVariant[]): string[] {
  const counts = new Map<string, number>();
  for (const { variant } of variants) {
    for (const { name, value } of variant.metrics) if (value !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** Size against one metric, of all variants that have both: with intervals, and where the base's were. */
export function tradeOffPlot(variants: readonly ModelVariant[], metric: string): Markup | undefined {
  const found = variants.flatMap((each) => {
    const measured = each.variant.metrics.find(({ name }) => name === metric);
    return measured ? { each, measured } : [];
  });
  const points = found.flatMap(({ each, measured }) => pointOf(each, measured) ?? []);
  const [first] = found;
  if (!first || points.length === 0) return undefined;
  const { direction, unit } = first.measured;
  const sizes = points.flatMap(({ bytes, was }) => (was ? [bytes, was.bytes] : [bytes]));
  const values = points.flatMap(({ value, low, high, was }) => [value, low, high, ...(was ? [was.value] : [])]);
  const x = scaleOf(sizes, [LEFT, WIDTH - RIGHT], true);
  const y = scaleOf(values, [HEIGHT - BOTTOM, TOP]);
  const title = `Size and ${shortened(metric, 60)} of ${points.length === 1 ? 'one variant' : `${points.length} variants`}`;
  return markup`<figure><figcaption>${title}. ${direction === 'higher' ? 'Higher' : 'Lower'} and further left is better; lines up and down are 95% confidence intervals.</figcaption>
<svg class="p" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}; the tables have the numbers">
${horizontalAxis(x, TOP, HEIGHT - BOTTOM, formatSize)}${verticalAxis(y, LEFT, WIDTH - RIGHT, (value) => formatValue(value, null))}<text class="axis" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">size of the file</text><text class="axis" x="${LEFT}" y="${HEIGHT - 6}">${shortened(metric, 60)}${unit ? ` in ${unit}` : ''}</text>
${points.map((point) => pointMarkup(point, x, y, points.length <= MAX_NAMES))}</svg>
<p class="note">${legendOf(points)}</p></figure>
`;
}

function pointOf(each: ModelVariant, { value, interval, base }: Metric): Point | undefined {
  const { figures, base: baseFigures } = each.variant;
  if (!figures || value === null) return undefined;
  return {
    name: titleOf(each),
    look: lookOf(each.variant),
    bytes: figures.bytes,
    value,
    low: interval?.low ?? value,
    high: interval?.high ?? value,
    was: baseFigures && base && base.value !== null ? { bytes: baseFigures.bytes, value: base.value } : undefined,
  };
}

function pointMarkup(
  { name, look, bytes, value, low, high, was }: Point,
  scaleX: Scale,
  scaleY: Scale,
  named: boolean,
): Markup {
  const at = (n: number): number => Math.round(n * 10) / 10;
  const [x, y] = [at(scaleX(bytes)), at(scaleY(value))];
  const moved = was && (was.bytes !== bytes || was.value !== value);
  const before = moved && {
    x: at(scaleX(was.bytes)),
    y: at(scaleY(was.value)),
  };
  const atRight = x > WIDTH * 0.7;
  return markup`<g><title>${shortened(name, 120)}: ${formatSize(bytes)}, ${formatValue(value)}</title>${
    before
      ? markup`<path class="to" d="M${before.x},${before.y}L${x},${y}"/><circle class="was" cx="${before.x}" cy="${before.y}" r="4"/>`
      : undefined
  }${low === high ? undefined : markup`<path class="w ${look}" d="M${x},${at(scaleY(low))}V${at(scaleY(high))}"/>`}<path class="${look}" transform="translate(${x},${y})" d="${SHAPES[look]}"/>${
    named
      ? markup`<text x="${atRight ? x - 9 : x + 9}" y="${y + 4}"${atRight ? END : undefined}>${shortened(name, 32)}</text>`
      : undefined
  }</g>
`;
}

const END = markup` text-anchor="end"`;

function legendOf(points: readonly Point[]): Markup[] {
  const names: readonly [Look, string][] = [
    ['passed', 'passed'],
    ['doubtful', 'within noise'],
    ['failed', 'failed'],
  ];
  const shapes: Readonly<Record<Look, string>> = { passed: '●', doubtful: '▲', failed: '◆' };
  const shown = names.filter(([look]) => points.some((point) => point.look === look));
  const looks = shown.map(([look, name]) => markup`<span class="${look}">${shapes[look]} ${name}</span> `);
  return points.some(({ was }) => was) ? [...looks, markup`○ the base`] : looks;
}
