// docs/performance.md and its chart, of what `npm run bench`, `npm run bench:scale` and `npm run bench:search`
// have measured and left in benchmarks/results. Nothing is measured here, so the page is the same wherever it is made.
import { existsSync, readFileSync } from 'node:fs';
import { scaleLog } from 'd3-scale';
import { NETWORK_NAMES } from './network-names.mjs';

/** The network whose stages are all listed. */
const LISTED = 'resnet50';
/** What stages are put together as; the rest are passes. */
const GROUPS = {
  'read-saved-model': 'reading the SavedModel',
  'import-graph': 'importing the graph',
  'export-model': 'laying out the file',
  'verify-module': 'verifying the graph',
  'write-file': 'reading weights and writing the file',
  'verify-file': 'verifying the file',
};

function read(name) {
  const file = `benchmarks/results/${name}.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const ms = (value) => value.toFixed(value < 10 ? 2 : 1);
const seconds = (value) => `${value.toFixed(value < 10 ? 2 : 1)} s`;
const share = (part, all) => `${((100 * part) / all).toFixed(1)} %`;
const nameOf = (network) => NETWORK_NAMES[network] ?? network;

function measuredOn({ date, machine, runs }) {
  return `Measured ${date}, Node ${machine.node}, ${machine.cores} × ${machine.cpu.trim()}, ${runs} runs.`;
}

/** The stages of a conversion as a whole process. */
function rowsOf({ stages: { processMs, startMs, durationMs, stages } }) {
  return [
    { name: 'start of the process', ms: startMs },
    ...stages,
    { name: 'end of the process', ms: processMs - startMs - durationMs },
  ];
}

function stageSection(table, networks) {
  const listed = networks.find(({ name }) => name === LISTED) ?? networks[0];
  if (!listed) return ['No conversion has been measured by stages: `npm run bench -- --write` does.'];
  const { copy, stages } = listed;
  const rows = rowsOf(listed).map((row) => [row.name, ms(row.ms), share(row.ms, stages.processMs)]);
  const group = (row) => GROUPS[row.name] ?? (/ /.test(row.name) ? row.name : 'passes');
  const names = [...new Set(networks.flatMap((network) => rowsOf(network).map(group)))];
  const sums = networks.map((network) => {
    const sum = new Map(names.map((name) => [name, 0]));
    for (const row of rowsOf(network)) sum.set(group(row), sum.get(group(row)) + row.ms);
    return sum;
  });
  const summary = [
    ['ms', ...networks.map(({ name }) => nameOf(name))],
    ...names.map((name) => [name, ...sums.map((sum) => ms(sum.get(name)))]),
    ['**the whole process**', ...networks.map((network) => `**${ms(network.stages.processMs)}**`)],
    ['copying the SavedModel by `cp -R`', ...networks.map((network) => ms(1000 * network.copy.seconds))],
  ];
  return [
    'Whatever converts a model has to read its bytes and to write them once. `cp -R` of the SavedModel, a process of its own,',
    'does just that and no more: it is the limit, in the last line. Everything above it is what a conversion costs besides.',
    '',
    ...table(summary),
    '',
    `In full, for ${nameOf(listed.name)}, as \`--timing\` tells it, runs of a pass together. Copying its ${(copy.bytes / 1e6).toFixed(0)} MB takes ${ms(1000 * copy.seconds)} ms.`,
    '',
    ...table([['stage', 'ms', 'share'], ...rows, ['the whole process', ms(stages.processMs), '100.0 %']]),
  ];
}

function scaleSection(table, scale) {
  const series = [
    ['bytes', 'MB of weights', (line) => `${seconds(line.base)} + ${line.slope.toFixed(4)} s for each MB`],
    ['ops', 'ops', (line) => `${seconds(line.base)} + ${(line.slope * 1e6).toFixed(1)} ms for 1000 ops`],
  ].filter(([key]) => scale?.[key]);
  if (series.length === 0) return ['Growth has not been measured: `npm run bench:scale -- --write` does.'];
  return series.flatMap(([key, unit, formula], i) => {
    const { points, wall } = scale[key];
    return [
      ...(i > 0 ? [''] : []),
      `Against ${unit}: time = ${formula(wall)}, R² = ${wall.rSquared.toFixed(4)}.`,
      '',
      ...table([
        [unit, 'SavedModel', 'time', 'peak memory'],
        ...points.map((point) => [
          String(point.size),
          `${(point.modelBytes / 1e6).toFixed(1)} MB`,
          seconds(point.seconds),
          `${(point.memory / 1e6).toFixed(0)} MB`,
        ]),
      ]),
    ];
  });
}

/** How a trial of a search ended, in words. */
const OUTCOMES = {
  holds: 'holds',
  fails: 'loses too much',
  larger: 'not run: a smaller one holds',
  refused: 'not possible',
};

/** A search's trials, the smallest file first. */
function trialTable(table, { trials, best, metric }) {
  const number = (value) => (value === undefined || value === null ? '–' : String(Number(value.toPrecision(3))));
  const rows = trials
    .map((trial, i) => ({ ...trial, isBest: i === best }))
    .sort((a, b) => (a.bytes ?? Number.POSITIVE_INFINITY) - (b.bytes ?? Number.POSITIVE_INFINITY))
    .map(({ recipe, bytes, value, drop, outcome, isBest }) => {
      const cells = [recipe, bytes?.toLocaleString('en-US') ?? '–', number(value), number(drop), OUTCOMES[outcome]];
      return isBest ? cells.map((cell) => `**${cell}**`) : cells;
    });
  return table([['recipe', 'bytes', metric, 'loss', ''], ...rows]);
}

function searchSection(table, search) {
  if (!search) return ['No search has been measured: `npm run bench:search -- --write` does.'];
  const { date, machine, searches } = search;
  return [
    '`--quantize auto` tries whole-model schemes, the smallest files first, then mixtures: the layers that a smaller scheme',
    'damages most get a more exact one. `npm run bench:search` runs the commands below and lists all that they tried.',
    `Measured ${date}, Node ${machine.node}, ${machine.cores} × ${machine.cpu.trim()}.`,
    ...searches.flatMap((each) => {
      const { name, command, seconds: spent, trials, best, single, metric, maxDrop } = each;
      const found = trials[best].bytes;
      const gained =
        single && found < single.bytes
          ? `${(100 * (1 - found / single.bytes)).toFixed(1)} % less than`
          : 'no less than';
      return [
        '',
        `${nameOf(name)}, ${spent} s: ${found.toLocaleString('en-US')} bytes with a loss of at most ${maxDrop} of ${metric}, ${gained} the ${single?.bytes.toLocaleString('en-US')} of \`${single?.recipe}\`, the smallest that one scheme could give.`,
        '',
        `    ${command}`,
        '',
        ...trialTable(table, each),
      ];
    }),
  ];
}

/** The lines of docs/performance.md behind its heading; `table` makes a table of rows of cells. */
export function performanceLines(table) {
  const [conversion, scale, search] = [read('conversion'), read('scale'), read('search')];
  return [
    '`npm run bench` converts real networks with TFLite Gate and with the official converter, as whole cold processes, in turn.',
    ...(conversion ? [measuredOn(conversion)] : []),
    '',
    '![Time of conversion by network, ours and the official converter](images/conversion.svg)',
    '',
    '## Where the time goes',
    '',
    ...stageSection(
      table,
      (conversion?.results ?? []).filter(({ stages, copy }) => stages && copy),
    ),
    '',
    '## How it grows',
    '',
    ...(scale?.machine ? [measuredOn(scale), ''] : []),
    ...scaleSection(table, scale),
    '',
    '## The smallest model within a budget',
    '',
    ...searchSection(table, search),
  ];
}

const WIDTH = 720;
const LEFT = 200;
const RIGHT = 90;
const ROW = 52;
const BAR = 18;
const TOP = 40;
const COLOURS = { ours: '#2f7ed8', official: '#b0b7c0' };
const SIDES = { ours: 'TFLite Gate', official: 'official converter' };

/** docs/images/conversion.svg: a pair of bars for each network. The axis is logarithmic, from a tenth of a second. */
export function conversionChart() {
  const networks = read('conversion')?.results ?? [];
  const times = networks.flatMap(({ ours, official }) => [ours.seconds, official.seconds]);
  const height = TOP + ROW * networks.length + 34;
  const bottom = height - 30;
  const x = scaleLog()
    .domain([Math.min(0.1, ...times) / 1.2, Math.max(1, ...times) * 1.2])
    .range([LEFT, WIDTH - RIGHT]);
  const [low, high] = x.domain();
  const ticks = [0.01, 0.1, 1, 10, 100, 1000].filter((tick) => tick >= low && tick <= high);
  const text = (at, y, content, extra = '') => `<text x="${at}" y="${y}"${extra}>${content}</text>`;
  const grid = ticks.flatMap((tick) => {
    const at = x(tick).toFixed(1);
    return [
      `<path d="M${at},${TOP - 6}V${bottom}" stroke="#e3e6ea"/>`,
      text(at, bottom + 18, `${tick} s`, ' text-anchor="middle" fill="#5b6470"'),
    ];
  });
  const bars = networks.flatMap((network, i) =>
    Object.keys(SIDES).flatMap((side, k) => {
      const y = TOP + i * ROW + 4 + k * (BAR + 2);
      const end = x(network[side].seconds);
      const faster = side === 'ours' ? `, ${network.faster.toFixed(0)} × faster` : '';
      return [
        ...(k === 0 ? [text(LEFT - 10, y + BAR + 6, nameOf(network.name), ' text-anchor="end"')] : []),
        `<rect x="${LEFT}" y="${y}" width="${(end - LEFT).toFixed(1)}" height="${BAR}" fill="${COLOURS[side]}"/>`,
        text((end + 6).toFixed(1), y + 14, `${seconds(network[side].seconds)}${faster}`, ' fill="#2a3038"'),
      ];
    }),
  );
  const legend = Object.entries(SIDES).flatMap(([side, label], i) => {
    const at = LEFT + i * 130;
    return [`<rect x="${at}" y="10" width="14" height="14" fill="${COLOURS[side]}"/>`, text(at + 20, 22, label)];
  });
  const title = 'Time of conversion, ours and the official converter';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="13" fill="#1c2127">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...legend,
    text(WIDTH - 10, 22, 'logarithmic scale', ' text-anchor="end" fill="#5b6470"'),
    ...grid,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}
