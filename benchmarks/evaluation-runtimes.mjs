// What a gate sees of models by LiteRT as WebAssembly and by its native library:
//   npm run bench:evaluation-runtimes -- [--only NETWORK]… [--rounds N] [--write]
//
// Each network in several schemes is judged by every metric that its data allow, the same files on the same samples by
// both runtimes, in turns. A metric in dB counts as the error that it is the logarithm of, over the size of the output.
//
// Where a metric differs by more than 1e-5, the network is judged again by WebAssembly alone, with the last bit of its
// inputs and constants moved in several ways. As far as the metric ranges then, it is not determined by the model and the
// data, and no two processors agree on it. Exit code 1 where runtimes differ by more than 1e-5 and by more than twice
// that range, or where the native runtime takes longer for all of it.
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
import { Tensor } from '../build/tensor/tensor.js';
import { parseModel } from '../build/tflite/file/read-model.js';
import { serializeModel } from '../build/tflite/file/write-model.js';
import { ensurePython } from '../test/tensorflow/environment.mjs';
import { prepare } from './quantize-sides.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const LIMIT = 1e-5;
const SAMPLES = 64;
/** In 16-bit activations, LiteRT's kernels take seconds for it. */
const FEWER_SAMPLES = { resnet50: 16 };
const SCHEMES = ['float32', 'float16', 'dynamic', 'int8', 'int16x8'];
const NETWORKS = ['digits', 'keyword_spotter', 'encoder', 'mobilenet_v2', 'basic_pitch', 'efficientnet_b0', 'resnet50'];
const COMPARING = ['agreement', 'cosine', 'sqnr', 'max-error', 'mae[float]', 'rmse[float]', 'r2[float]'];
/** The example gives logits. */
const OPTIONS = { 'log-loss': { scores: 'logits' } };
const LABELLED = ['top-1', 'top-5', 'log-loss', 'precision', 'recall', 'f1', 'roc-auc'];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: NETWORKS },
    rounds: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});

const UP = () => 1;
const DOWN = () => -1;
const BOTH = (i) => (i % 2 ? 1 : -1);
/** Steps of the last bit by which each number is moved, by its place. */
const NUDGES = [
  { inputs: UP },
  { inputs: DOWN },
  { constants: UP },
  { constants: DOWN },
  { inputs: BOTH, constants: BOTH },
  { inputs: (i) => -BOTH(i), constants: (i) => -BOTH(i) },
];

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
    samples: FEWER_SAMPLES[name] ?? SAMPLES,
    metrics: (labelled ? [...LABELLED, ...COMPARING] : COMPARING).map((each) => findMetric(each, OPTIONS[each])),
  };
}

/** The next float32 up or down for each number but zero. */
function nudged(bytes, steps) {
  const bits = new Int32Array(bytes.slice().buffer);
  for (let i = 0; i < bits.length; i++) if (bits[i] << 1 !== 0) bits[i] += steps(i);
  return new Uint8Array(bits.buffer);
}

/** The model with other constants, where they are in float32. */
function withNudgedConstants(bytes, steps) {
  const model = parseModel(bytes);
  const tensors = model.subgraphs.flatMap((subgraph) => subgraph.tensors);
  const constants = new Set(tensors.filter(({ type }) => type === 'FLOAT32').map(({ buffer }) => buffer));
  const buffers = model.buffers.map((content, i) => (constants.has(i) ? nudged(content, steps) : content));
  return serializeModel({ ...model, buffers });
}

/** The interpreter with other inputs than it is given, where they are in float32. */
function withNudgedInputs(interpreter, steps) {
  const { signatures } = interpreter;
  const moved = (tensor) =>
    tensor.dtype === 'float32' ? Tensor.fromBytes('float32', tensor.shape, nudged(tensor.bytes, steps)) : tensor;
  const run = (inputs, options) =>
    interpreter.run(new Map([...inputs].map(([name, tensor]) => [name, moved(tensor)])), options);
  return { signatures, run };
}

/** Seconds that it takes to open and judge all models, and what each metric says of each. */
async function judge({ models, data, samples, metrics }, runtime, inputSteps) {
  const begin = performance.now();
  const opened = await Promise.all(
    [...models].map(async ([name, bytes]) => [name, await openInterpreter(bytes, { runtime })]),
  );
  try {
    const interpreters = new Map(
      inputSteps ? opened.map(([name, each]) => [name, withNudgedInputs(each, inputSteps)]) : opened,
    );
    const evaluation = await evaluateModels({
      models: interpreters,
      reference: interpreters.get('float32'),
      data: await openDataSet(data),
      metrics,
      limit: samples,
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

/** What differences are taken of: of decibels, by how much of the output's size the error differs. */
function plain({ metric, value }) {
  return metric === 'sqnr' ? 10 ** (-value / 20) : value;
}

function difference(metric, value, other) {
  if (Object.is(value, other)) return 0;
  return Math.abs(plain({ metric, value }) - plain({ metric, value: other }));
}

/** How far each metric of those models ranges with the last bit, by the `values` that they are of. */
async function ranges(network, values) {
  const beyond = new Set(values.filter(isBeyond).map(({ scheme }) => scheme));
  const models = new Map([...network.models].filter(([scheme]) => scheme === 'float32' || beyond.has(scheme)));
  const found = new Map(values.map((value) => [value, [plain(value)]]));
  for (const { inputs, constants } of NUDGES) {
    const moved = constants
      ? [...models].map(([scheme, bytes]) => [scheme, withNudgedConstants(bytes, constants)])
      : models;
    const judged = await judge({ ...network, models: moved }, 'wasm', inputs);
    for (const each of judged.values) {
      const own = values.find(({ scheme, metric }) => scheme === each.scheme && metric === each.metric);
      found.get(own).push(plain(each));
    }
  }
  return new Map([...found].map(([value, all]) => [value, Math.max(...all) - Math.min(...all)]));
}

const isBeyond = (value) => !(value.difference <= LIMIT);

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
      return { ...each, native: other, difference: difference(each.metric, each.value, other) };
    });
  }
  if (values.some(isBeyond)) {
    const range = await ranges(network, values);
    values = values.map((value) => (isBeyond(value) ? { ...value, range: range.get(value) } : value));
  }
  rows.push({ network: name, samples: network.samples, seconds, values });
  console.log(`\n${name}: ${seconds.wasm.toFixed(1)} s, native ${seconds.native.toFixed(1)} s`);
  for (const scheme of SCHEMES) {
    const of = values.filter((each) => each.scheme === scheme);
    const cells = of.map((each) => `${each.metric} ${each.difference.toExponential(1)}`);
    console.log(`  ${scheme.padEnd(9)} ${cells.join('  ')}`);
  }
}
const all = rows.flatMap(({ network, values }) => values.map((value) => ({ network, ...value })));
const beyond = all.filter(isBeyond);
const differing = beyond.filter((each) => !(each.difference <= 2 * each.range));
for (const each of beyond) {
  const { network, scheme, metric, difference: found, range } = each;
  const says = differing.includes(each) ? 'DIFFERS' : 'undetermined';
  const own = `by WebAssembly alone ${range.toExponential(1)} with the last bit of inputs and constants`;
  console.log(`${says} ${network} ${scheme} ${metric}: ${found.toExponential(1)}, ${own}`);
}
const total = (side) => rows.reduce((sum, { seconds }) => sum + seconds[side], 0);
const faster = total('wasm') / total('native');
console.log(`\n${all.length - beyond.length} of ${all.length} within ${LIMIT}; ${faster.toFixed(2)} × faster`);
if (options.write) {
  const result = { litert: native.version, faster, rows };
  writeFileSync(join(here, 'results/evaluation-runtimes.json'), `${JSON.stringify(result, null, 2)}\n`);
}
process.exitCode = differing.length === 0 && faster > 1 ? 0 : 1;
