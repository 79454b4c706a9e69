// How time and memory grow with a model's bytes and with its ops:
//
//   node benchmarks/scale.mjs [--only bytes|ops] [--most N] [--runs N] [--cli FILE] [--write]
//
// Whole cold processes; a straight line is fitted to the medians by least squares, and its R² printed, for wall time and
// for the processor's, which other work on the machine changes less. Peak memory is held against 1.5 × the SavedModel's
// bytes + 150 MB. `--most` leaves out larger models; the largest take 6 GB of disk and TensorFlow as much memory.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheDirectory, ensurePython, run, runLines } from '../test/tensorflow/environment.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** What grows, and how a model of each size is made. */
const series = {
  bytes: { unit: 'MB', sizes: [1, 8, 30, 100, 300, 1000, 1500], script: 'make_scaled.py', folder: 'scaled' },
  ops: { unit: 'ops', sizes: [100, 1000, 10_000, 30_000, 100_000], script: 'make_many_ops.py', folder: 'many-ops' },
};
const MEMORY_FACTOR = 1.5;
const MEMORY_BASE = 150e6;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    most: { type: 'string' },
    runs: { type: 'string', default: '3' },
    cli: { type: 'string', default: join(here, '../dist/cli.js') },
    write: { type: 'boolean', default: false },
  },
});

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The line y = a + b x through points, and how much of the variation it explains. */
function fitLine(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)];
  const slope = mean((p) => (p.x - x) * (p.y - y)) / mean((p) => (p.x - x) ** 2);
  const base = y - slope * x;
  const left = mean((p) => (p.y - base - slope * p.x) ** 2);
  return { base, slope, rSquared: 1 - left / mean((p) => (p.y - y) ** 2) };
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

async function measure(python, { unit, script, folder: kind }, size, folder) {
  const savedModel = join(cacheDirectory(), kind, String(size));
  // Complete, or not at all: a model whose making was interrupted is made anew.
  if (!existsSync(join(savedModel, 'fingerprint.pb'))) {
    rmSync(savedModel, { recursive: true, force: true });
    await run(python, [join(here, script), String(size), savedModel]);
  }
  const output = join(folder, `${size}.tflite`);
  const commands = { ours: [process.execPath, options.cli, 'convert', savedModel, '--output', output, '--quiet'] };
  const samples = [];
  const request = JSON.stringify({ commands, runs: Number(options.runs), warmups: 1 });
  const code = await runLines(python, [join(here, 'measure.py')], (line) => samples.push(JSON.parse(line)), request);
  if (code !== 0) throw new Error(`${size} ${unit}: measuring failed`);
  rmSync(output);
  const [seconds, cpu, memory] = ['seconds', 'cpu', 'memory'].map((key) => median(samples.map((found) => found[key])));
  const modelBytes = bytesIn(savedModel);
  const bound = MEMORY_FACTOR * modelBytes + MEMORY_BASE;
  console.log(
    [
      `${size} ${unit}`.padStart(10),
      `${(modelBytes / 1e6).toFixed(1)} MB`.padStart(10),
      `${seconds.toFixed(2)} s`.padStart(9),
      `${cpu.toFixed(2)} s`.padStart(9),
      `${(memory / 1e6).toFixed(0)} MB`.padStart(8),
      `< ${(bound / 1e6).toFixed(0)} MB: ${memory < bound ? 'holds' : 'MISSED'}`,
    ].join(' '),
  );
  return { size, modelBytes, seconds, cpu, memory };
}

/** Of time against size: s/GB for bytes, ms for 1000 ops. */
function lineOf(points, unit, key) {
  const line = fitLine(points.map((point) => ({ x: point.size, y: point[key] })));
  const slope =
    unit === 'MB' ? `${(line.slope * 1000).toFixed(3)} s/GB` : `${(line.slope * 1e6).toFixed(1)} ms for 1000 ops`;
  console.log(
    `${key === 'cpu' ? 'processor' : 'wall'} time = ${line.base.toFixed(2)} s + ${slope}, R² = ${line.rSquared.toFixed(4)}`,
  );
  return line;
}

const python = await ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-scale-'));
const file = join(here, 'results/scale.json');
try {
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 1e9).toFixed(0)} GB`);
  console.log(`whole processes, medians of ${options.runs} runs after a warm-up`);
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() };
  const results = {};
  for (const name of options.only ?? Object.keys(series)) {
    const kind = series[name];
    if (!kind) throw new Error(`--only ${name}: it may be ${Object.keys(series).join(' or ')}`);
    console.log(`\n${'against'.padStart(10)} SavedModel      wall processor   memory`);
    const points = [];
    const sizes = kind.sizes.filter((size) => size <= Number(options.most ?? Infinity));
    for (const size of sizes) points.push(await measure(python, kind, size, folder));
    results[name] = {
      points,
      wall: lineOf(points, kind.unit, 'seconds'),
      processor: lineOf(points, kind.unit, 'cpu'),
    };
  }
  if (options.write) {
    const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const kept = 'bytes' in before || 'ops' in before ? before : {};
    const record = {
      ...kept,
      date: new Date().toISOString().slice(0, 10),
      machine,
      runs: Number(options.runs),
      ...results,
    };
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
