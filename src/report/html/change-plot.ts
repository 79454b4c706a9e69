import type { Metric } from '#record/measures.js';
import { type ModelVariant, titleOf } from '../ordered-variants.js';
import { formatValue, signed } from '../values.js';
import { shortened } from '../visible-text.js';
import { type Markup, markup } from './markup.js';
import { horizontalAxis, scaleOf } from './svg-axes.js';
import { type Look, lookOf } from './verdicts.js';

const WIDTH = 640;
const LEFT = 220;
const RIGHT = 24;
const TOP = 10;
const ROW = 22;
const BOTTOM = 28;
/** Variants of one plot. */
const MAX_ROWS = 40;

interface Change {
  readonly name: string;
  readonly look: Look;
  readonly change: number;
  readonly low: number;
  readonly high: number;
}

/** Both are about the same samples: better than comparing two intervals by eye. */
export function metricChangePlot(
  variants: readonly ModelVariant[],
  metric: string,
  against: 'base' | 'reference',
): Markup | undefined {
  const changes = variants.flatMap((each) => {
    const measured = each.variant.metrics.find(({ name }) => name === metric);
    return (measured && changeOf(each, measured[against])) ?? [];
  });
  const other = against === 'base' ? 'the base' : 'the float model';
  return changePlot(
    `${shortened(metric, 60)} against ${other}`,
    'Right of the line is better; bars are 95% confidence intervals of the difference on the same samples.',
    changes,
    (value) => signed(value, (absolute) => formatValue(absolute)),
  );
}

/** How much larger the files are than the base's. */
export function sizeChangePlot(variants: readonly ModelVariant[]): Markup | undefined {
  const changes = variants.flatMap((each): Change | [] => {
    const { figures, base } = each.variant;
    if (!figures || !base || figures.bytes === base.bytes || base.bytes === 0) return [];
    const change = (figures.bytes / base.bytes - 1) * 100;
    return { name: titleOf(each), look: lookOf(each.variant), change, low: 0, high: change };
  });
  return changePlot('Size against the base', 'Left of the line is smaller.', changes, (value) =>
    signed(value, (absolute) => `${formatValue(absolute)}%`),
  );
}

function changeOf(each: ModelVariant, comparison: Metric['base']): Change | undefined {
  if (!comparison || comparison.value === null || comparison.drop === null) return undefined;
  const change = -comparison.drop;
  const { low, high } = comparison.interval ?? {};
  return {
    name: titleOf(each),
    look: lookOf(each.variant),
    change,
    low: high === null || high === undefined ? change : -high,
    high: low === null || low === undefined ? change : -low,
  };
}

function changePlot(
  title: string,
  reading: string,
  all: readonly Change[],
  format: (value: number) => string,
): Markup | undefined {
  if (all.length === 0) return undefined;
  const changes = all.slice(0, MAX_ROWS);
  const x = scaleOf([0, ...changes.flatMap(({ low, high }) => [low, high])], [LEFT, WIDTH - RIGHT]);
  const bottom = TOP + changes.length * ROW;
  const zero = Math.round(x(0));
  const rows = changes.map(({ name, look, change, low, high }, i) => {
    const y = TOP + i * ROW + ROW / 2;
    const at = (value: number): number => Math.round(x(value) * 10) / 10;
    return markup`<g><title>${shortened(name, 120)}: ${format(change)}</title><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${shortened(name, 30)}</text><path class="w ${look}" d="M${at(low)},${y}H${at(high)}"/><circle class="${look}" cx="${at(change)}" cy="${y}" r="4.5"/></g>
`;
  });
  const height = bottom + BOTTOM;
  const more = all.length > changes.length ? ` The first ${changes.length} of ${all.length} variants.` : '';
  return markup`<figure><figcaption>${title}. ${reading}${more}</figcaption>
<svg class="p" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}; the tables have the numbers">
${horizontalAxis(x, TOP, bottom, format)}<path class="zero" d="M${zero},${TOP}V${bottom}"/>
${rows}</svg></figure>
`;
}
