// How time and memory grow with a model's bytes: node benchmarks/scale.mjs [--runs N] [--write]
//
// Whole cold processes; a straight line is fitted to the medians by least squares, and its R² printed.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheDirectory, ensurePython, run, runLines } from '../test/tensorflow/environment.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '../dist/cli.js');
const sizes = [8, 30, 100, 300, 1000];

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } },
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

async function measure(python, size, folder) {
  const savedModel = join(cacheDirectory(), 'scaled', String(size));
  if (!existsSync(savedModel)) await run(python, [join(here, 'make_scaled.py'), String(size), savedModel]);
  const output = join(folder, `${size}.tflite`);
  const commands = { ours: [process.execPath, cli, 'convert', savedModel, '--output', output, '--quiet'] };
  const samples = [];
  const request = JSON.stringify({ commands, runs: Number(options.runs), warmups: 1 });
  const code = await runLines(python, [join(here, 'measure.py')], (line) => samples.push(JSON.parse(line)), request);
  if (code !== 0) throw new Error(`${size} MB: measuring failed`);
  rmSync(output);
  const [seconds, memory] = ['seconds', 'memory'].map((key) => median(samples.map((sample) => sample[key])));
  console.log(
    `${String(size).padStart(5)} MB  ${seconds.toFixed(2).padStart(6)} s  ${(memory / 1e6).toFixed(0).padStart(5)} MB`,
  );
  return { megabytes: size, seconds, memory };
}

const python = await ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-scale-'));
try {
  console.log('weights     time  peak memory');
  const points = [];
  for (const size of sizes) points.push(await measure(python, size, folder));
  const line = fitLine(points.map(({ megabytes, seconds }) => ({ x: megabytes, y: seconds })));
  console.log(
    `time = ${line.base.toFixed(2)} s + ${(line.slope * 1000).toFixed(2)} s/GB, R² = ${line.rSquared.toFixed(4)}`,
  );
  if (options.write) writeFileSync(join(here, 'results/scale.json'), `${JSON.stringify({ points, line }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
