// Conversion, side by side with the official converter:
//
//   node benchmarks/conversion.mjs [--only NAME]… [--runs N] [--cli FILE] [--write]
//
// Each side is a whole cold process: Node's start or Python's, reading, converting, writing. The sides take turns, and a
// third one with them: `cp -R` of the SavedModel's folder, the least that reading and writing its bytes can take. Then
// both files are run in LiteRT, in turn.
// With `--write` the result is kept in `results/conversion.json`, with the times of the stages of one conversion of each
// network, the fastest of as many; with `--only` beside those of other networks that were measured the same day.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  HERE as CHECKS,
  cacheDirectory,
  capture,
  compare,
  ensurePython,
  run,
  runLines,
} from '../test/tensorflow/environment.mjs';

const here = dirname(fileURLToPath(import.meta.url));
/** Networks, and how many times faster than the official converter ours has to be. */
const bars = { mobilenet_v2: 40, resnet50: 30, efficientnet_b0: 20, convnext_tiny: 20, encoder: 20 };
const MEMORY_BAR = 4;
const RESULT = join(here, 'results/conversion.json');
/** Networks of 100 MB and more, which are to be converted in so many times the time of copying and some seconds. */
const large = new Set(['resnet50', 'convnext_tiny']);
const COPY_FACTOR = 4;
const COPY_BASE = 0.4;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
    cli: { type: 'string', default: join(here, '../dist/cli.js') },
    write: { type: 'boolean', default: false },
  },
});

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function compareOn(name, python, folder) {
  const networks = join(cacheDirectory(), 'networks');
  const savedModel = join(networks, name, 'saved_model');
  if (!existsSync(savedModel)) {
    await run(python, [join(CHECKS, 'networks.py'), '--only', name, '--out', networks]);
  }
  const outputs = {
    ours: join(folder, `${name}.tflite`),
    official: join(folder, `${name}-official.tflite`),
    copy: join(folder, `${name}-copy`),
  };
  const commands = {
    ours: [process.execPath, options.cli, 'convert', savedModel, '--output', outputs.ours, '--quiet'],
    official: [python, join(here, 'official.py'), savedModel, outputs.official],
    copy: ['cp', '-R', savedModel, outputs.copy],
  };
  const samples = { ours: [], official: [], copy: [] };
  const request = JSON.stringify({ commands, runs: Number(options.runs), warmups: 1, outputs });
  const keep = (line) => {
    const { name: side, ...sample } = JSON.parse(line);
    samples[side].push(sample);
  };
  const code = await runLines(python, [join(here, 'measure.py')], keep, request);
  if (code !== 0) throw new Error(`${name}: measuring failed`);
  const times = (key) => ({
    seconds: median(samples[key].map(({ seconds }) => seconds)),
    fastest: Math.min(...samples[key].map(({ seconds }) => seconds)),
    slowest: Math.max(...samples[key].map(({ seconds }) => seconds)),
  });
  const models = await runModels(python, outputs, join(networks, name, 'inputs.npz'));
  const side = (key) => ({
    ...times(key),
    memory: median(samples[key].map(({ memory }) => memory)),
    bytes: statSync(outputs[key]).size,
    ...models[key],
  });
  const [ours, official] = [side('ours'), side('official')];
  const copy = { ...times('copy'), bytes: bytesIn(savedModel) };
  const stages = stagesOf(savedModel, folder);
  for (const path of Object.values(outputs)) rmSync(path, { recursive: true });
  const ratios = samples.ours.map(({ seconds }, i) => samples.official[i].seconds / seconds);
  return { name, ours, official, copy, stages, faster: median(ratios), bar: bars[name] };
}

/** How many ops our file and the official one have, and how long LiteRT takes for them, in seconds, in turn. */
async function runModels(python, { ours, official }, inputs) {
  const jobs = Object.entries({ ours, official }).map(([id, model]) => ({ id, model, inputs, expected: inputs }));
  const records = await compare(python, jobs);
  const args = [join(CHECKS, 'compare.py'), 'latency', ours, official, '--inputs', inputs];
  const { code, stdout, stderr } = await capture(python, args);
  if (code !== 0) throw new Error(`LiteRT does not run the models: ${stderr}`);
  const { model_ms, baseline_ms } = JSON.parse(stdout);
  return {
    ours: { ops: records.get('ours').ops, latency: model_ms.median / 1000 },
    official: { ops: records.get('official').ops, latency: baseline_ms.median / 1000 },
  };
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

/** The stages and passes of the fastest of some conversions, each a process of its own, as `--timing` tells them. */
function stagesOf(savedModel, folder) {
  const output = join(folder, 'staged.tflite');
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const runs = Array.from({ length: Number(options.runs) }, () => {
    rmSync(output, { force: true });
    // As in measure.py: nobody waits for what others wrote.
    spawnSync('sync');
    const begin = performance.now();
    const args = [options.cli, 'convert', savedModel, '--output', output, '--quiet', '--timing'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    const processMs = performance.now() - begin;
    if (status !== 0) throw new Error(`${savedModel} is not converted: ${stderr}`);
    const startMs = Number(/the process began (\d+) ms before/.exec(stderr)[1]);
    const rows = [...stderr.matchAll(/^ {2}(.+?)(?:, \d+ runs)? +([\d.]+) ms /gm)];
    const times = rows.map(([, name, ms]) => ({ name, ms: Number(ms) }));
    const { ms: durationMs } = times.pop();
    return { processMs, startMs, durationMs, stages: times };
  });
  return runs.reduce((best, report) => (report.processMs < best.processMs ? report : best));
}

/** With what was measured of other networks the same way: on this machine, today, as often. */
function joined(record) {
  const known = existsSync(RESULT) ? JSON.parse(readFileSync(RESULT, 'utf8')) : undefined;
  const { results: _, ...same } = known ?? {};
  const { results, ...way } = record;
  if (JSON.stringify(same) !== JSON.stringify(way)) return record;
  const measured = new Map([...known.results, ...results].map((result) => [result.name, result]));
  return { ...way, results: Object.keys(bars).flatMap((name) => measured.get(name) ?? []) };
}

function row({ name, ours, official, copy, faster, bar }) {
  const memory = official.memory / ours.memory;
  const verdict = faster >= bar && memory >= MEMORY_BAR ? 'holds' : 'MISSED';
  return [
    name.padEnd(18),
    `${ours.seconds.toFixed(2)} s`.padStart(8),
    `${official.seconds.toFixed(2)} s`.padStart(9),
    `${faster.toFixed(1)} ×`.padStart(8),
    `${(ours.memory / 1e6).toFixed(0)} MB`.padStart(8),
    `${(official.memory / 1e6).toFixed(0)} MB`.padStart(9),
    `1/${memory.toFixed(1)}`.padStart(7),
    `${(ours.bytes / 1e6).toFixed(2)} MB`.padStart(10),
    `${(official.bytes / 1e6).toFixed(2)} MB`.padStart(10),
    `${ours.ops}`.padStart(5),
    `${official.ops}`.padStart(5),
    `${(ours.latency * 1000).toFixed(1)} ms`.padStart(9),
    `${(official.latency * 1000).toFixed(1)} ms`.padStart(9),
    `${(copy.seconds * 1000).toFixed(0)} ms`.padStart(8),
    `≥ ${bar} ×: ${verdict}`,
  ].join(' ');
}

/** Whether a network of 100 MB and more is converted in little more than the time of copying it. */
function copyLine({ name, ours, copy }) {
  const bound = COPY_FACTOR * copy.seconds + COPY_BASE;
  const verdict = ours.seconds <= bound ? 'holds' : 'MISSED';
  return `${name}: ${ours.seconds.toFixed(2)} s ≤ ${COPY_FACTOR} × ${copy.seconds.toFixed(3)} s of copying ${(copy.bytes / 1e6).toFixed(0)} MB + ${COPY_BASE} s = ${bound.toFixed(2)} s: ${verdict}`;
}

const python = await ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-bench-'));
try {
  const names = options.only ?? Object.keys(bars);
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 1e9).toFixed(0)} GB`);
  console.log(readFileSync(join(CHECKS, 'requirements.txt'), 'utf8').match(/^tensorflow==.*$/m)?.[0] ?? '');
  console.log(`whole processes, medians of ${options.runs} runs after a warm-up, the sides in turn`);
  console.log(
    'network              ours  official   faster   memory of both    ratio       size of both   ops of both     latency of both     copy',
  );
  const results = [];
  for (const name of names) {
    const result = await compareOn(name, python, folder);
    results.push(result);
    console.log(row(result));
  }
  for (const result of results) if (large.has(result.name)) console.log(copyLine(result));
  if (options.write) {
    const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() };
    mkdirSync(join(here, 'results'), { recursive: true });
    const record = { date: new Date().toISOString().slice(0, 10), machine, runs: Number(options.runs), results };
    writeFileSync(RESULT, `${JSON.stringify(joined(record), null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
