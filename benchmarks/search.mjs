// The search for the smallest model within a budget, on networks with trained weights:
//   node benchmarks/search.mjs [--only NETWORK]… [--cli FILE] [--write]
//
// Each search is the command that a user would give. Exit code 1 where it neither finds a smaller model than the best of
// one scheme within the same budget nor shows by what it tried that there is none.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { capture, ensurePython, PYTHON_ENV } from '../test/tensorflow/environment.mjs';
import { prepare } from './quantize-sides.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
/** What may be lost: of digits one point of accuracy, of basic-pitch a hundredth of the signal's power, 20 dB. */
const SEARCHES = {
  digits: { metric: 'top-1', maxDrop: '0.01', data: () => join(root, 'examples/digits/test.npz') },
  basic_pitch: { metric: 'sqnr', maxDrop: '0.01', data: ({ evaluation }) => evaluation },
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
function portable(argument, network) {
  const folders = { [network.folder]: 'data', [dirname(network.savedModel)]: network.name, [root]: '.' };
  for (const [folder, name] of Object.entries(folders)) {
    if (argument.startsWith(`${folder}/`)) return join(name, relative(folder, argument));
  }
  return argument;
}

async function search(python, name, folder) {
  const network = await prepare(python, name);
  const { metric, maxDrop, data } = SEARCHES[name];
  const report = join(folder, `${name}.json`);
  const asked = ['convert', network.savedModel, '--quantize', 'auto', '--representative-data', network.calibration];
  const budget = ['--evaluate-data', data(network), '--metric', metric, '--max-drop', maxDrop];
  const files = ['--output', join(folder, `${name}.tflite`), '--report', report];
  const begin = performance.now();
  const { code, stderr } = await capture(process.execPath, [resolve(options.cli), ...asked, ...budget, ...files]);
  const seconds = (performance.now() - begin) / 1000;
  if (code !== 0) throw new Error(`${name}: ${stderr}`);
  const { search: found } = JSON.parse(readFileSync(report, 'utf8')).models[0];
  const command = ['tflite-gate', ...asked, ...budget].map((argument) => portable(argument, network)).join(' ');
  return { name, command, seconds: Math.round(seconds), ...found };
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

/** What the search misses, as a sentence. */
function missOf({ name, trials, best }) {
  const found = trials[best].bytes;
  const single = trials.filter(
    ({ recipe, outcome }) => SCHEMES.includes(recipe) && ['holds', 'larger'].includes(outcome),
  );
  const smallest = Math.min(...single.map(({ bytes }) => bytes));
  const mixtures = trials.filter(({ layers }) => layers.length > 0);
  console.log(`  found ${found} bytes, the smallest of one scheme ${smallest}; ${mixtures.length} mixtures were tried`);
  // There is nothing to mix where even the smallest model of all holds the budget.
  const isLeast = trials.every(({ bytes }) => bytes === undefined || bytes >= found);
  if (found < smallest || (found === smallest && (isLeast || mixtures.length > 0))) return [];
  return [`${name}: ${found} bytes are not less than the ${smallest} of one scheme, and no mixture was tried`];
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
