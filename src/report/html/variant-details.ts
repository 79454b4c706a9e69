import type { Check } from '#record/findings.js';
import type { Comparison, Figures, Interval, Metric } from '#record/measures.js';
import type { Variant } from '#record/record.js';
import { formatSize } from '../format-size.js';
import { type ModelVariant, titleOf } from '../ordered-variants.js';
import { formatValue, signed, signedShare } from '../values.js';
import { shortened } from '../visible-text.js';
import { findingList } from './findings.js';
import { type Markup, markup, type Part } from './markup.js';
import { type Column, table } from './table.js';
import { checkMark } from './verdicts.js';

/** All that the record says of one variant, but for its layers and its graph. */
export function variantDetails(each: ModelVariant): Markup {
  const { model, variant } = each;
  const title = shortened(titleOf(each), 120);
  const troubles = variant.checks.filter(({ verdict }) => verdict !== 'pass');
  return markup`<p class="note">${model.path}, ${statusWords[model.status]}; ${variant.scheme} by the ${variant.engine} engine; judged by the ${model.judgedBy}'s limits${model.data ? ` on ${model.data.path}` : ''}.</p>
${troubles.length === 0 ? undefined : markup`<ul class="checks">${troubles.map((check) => markup`<li>${checkMark(check)} ${check.reason}</li>`)}</ul>`}
${variant.nan.rows === 0 ? undefined : markup`<p class="doubtful">⚠ ${variant.nan.rows} samples give NaN${variant.nan.first === null ? '' : `, the first is sample ${variant.nan.first}`}.</p>`}
${listed([...model.findings, ...variant.findings], (all) => findingList(all))}
${listed(variant.checks, (all) => section('Checks', table(`Checks of ${title}`, checkColumns, all)))}
${listed(variant.metrics, (all) => section('Accuracy', table(`Metrics of ${title}`, metricColumns, all)))}
${variant.figures ? section('Figures', figureTable(title, variant.figures, variant.base)) : undefined}
${variant.figures ? section('Ops', opTable(title, variant.figures, variant.base)) : undefined}
${listed(variant.float, (all) => section('Ops that stayed float', table(`Float ops of ${title}`, floatColumns, all)))}
${targetSection(title, variant)}`;
}

const statusWords = {
  new: 'new',
  changed: 'changed against the base',
  unchanged: 'the same as in the base',
  missing: 'no longer there',
  alone: 'compared with nothing',
} as const;

function listed<T>(items: readonly T[], show: (items: readonly T[]) => Markup): Markup | undefined {
  return items.length === 0 ? undefined : show(items);
}

export function section(title: string, content: Part): Markup {
  return markup`<h4>${title}</h4>
${content}`;
}

const checkColumns: readonly Column<Check>[] = [
  { name: 'check', cell: ({ id }) => id },
  { name: 'verdict', cell: (check) => checkMark(check) },
  { name: 'limit', cell: ({ limitText }) => limitText || '–' },
  {
    name: 'measured',
    cell: ({ measured, unit }) => quantity(measured, unit),
    sort: ({ measured }) => measured,
  },
  { name: 'p, no drop', cell: ({ p }) => probability(p), sort: ({ p }) => p },
  { name: 'p, Holm', cell: ({ adjustedP }) => probability(adjustedP), sort: ({ adjustedP }) => adjustedP },
  { name: 'p, within limit', cell: ({ pLimit }) => probability(pLimit), sort: ({ pLimit }) => pLimit },
  {
    name: 'reason',
    cell: ({ reason, samplesToSettle }) =>
      samplesToSettle === null ? reason : `${reason} ${samplesToSettle} samples would settle it.`,
  },
];

const metricColumns: readonly Column<Metric>[] = [
  { name: 'metric', cell: ({ name, evidence }) => (evidence === 'weak' ? `${name} (random inputs)` : name) },
  {
    name: 'value',
    cell: ({ value, unit, interval }) => [formatValue(value, unit), intervalText(interval)],
    sort: ({ value }) => value,
  },
  { name: 'better', cell: ({ direction }) => direction },
  { name: 'samples', cell: ({ samples }) => samples, sort: ({ samples }) => samples },
  { name: 'drop from float', cell: ({ reference }) => comparison(reference), sort: ({ reference }) => drop(reference) },
  { name: 'drop from base', cell: ({ base }) => comparison(base), sort: ({ base }) => drop(base) },
];

const floatColumns: readonly Column<Variant['float'][number]>[] = [
  { name: 'layer', cell: ({ layer }) => layer || '–' },
  { name: 'op', cell: ({ op }) => op },
  { name: 'count', cell: ({ count }) => count, sort: ({ count }) => count },
  { name: 'why', cell: ({ reason }) => reason },
];

function quantity(value: number | null, unit: Check['unit']): string {
  if (value === null) return '–';
  if (unit === 'bytes') return formatSize(value);
  return formatValue(value, unit === 'dB' ? 'dB' : null);
}

function probability(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function intervalText(interval: Interval | null): Markup | undefined {
  if (!interval || interval.low === null || interval.high === null) return undefined;
  return markup` <span class="ci">[${formatValue(interval.low)}, ${formatValue(interval.high)}]</span>`;
}

function comparison(of: Comparison | null): Part {
  if (!of || of.drop === null) return '–';
  return [formatValue(of.drop), intervalText(of.interval), ` p ${probability(of.p)}`];
}

function drop(of: Comparison | null): number | null {
  return of?.drop ?? null;
}

interface FigureRow {
  readonly name: string;
  readonly head: number;
  /** 0 where there is no base. */
  readonly base: number;
  readonly format: (value: number) => string;
}

function figureTable(title: string, head: Figures, base: Figures | null): Markup {
  const whole = (value: number): string => value.toLocaleString('en-US');
  const rows: FigureRow[] = [
    { name: 'size', head: head.bytes, base: base?.bytes ?? 0, format: formatSize },
    { name: 'weights', head: head.weightBytes, base: base?.weightBytes ?? 0, format: formatSize },
    {
      name: 'peak activations',
      head: head.peakActivationBytes,
      base: base?.peakActivationBytes ?? 0,
      format: formatSize,
    },
    { name: 'multiply-accumulates', head: head.macs, base: base?.macs ?? 0, format: whole },
    { name: 'ops', head: head.ops, base: base?.ops ?? 0, format: whole },
  ];
  const runtime = head.minimumRuntime === null ? 'no known release' : `${head.minimumRuntime} or later`;
  return markup`${table(`Figures of ${title}`, changeColumns('figure', base !== null), rows)}<p class="note">Runs on TensorFlow Lite ${runtime}. SHA-256 ${head.sha256}.</p>
`;
}

function opTable(title: string, head: Figures, base: Figures | null): Markup {
  const names = new Set([...Object.keys(head.opCounts), ...Object.keys(base?.opCounts ?? {})]);
  const rows = [...names].map(
    (name): FigureRow => ({
      name,
      head: head.opCounts[name] ?? 0,
      base: base?.opCounts[name] ?? 0,
      format: String,
    }),
  );
  return table(`Ops of ${title}`, changeColumns('op', base !== null), rows);
}

/** Head against base; the head alone where there is no base. */
function changeColumns(name: string, hasBase: boolean): Column<FigureRow>[] {
  const head: Column<FigureRow>[] = [
    { name, cell: (row) => row.name },
    { name: 'head', cell: (row) => row.format(row.head), sort: (row) => row.head },
  ];
  if (!hasBase) return head;
  return [
    ...head,
    { name: 'base', cell: ({ base, format }) => format(base), sort: ({ base }) => base },
    {
      name: 'change',
      cell: ({ head: now, base, format }) => {
        const share = signedShare(now, base);
        return `${signed(now - base, format)}${share && ` (${share})`}`;
      },
      sort: (row) => row.head - row.base,
    },
  ];
}

function targetSection(title: string, { targets }: Variant): Markup | undefined {
  if (targets.length === 0) return undefined;
  const fits = targets.map(
    ({ target, fits, source }) =>
      markup`<li class="${fits ? 'passed' : 'failed'}">${fits ? '✓' : '✗'} ${target} <span class="note">(${source})</span></li>`,
  );
  const problems = targets.flatMap(({ target, problems }) => problems.map((problem) => ({ target, ...problem })));
  const columns: Column<(typeof problems)[number]>[] = [
    { name: 'op', cell: ({ op }) => op },
    { name: 'target', cell: ({ target }) => target },
    { name: 'count', cell: ({ count }) => count, sort: ({ count }) => count },
    { name: 'why', cell: ({ reason }) => reason },
    { name: 'where', cell: ({ places }) => shortened(places.join(', '), 400) },
  ];
  const list = markup`<ul class="checks">${fits}</ul>
`;
  return section('Targets', [
    list,
    problems.length > 0 ? table(`What does not fit ${title}'s targets`, columns, problems) : undefined,
  ]);
}
