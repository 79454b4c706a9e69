// Conversion, side by side with the official converter: node benchmarks/conversion.mjs [--only NAME]… [--runs N] [--write]
//
// Each side is a whole cold process: Node's start or Python's, reading, converting, writing. The sides take turns.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HERE as CHECKS, cacheDirectory, ensurePython, run, runLines } from '../test/tensorflow/environment.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '../dist/cli.js');
/** Networks, and how many times faster than the official converter ours has to be. */
const bars = { mobilenet_v2: 30, resnet50: 30, efficientnet_b0: 20, convnext_tiny: 20, encoder: 20 };
const MEMORY_BAR = 4;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
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
  const outputs = { ours: join(folder, `${name}.tflite`), official: join(folder, `${name}-official.tflite`) };
  const commands = {
    ours: [process.execPath, cli, 'convert', savedModel, '--output', outputs.ours, '--quiet'],
    official: [python, join(here, 'official.py'), savedModel, outputs.official],
  };
  const samples = { ours: [], official: [] };
  const request = JSON.stringify({ commands, runs: Number(options.runs), warmups: 1, outputs });
  const keep = (line) => {
    const { name: side, ...sample } = JSON.parse(line);
    samples[side].push(sample);
  };
  const code = await runLines(python, [join(here, 'measure.py')], keep, request);
  if (code !== 0) throw new Error(`${name}: measuring failed`);
  const side = (key) => ({
    seconds: median(samples[key].map(({ seconds }) => seconds)),
    fastest: Math.min(...samples[key].map(({ seconds }) => seconds)),
    slowest: Math.max(...samples[key].map(({ seconds }) => seconds)),
    memory: median(samples[key].map(({ memory }) => memory)),
    bytes: statSync(outputs[key]).size,
  });
  const ratios = samples.ours.map(({ seconds }, i) => samples.official[i].seconds / seconds);
  return { name, ours: side('ours'), official: side('official'), faster: median(ratios), bar: bars[name] };
}

function row({ name, ours, official, faster, bar }) {
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
    `≥ ${bar} ×: ${verdict}`,
  ].join(' ');
}

const python = await ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-bench-'));
try {
  const names = options.only ?? Object.keys(bars);
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 1e9).toFixed(0)} GB`);
  console.log(readFileSync(join(CHECKS, 'requirements.txt'), 'utf8').match(/^tensorflow==.*$/m)?.[0] ?? '');
  console.log(`whole processes, medians of ${options.runs} runs after a warm-up, the sides in turn`);
  console.log('network              ours  official   faster   memory of both    ratio       size of both');
  const results = [];
  for (const name of names) {
    const result = await compareOn(name, python, folder);
    results.push(result);
    console.log(row(result));
  }
  if (options.write) {
    const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() };
    mkdirSync(join(here, 'results'), { recursive: true });
    const record = { date: new Date().toISOString().slice(0, 10), machine, runs: Number(options.runs), results };
    writeFileSync(join(here, 'results/conversion.json'), `${JSON.stringify(record, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
