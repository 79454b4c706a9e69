// Converts SavedModels past 2 GB and runs what comes of them in LiteRT: node test/tensorflow/large.mjs
//        [--megabytes N] [--keep DIR] [--cli FILE]
//
// TensorFlow writes two SavedModels of the same 3 GB of weights, of which 2.2 GB are one table: one in a single file, the
// other in files of 1 GB at most, in which the table is in slices. Both are converted, the first also with weights in 8
// and in 16 bits, by `dist/cli.js` as whole processes, and the results are loaded by their path in Python's
// `Interpreter` and compared with TensorFlow. Takes 20 GB of disk, 8 GB of memory and some minutes, so `.ci/run` leaves
// it to those who change how files are read or written; `test/tflite` runs the same paths on small files.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { capture, ensurePython, HERE, run, runLines } from './environment.mjs';

const REPOSITORY = resolve(HERE, '..', '..');
/** Bytes of weights from which the file would be too large for a flatbuffer. */
const OUTSIDE_FROM = 1.5 * 2 ** 30;
/** Bytes of weights from which the WebAssembly runtime is not asked. */
const TOO_LARGE_TO_RUN = 2 ** 31;
/** Float models agree to rounding; integers of 8 bits through 200 layers are only to give something alike. */
const variants = { float32: { least: 80 }, float16: { least: 40 }, dynamic: { least: 15 } };

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '3000' },
    keep: { type: 'string' },
    cli: { type: 'string', default: join(REPOSITORY, 'dist', 'cli.js') },
  },
});

const problems = [];

function expect(holds, what) {
  console.log(`  ${holds ? 'holds ' : 'FAILED'}  ${what}`);
  if (!holds) problems.push(what);
}

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

async function digest(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Converts in a process of its own; checks its memory. */
async function convert(python, savedModel, output, extra = []) {
  const command = [process.execPath, options.cli, 'convert', savedModel, '--output', output, '--quiet', ...extra];
  const samples = [];
  const request = JSON.stringify({ commands: { ours: command }, runs: 1, warmups: 0 });
  const script = join(REPOSITORY, 'benchmarks', 'measure.py');
  const code = await runLines(python, [script], (line) => samples.push(JSON.parse(line)), request);
  const [sample] = samples;
  if (code !== 0 || !sample) throw new Error(`${command.join(' ')} failed`);
  const { seconds, cpu, memory } = sample;
  console.log(
    `${output.split('/').at(-1)}: ${gigabytes(statSync(output).size)}, ${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of processor), peak memory ${gigabytes(memory)}`,
  );
  const bound = 1.5 * bytesIn(savedModel) + 150e6;
  expect(memory < bound, `peak memory ${gigabytes(memory)} < 1.5 × model + 150 MB = ${gigabytes(bound)}`);
}

/** What Python finds in the file and computes with it. */
async function check(python, model, expected, { least }) {
  const records = [];
  const args = [join(HERE, 'large.py'), 'check', model, expected];
  const code = await runLines(python, args, (line) => records.push(JSON.parse(line)));
  const [record] = records;
  if (code !== 0 || !record) throw new Error(`the Interpreter does not run ${model}`);
  expect(
    record.sqnr_db >= least,
    `runs by its path in Interpreter: ${record.sqnr_db} dB ≥ ${least} against TensorFlow`,
  );
  if (record.bytes < OUTSIDE_FROM) return;
  const { outside, outside_bytes, aligned, ends_at, bytes, buffer_location } = record;
  expect(
    outside_bytes > 0.99 * bytes,
    `${outside} buffers, ${gigabytes(outside_bytes)}, lie outside of the flatbuffer`,
  );
  expect(aligned && ends_at + 16 <= bytes, 'they start at multiples of 16 bytes, and 16 bytes follow the last one');
  expect(buffer_location === 'outside flatbuffers', `metadata buffer_location: ${buffer_location}`);
}

async function checkRuntime(model, folder, python) {
  if (statSync(model).size < TOO_LARGE_TO_RUN) return;
  const inputs = join(folder, 'inputs.npz');
  const text = `import sys, numpy as np; np.savez(sys.argv[1], x=np.arange(4, dtype=np.int32))`;
  await run(python, ['-c', text, inputs]);
  const args = [options.cli, 'run', model, '--inputs', inputs, '--outputs', join(folder, 'outputs.npz')];
  const { code, stderr } = await capture(process.execPath, args);
  const told = stderr.split('verified by its structure, not run').length - 1;
  expect(
    code === 1 && told === 1,
    'WebAssembly runtime: told once as "verified by its structure, not run", exit code 1',
  );
}

async function main(python, folder) {
  const megabytes = Number(options.megabytes);
  const table = Math.round(megabytes * 0.73);
  const make = join(REPOSITORY, 'benchmarks', 'make_scaled.py');
  const [single, sharded] = ['single', 'sharded'].map((name) => join(folder, name));
  const file = (name) => join(folder, `${name}.tflite`);
  const expected = join(folder, 'expected.npz');
  if (!existsSync(single)) await run(python, [make, options.megabytes, single, '--table', String(table)]);
  if (!existsSync(expected)) await run(python, [join(HERE, 'large.py'), 'expect', single, expected]);
  for (const [name, bar] of Object.entries(variants)) {
    await convert(python, single, file(name), name === 'float32' ? [] : ['--quantize', name]);
    await check(python, file(name), expected, bar);
    if (name !== 'float32') rmSync(file(name));
  }
  await checkRuntime(file('float32'), folder, python);
  const whole = await digest(file('float32'));
  rmSync(file('float32'));
  if (!options.keep) rmSync(single, { recursive: true });
  if (!existsSync(sharded)) {
    const shard = String(Math.round(megabytes / 3));
    await run(python, [make, options.megabytes, sharded, '--table', String(table), '--shard', shard]);
  }
  await convert(python, sharded, file('sharded'));
  const shards = readdirSync(join(sharded, 'variables')).filter((name) => name.includes('.data-')).length;
  expect((await digest(file('sharded'))) === whole, `of ${shards} shards comes the same file as of one`);
}

const python = await ensurePython();
const folder = options.keep ? resolve(options.keep) : mkdtempSync(join(tmpdir(), 'tflite-gate-large-'));
mkdirSync(folder, { recursive: true });
try {
  await main(python, folder);
} catch (error) {
  problems.push(error.message);
  console.error(error.message);
} finally {
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
}
console.log(problems.length === 0 ? 'all holds' : `${problems.length} failed`);
process.exitCode = problems.length === 0 ? 0 : 1;
