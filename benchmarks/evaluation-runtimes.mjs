// What a gate sees of models by LiteRT as WebAssembly and by its native library:
//   npm run bench:evaluation-runtimes -- [--only NETWORK]… [--rounds N] [--write]
//
// Each network in several schemes is judged by every metric that its data allow, the same files on the same samples by
// both runtimes, in turns. Exit code 1 where a metric differs by more than 1e-5 (one in dB: where the error that it is
// the logarithm of does, over the size of the output), or where the native runtime takes longer for all of it.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDataSet } from '../build/data/open-data-set.js';
import { evaluateModels } from '../build/evaluate/evaluate-models.js';
import { findMetric } from '../build/evaluate/find-metric.js';
import { resolveRuntime } from '../build/find-runtime.js';
import { quantizeModel } from '../build/quantize-model.js';
import { openInterpreter } from '../build/runtime/open-interpreter.js';
import { serializeModel } from '../build/tflite/file/write-model.js';
import { ensurePython } from '../test/tensorflow/environment.mjs';
import { prepare } from './quantize-sides.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const LIMIT = 1e-5;
const SAMPLES = 64;
const SCHEMES = ['float32', 'float16', 'dynamic', 'int8', 'int16x8'];
const NETWORKS = ['digits', 'keyword_spotter', 'encoder'];
const COMPARING = ['agreement', 'cosine', 'sqnr', 'max-error'];
/** The example gives logits. */
const OPTIONS = { 'log-loss': { scores: 'logits' } };
const LABELLED = ['top-1', 'log-loss', 'f1', 'roc-auc'];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: NETWORKS },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});

/** The models of a network by their schemes, and what they are judged on. */
async function make(python, name) {
  const network = await prepare(python, name);
  const models = new Map();
  for (const scheme of SCHEMES) {
    const representativeData = scheme.startsWith('int') ? network.calibration : undefined;
    const { model } = await quantizeModel(network.savedModel, { scheme, representativeData });
    models.set(scheme, serializeModel(model));
  }
  const labelled = name === 'digits';
  const data = labelled ? join(here, '../examples/digits/test.npz') : network.evaluation;
  return {
    models,
    data,
    metrics: (labelled ? [...LABELLED, ...COMPARING] : COMPARING).map((each) => findMetric(each, OPTIONS[each])),
  };
}

/** Seconds that it takes to open and judge all models, and what each metric says of each. */
async function judge({ models, data, metrics }, runtime) {
  const begin = performance.now();
  const opened = await Promise.all(
    [...models].map(async ([name, bytes]) => [name, await openInterpreter(bytes, { runtime })]),
  );
  try {
    const interpreters = new Map(opened);
    const evaluation = await evaluateModels({
      models: interpreters,
      reference: interpreters.get('float32'),
      data: await openDataSet(data),
      metrics,
      limit: SAMPLES,
    });
    const values = [...evaluation.models].flatMap(([scheme, { results, failure }]) => {
      if (failure) throw failure;
      return [...results].map(([metric, { value }]) => ({ scheme, metric, value }));
    });
    return { seconds: (performance.now() - begin) / 1000, values };
  } finally {
    await Promise.all(opened.map(([, interpreter]) => interpreter.dispose()));
  }
}

function difference({ metric, value }, other) {
  if (Object.is(value, other)) return 0;
  // By how much of the output's size the error differs.
  if (metric === 'sqnr') return Math.abs(10 ** (-value / 20) - 10 ** (-other / 20));
  return Math.abs(value - other);
}

const python = await ensurePython();
const native = await resolveRuntime({ runtime: 'native', python });
const rows = [];
for (const name of options.only) {
  const network = await make(python, name);
  const seconds = { wasm: 0, native: 0 };
  let values;
  for (let round = 0; round < Number(options.rounds); round++) {
    const wasm = await judge(network, 'wasm');
    const own = await judge(network, native);
    seconds.wasm += wasm.seconds;
    seconds.native += own.seconds;
    values = wasm.values.map((each, i) => {
      const other = own.values[i].value;
      return { ...each, native: other, difference: difference(each, other) };
    });
  }
  rows.push({ network: name, seconds, values });
  console.log(`\n${name}: ${seconds.wasm.toFixed(1)} s, native ${seconds.native.toFixed(1)} s`);
  for (const scheme of SCHEMES) {
    const of = values.filter((each) => each.scheme === scheme);
    const cells = of.map((each) => `${each.metric} ${each.difference.toExponential(1)}`);
    console.log(`  ${scheme.padEnd(9)} ${cells.join('  ')}`);
  }
}
const all = rows.flatMap(({ network, values }) => values.map((value) => ({ network, ...value })));
const differing = all.filter((each) => !(each.difference <= LIMIT));
for (const { network, scheme, metric, difference: found } of differing) {
  console.log(`DIFFERS ${network} ${scheme} ${metric}: ${found.toExponential(1)}`);
}
const total = (side) => rows.reduce((sum, { seconds }) => sum + seconds[side], 0);
const faster = total('wasm') / total('native');
console.log(`\n${all.length - differing.length} of ${all.length} within ${LIMIT}; ${faster.toFixed(2)} × faster`);
if (options.write) {
  const result = { litert: native.version, samples: SAMPLES, faster, rows };
  writeFileSync(join(here, 'results/evaluation-runtimes.json'), `${JSON.stringify(result, null, 2)}\n`);
}
process.exitCode = differing.length === 0 && faster > 1 ? 0 : 1;
