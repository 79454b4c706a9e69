// Quantization, side by side with the official converter and ai-edge-quantizer:
//   node benchmarks/quantize.mjs [--only NETWORK]… [--scheme SCHEME]… [--cli FILE] [--runs N] [--write]
//   node benchmarks/quantize.mjs --others-only [--only NETWORK]… [--scheme SCHEME]…
//
// The same calibration data for all three; each result is run by LiteRT on other inputs and compared with what
// TensorFlow makes of the SavedModel in float. Exit code 1 where ours misses a bar. With --others-only the other tools'
// results are made and measured, and kept in the user's cache for later runs; times are never kept.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePython, PYTHON_ENV, runLines } from '../test/tensorflow/environment.mjs';
import {
  aiEdge,
  ensureAiEdgePython,
  evaluate,
  official,
  ourArguments,
  ours,
  prepare,
  scripts,
} from './quantize-sides.mjs';
import { header, misses, row, SIDES } from './quantize-table.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const NETWORKS = ['digits', 'keyword_spotter', 'encoder', 'mobilenet_v2', 'basic_pitch', 'efficientnet_b0', 'resnet50'];
const SCHEMES = ['float32', 'dynamic', 'weight-only', 'float16', 'int8', 'int8-only', 'int16x8', 'int4'];
const TIMED = { network: 'mobilenet_v2', scheme: 'int8', bar: 5 };

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    scheme: { type: 'string', multiple: true },
    cli: { type: 'string', default: join(here, '../dist/cli.js') },
    runs: { type: 'string', default: '3' },
    'others-only': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

/** Every scheme of one network by the others, and by ours where a folder to write it to is given. */
async function compareOn(name, schemes, pythons, cli, folder) {
  const network = await prepare(pythons.tensorflow, name);
  const float = (await official(pythons.tensorflow, network, 'float32')).model;
  const made = [];
  for (const scheme of schemes) {
    if (folder) made.push({ scheme, side: 'ours', ...(await ours(cli, network, scheme, folder)) });
    made.push({ scheme, side: 'official', ...(await official(pythons.tensorflow, network, scheme)) });
    made.push({ scheme, side: 'ai-edge', ...(await aiEdge(pythons.aiEdge, network, scheme, float)) });
  }
  const models = made.filter(({ model }) => model);
  const records = await evaluate(pythons.tensorflow, network, models);
  for (const [i, each] of models.entries()) Object.assign(each, records[i]);
  const bytes = float && statSync(float).size;
  return { name, floatBytes: bytes, results: made.map(({ model, key, killed, ...result }) => result), network };
}

function judge({ name, floatBytes, results }, schemes) {
  const missed = [];
  for (const scheme of schemes) {
    const bySide = Object.fromEntries(SIDES.map((side) => [side, find(results, scheme, side)]));
    for (const side of SIDES) console.log(row(name, scheme, side, bySide[side], floatBytes));
    if (scheme === 'float32') continue;
    missed.push(...misses(name, scheme, bySide, floatBytes).map((what) => `${name}, ${scheme}: ${what}`));
  }
  return missed;
}

const find = (results, scheme, side) => results.find((each) => each.scheme === scheme && each.side === side);

/** Whole processes that calibrate and convert, in turn. */
async function time(python, network, cli, folder) {
  const outputs = { ours: join(folder, 'timed.tflite'), official: join(folder, 'timed-official.tflite') };
  const { savedModel, calibration } = network;
  const commands = {
    ours: [process.execPath, ...ourArguments(cli, network, TIMED.scheme, outputs.ours)],
    official: [python, join(scripts, 'official.py'), savedModel, TIMED.scheme, calibration, outputs.official],
  };
  const seconds = { ours: [], official: [] };
  const keep = (line) => {
    const sample = JSON.parse(line);
    seconds[sample.name].push(sample.seconds);
  };
  const request = JSON.stringify({ commands, runs: Number(options.runs), warmups: 0 });
  const code = await runLines(python, [join(here, 'measure.py')], keep, request);
  if (code !== 0) throw new Error('measuring failed');
  const faster = median(seconds.ours.map((value, i) => seconds.official[i] / value));
  return { ours: median(seconds.ours), official: median(seconds.official), faster };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

Object.assign(process.env, PYTHON_ENV);
const cli = resolve(options.cli);
const schemes = options.scheme ?? SCHEMES;
const tensorflow = await ensurePython();
const pythons = { tensorflow, aiEdge: await ensureAiEdgePython(tensorflow) };
const comparisons = [];
const missed = [];
let timing;
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-bench-'));
try {
  for (const name of options.only ?? NETWORKS) {
    if (options['others-only']) {
      const { results } = await compareOn(name, schemes, pythons);
      console.log(`${name}: ${results.filter(({ size }) => size).length} results are kept`);
      continue;
    }
    const { network, ...comparison } = await compareOn(name, schemes, pythons, cli, folder);
    console.log(`\n${header}`);
    missed.push(...judge(comparison, schemes));
    comparisons.push(comparison);
    const isTimed = name === TIMED.network && find(comparison.results, TIMED.scheme, 'ours')?.size !== undefined;
    if (!isTimed) continue;
    timing = await time(tensorflow, network, cli, folder);
    const { ours: our, official: their, faster } = timing;
    const figures = `ours ${our.toFixed(1)} s, official ${their.toFixed(1)} s, ${faster.toFixed(1)} × faster`;
    console.log(`\ncalibration of ${name}, 100 samples, whole process: ${figures}`);
    if (faster < TIMED.bar) missed.push(`calibration: ${faster.toFixed(1)} × faster, not ${TIMED.bar} ×`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options['others-only']) process.exit();
console.log(missed.length > 0 ? `\nMISSED:\n${missed.map((each) => `  ${each}`).join('\n')}` : '\nEvery bar holds.');
if (options.write) {
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() };
  const record = { date: new Date().toISOString().slice(0, 10), machine, timing, networks: comparisons, missed };
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(join(here, 'results/quantize.json'), `${JSON.stringify(record, null, 2)}\n`);
}
process.exitCode = missed.length > 0 ? 1 : 0;
