// The search for the smallest model within a budget, on networks with trained weights:
//   node benchmarks/search.mjs [--only NETWORK]… [--cli FILE] [--write]
//
// Each search is the command that a user would give. Exit code 1 where it neither finds a smaller model than the best of
// one scheme within the same budget nor shows by what it tried that there is none.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { capture, ensurePython, PYTHON_ENV, run } from '../test/tensorflow/environment.mjs';
import { prepare } from './quantize-sides.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
/**
 * What may be lost: of digits one point of accuracy, of basic-pitch a hundredth of the signal's power, 20 dB. `rows`: of the
 * data so many are enough; each of basic-pitch's has 76,000 results.
 */
const SEARCHES = {
  digits: { metric: 'top-1', maxDrop: '0.01', data: () => join(root, 'examples/digits/test.npz') },
  basic_pitch: { metric: 'sqnr', maxDrop: '0.01', data: ({ evaluation }) => evaluation, rows: 16 },
};

const SCHEMES = ['int4', 'int8', 'dynamic', 'weight-only', 'int16x8', 'float16', 'float32'];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    cli: { type: 'string', default: join(here, '../dist/cli.js') },
    write: { type: 'boolean', default: false },
  },
});

/** The files of a command, as paths that say the same on any machine. */
function portable(argument, network, folder) {
  const folders = {
    [folder]: 'data',
    [join(network.folder, 'data')]: 'data',
    [dirname(network.savedModel)]: network.name,
    [root]: '.',
  };
  for (const [from, name] of Object.entries(folders)) {
    if (argument.startsWith(`${from}/`)) return join(name, relative(from, argument));
  }
  return argument;
}

/** The first rows of an .npz file, as one of their own beside what is searched for. */
async function firstRows(python, file, count, folder) {
  const target = join(folder, `${basename(file, '.npz')}-${count}.npz`);
  const code = 'import sys, numpy; d = numpy.load(sys.argv[1]); n = int(sys.argv[2])\n';
  const save = 'numpy.savez(sys.argv[3], **{key: d[key][:n] for key in d.files})';
  await run(python, ['-c', code + save, file, String(count), target]);
  return target;
}

async function search(python, name, folder) {
  const network = await prepare(python, name);
  const { metric, maxDrop, data, rows } = SEARCHES[name];
  const whole = data(network);
  const samples = rows === undefined ? whole : await firstRows(python, whole, rows, folder);
  const report = join(folder, `${name}.json`);
  const asked = ['convert', network.savedModel, '--quantize', 'auto', '--representative-data', network.calibration];
  const budget = ['--evaluate-data', samples, '--metric', metric, '--max-drop', maxDrop];
  const files = ['--output', join(folder, `${name}.tflite`), '--report', report];
  const begin = performance.now();
  const { code, stderr } = await capture(process.execPath, [resolve(options.cli), ...asked, ...budget, ...files]);
  const seconds = (performance.now() - begin) / 1000;
  if (code !== 0) throw new Error(`${name}: ${stderr}`);
  const { search: found } = JSON.parse(readFileSync(report, 'utf8')).models[0];
  const command = ['tflite-gate', ...asked, ...budget].map((argument) => portable(argument, network, folder)).join(' ');
  return { name, command, seconds: Math.round(seconds), ...found, single: bestSingle(found.trials) };
}

function show({ name, command, seconds, trials, best }) {
  console.log(`\n${name}, ${seconds} s: ${command}`);
  for (const [i, { recipe, bytes, value, drop, outcome }] of trials.entries()) {
    const figures = [bytes ?? '', value?.toFixed(4) ?? '', drop?.toFixed(5) ?? '', outcome];
    console.log(
      `${i === best ? '→' : ' '} ${recipe.padEnd(36)} ${figures.map((each) => String(each).padStart(9)).join(' ')}`,
    );
  }
}

/** The smallest model of one scheme for all layers that holds the budget, as its recipe and bytes. */
function bestSingle(trials) {
  const single = trials.filter(
    ({ recipe, outcome }) => SCHEMES.includes(recipe) && ['holds', 'larger'].includes(outcome),
  );
  const { recipe, bytes } = single.reduce((least, each) => (each.bytes < least.bytes ? each : least));
  return { recipe, bytes };
}

/** What the search misses, as a sentence. */
function missOf({ name, trials, best, single }) {
  const found = trials[best].bytes;
  const mixtures = trials.filter(({ layers }) => layers.length > 0);
  console.log(`  found ${found} bytes, ${single.recipe} has ${single.bytes}; ${mixtures.length} mixtures were tried`);
  // There is nothing to mix where even the smallest model of all holds the budget.
  const isLeast = trials.every(({ bytes }) => bytes === undefined || bytes >= found);
  if (found < single.bytes || (found === single.bytes && (isLeast || mixtures.length > 0))) return [];
  return [`${name}: ${found} bytes are not less than the ${single.bytes} of one scheme, and no mixture was tried`];
}

Object.assign(process.env, PYTHON_ENV);
const python = await ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-search-'));
const searches = [];
const missed = [];
try {
  for (const name of options.only ?? Object.keys(SEARCHES)) {
    const found = await search(python, name, folder);
    show(found);
    missed.push(...missOf(found));
    searches.push(found);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(missed.length > 0 ? `\nMISSED:\n${missed.map((each) => `  ${each}`).join('\n')}` : '\nEvery bar holds.');
if (options.write) {
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const record = { date: new Date().toISOString().slice(0, 10), machine, searches, missed };
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(join(here, 'results/search.json'), `${JSON.stringify(record, null, 2)}\n`);
}
process.exitCode = missed.length > 0 ? 1 : 0;
