// Checks our models against TensorFlow and the official converter:
//
//   node test/tensorflow/run.mjs [--only NAME]… [--corpus DIR|TAR]… [--update-gaps] [--latency] [--keep DIR]
//        [--cli FILE] [--engine tensorflow] [--every-recurrent] [--quantized [--record-official]]
//
// Networks (networks.py) and cases of single ops (test/op-cases, and every corpus given) are converted by
// `dist/cli.js`, run by LiteRT and compared with what TensorFlow computed. It makes its Python environment itself.
// With `--engine tensorflow`, our engine of that name converts them all, and has to come to what the official converter
// comes to that is called by hand.
// With `--quantized`, cases are quantized instead, and compared with what the official converter makes of them by
// official-quantized.json, which `--record-official` brings up to date.
// NAME is a network, a case, or the family of cases before `__`; `runtime` are the tests of test/runtime, by LiteRT's
// native library as well, which may not be skipped here. Of recurrent networks in fewer bits (`quantized_recurrent`) some
// are chosen, all with `--every-recurrent`.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkCases, findCases, openCorpus } from './check-cases.mjs';
import { checkEngine } from './check-engine.mjs';
import { checkFused } from './check-fused.mjs';
import { checkNetworks, networkNames } from './check-networks.mjs';
import { checkPackages } from './check-packages.mjs';
import { checkQuantizedCases } from './check-quantized-cases.mjs';
import { checkQuantizedRecurrent } from './check-quantized-recurrent.mjs';
import { checkRecurrent } from './check-recurrent.mjs';
import { checkRuntime } from './check-runtime.mjs';
import { ensurePython, HERE } from './environment.mjs';
import { judgeGaps, readGaps, updateGaps } from './known-gaps.mjs';

const REPOSITORY = resolve(HERE, '..', '..');
const GAPS = join(HERE, 'known-gaps.json');
const QUANTIZED_GAPS = join(HERE, 'quantized-gaps.json');
const DEFAULT_CORPUS = resolve(REPOSITORY, '..', 'shared', 'corpus', 'op-cases.tar.xz');

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    corpus: { type: 'string', multiple: true },
    'update-gaps': { type: 'boolean', default: false },
    latency: { type: 'boolean', default: false },
    'every-recurrent': { type: 'boolean', default: false },
    keep: { type: 'string' },
    engine: { type: 'string', default: 'native' },
    quantized: { type: 'boolean', default: false },
    'record-official': { type: 'boolean', default: false },
    cli: { type: 'string', default: join(REPOSITORY, 'dist', 'cli.js') },
  },
});

const wanted = (name) =>
  options.only.length === 0 || options.only.some((only) => name === only || name.startsWith(`${only}__`));

async function main() {
  const cli = resolve(options.cli);
  if (!existsSync(cli)) throw new Error(`${cli} is missing: run \`npm run bundle\` first`);
  const python = await ensurePython();
  const output = options.keep ? resolve(options.keep) : mkdtempSync(join(tmpdir(), 'tflite-gate-'));
  mkdirSync(output, { recursive: true });
  try {
    return await check({ python, cli, output, latency: options.latency });
  } finally {
    if (!options.keep) rmSync(output, { recursive: true, force: true });
  }
}

async function check(context) {
  if (options.engine !== 'native') {
    if (options.engine !== 'tensorflow') throw new Error(`--engine ${options.engine}: it may be tensorflow`);
    return checkEngine({ ...context, wanted, cases: (await allCases(context)).filter(({ name }) => wanted(name)) });
  }
  if (options.quantized) return checkQuantized(context);
  const names = (await networkNames(context.python)).filter(wanted);
  const networks = await checkNetworks({ ...context, names });
  networks.push(...(await checkPackages({ ...context, wanted })));
  networks.push(...(await checkRecurrent({ ...context, wanted })));
  networks.push(...(await checkRuntime({ ...context, wanted })));
  const all = options['every-recurrent'];
  networks.push(...(await checkQuantizedRecurrent({ ...context, wanted, all, named: options.only })));
  networks.push(...(await checkFused({ ...context, wanted })));
  const cases = (await allCases(context)).filter(({ name }) => wanted(name));
  if (networks.length + cases.length === 0) throw new Error(`nothing is called ${options.only.join(' or ')}`);
  const results = await checkCases({ ...context, cases });

  if (options['update-gaps']) updateGaps(GAPS, results, readGaps(GAPS));
  const verdict = judgeGaps(results, readGaps(GAPS));
  for (const { name, problem } of verdict.failed) console.log(`FAILED ${name}: ${problem}`);
  const failedNetworks = networks.filter(({ problems }) => problems.length > 0);
  console.log('');
  console.log(`models: ${networks.length - failedNetworks.length} of ${networks.length} pass`);
  console.log(`cases: ${verdict.passed.length} of ${cases.length} pass, ${verdict.known.length} known gaps`);
  const passed = networks.length - failedNetworks.length + verdict.passed.length;
  const failed = failedNetworks.length + verdict.failed.length;
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function checkQuantized(context) {
  const cases = (await allCases(context)).filter(({ name }) => wanted(name));
  const results = await checkQuantizedCases({ ...context, cases, record: options['record-official'] });
  if (results.length === 0) throw new Error('no case with a float32 input is called so');
  if (options['update-gaps']) updateGaps(QUANTIZED_GAPS, results, readGaps(QUANTIZED_GAPS));
  const verdict = judgeGaps(results, readGaps(QUANTIZED_GAPS));
  for (const { name, problem } of verdict.failed) console.log(`FAILED ${name}: ${problem}`);
  const { passed, failed, known } = verdict;
  console.log(`quantized cases: ${passed.length} of ${results.length} pass, ${known.length} known gaps`);
  console.log(`${passed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

async function allCases({ python, output }) {
  const own = join(REPOSITORY, 'test', 'op-cases');
  const corpora = options.corpus ?? (existsSync(DEFAULT_CORPUS) ? [DEFAULT_CORPUS] : []);
  const cases = existsSync(own) ? findCases(own) : [];
  for (const corpus of corpora) cases.push(...(await openCorpus(python, resolve(corpus), output)));
  return cases;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
