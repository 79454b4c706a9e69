// The native runtime beside the WebAssembly one:
//   npm run bench:runtime -- [--only NETWORK]… [--rounds N] [--write]
//
// Networks in several schemes are run on the same samples by both runtimes, in turns, sample by sample; then calibrated by
// both. Exit code 1 where results differ by more than 1e-5 of the greatest value of the tensor, or of 1, but for schemes that
// round while they run; and where the native runtime is slower on a model that takes wasm a millisecond.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resolveRuntime } from '../build/find-runtime.js';
import { calibrate } from '../build/quantize/calibrate.js';
import { quantizeModel } from '../build/quantize-model.js';
import { openInterpreter } from '../build/runtime/open-interpreter.js';
import { readNpz } from '../build/tensor/npz.js';
import { Tensor } from '../build/tensor/tensor.js';
import { serializeModel } from '../build/tflite/file/write-model.js';
import { HERE as CHECKS, cacheDirectory, ensurePython, run } from '../test/tensorflow/environment.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const LIMIT = 1e-5;
/** What they round while they run lies on the edge of a step now and then, where the last bit of a float decides. */
const ROUNDED_AT_RUN_TIME = ['dynamic', 'int16x8'];
/** Below this, what passes between threads or processes, and starting these, takes longer than the model. */
const SHORTEST_MS = 1;
const SHORTEST_CALIBRATION_S = 1;
const SAMPLES = 4;
const REPEATED = 8;
const SCHEMES = ['float32', 'float16', 'dynamic', 'int8', 'int16x8'];
const NETWORKS = ['digits', 'keyword_spotter', 'encoder', 'mobilenet_v2', 'efficientnet_b0'];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: NETWORKS },
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);

/** A network's SavedModel, and samples of its inputs, one each. */
async function prepare(python, name) {
  const networks = join(cacheDirectory(), 'networks');
  if (name !== 'digits') await run(python, [join(CHECKS, 'networks.py'), '--only', name, '--out', networks]);
  const source = name === 'digits' ? join(root, 'examples', name) : join(networks, name);
  const data = join(source, name === 'digits' ? 'calibration.npz' : 'inputs.npz');
  const arrays = [...readNpz(readFileSync(data))];
  const samples = Array.from({ length: Math.min(SAMPLES, arrays[0][1].shape[0]) }, (_, i) =>
    Object.fromEntries(arrays.map(([key, tensor]) => [key, row(tensor, i)])),
  );
  return { savedModel: join(source, 'saved_model'), data, samples };
}

function row({ dtype, shape, bytes }, index) {
  const size = bytes.byteLength / shape[0];
  return Tensor.fromBytes(dtype, [1, ...shape.slice(1)], bytes.slice(index * size, (index + 1) * size));
}

/** The greatest difference of two results, over the greatest value of the tensor or 1. */
function difference(a, b) {
  let greatest = 0;
  for (const [name, tensor] of a) {
    const other = b.get(name);
    let [scale, worst] = [1, 0];
    for (const [i, value] of tensor.data.entries()) {
      const against = other.data[i];
      if (Object.is(value, against)) continue;
      scale = Math.max(scale, Math.abs(Number(value)));
      worst = Math.max(worst, Math.abs(Number(value) - Number(against)));
    }
    greatest = Math.max(greatest, worst / scale);
  }
  return greatest;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Both runtimes on the same samples, in turns. */
async function compare(bytes, samples, native) {
  const sides = await Promise.all(['wasm', native].map((runtime) => openInterpreter(bytes, { runtime })));
  try {
    const all = { kernels: [[], []], wall: [[], []] };
    let worst = 0;
    for (let round = 0; round <= rounds; round++) {
      for (const sample of samples) {
        const results = [];
        for (const [i, side] of sides.entries()) {
          const inputs = named(side, sample);
          const begin = performance.now();
          const result = await side.run(inputs);
          const wall = performance.now() - begin;
          results.push(result.outputs);
          // The first round compiles.
          if (round === 0) continue;
          all.kernels[i].push(result.milliseconds);
          all.wall[i].push(wall);
        }
        worst = Math.max(worst, difference(...results));
      }
    }
    const [wasm, own] = all.kernels.map((times) => Math.min(...times));
    const ratios = all.wall[0].map((time, i) => time / all.wall[1][i]);
    return { difference: worst, wasm, native: own, kernels: wasm / own, evaluation: median(ratios) };
  } finally {
    await Promise.all(sides.map((side) => side.dispose()));
  }
}

/** A SavedModel's names and a quantized model's are the same; types of inputs stay float32. */
function named({ signatures }, sample) {
  return new Map(signatures[0].inputs.map(({ name }) => [name, sample[name]]));
}

/** The samples, several times over: a calibration sees some hundred. */
function repeated(samples) {
  return {
    async *samples(signature) {
      for (let index = 0; index < REPEATED * samples.length; index++) {
        yield { index, values: named({ signatures: [signature] }, samples[index % samples.length]) };
      }
    },
  };
}

/** Seconds that calibration takes with each, in turns, and the greatest difference of a range. */
async function compareCalibration(bytes, samples, native) {
  const seconds = [[], []];
  const ranges = [];
  for (let round = 0; round < rounds; round++) {
    for (const [i, runtime] of ['wasm', native].entries()) {
      const begin = performance.now();
      ranges[i] = await calibrate(bytes, repeated(samples), { runtime });
      seconds[i].push((performance.now() - begin) / 1000);
    }
  }
  let worst = 0;
  for (const [key, { min, max }] of ranges[0].entries()) {
    const other = ranges[1].get(key);
    const scale = Math.max(1, Math.abs(min), Math.abs(max));
    worst = Math.max(worst, Math.abs(min - other.min) / scale, Math.abs(max - other.max) / scale);
  }
  const [wasm, own] = seconds.map((times) => Math.min(...times));
  const ratio = median(seconds[0].map((time, i) => time / seconds[1][i]));
  return { difference: worst, samples: REPEATED * samples.length, wasm, native: own, ratio };
}

const python = await ensurePython();
const native = await resolveRuntime({ runtime: 'native', python });
const rows = [];
for (const name of options.only) {
  const network = await prepare(python, name);
  console.log(`\n${name}                 difference   wasm ms  native ms  kernels  evaluation`);
  for (const scheme of SCHEMES) {
    const representativeData = scheme.startsWith('int') ? network.data : undefined;
    const made = await quantizeModel(network.savedModel, { scheme, representativeData });
    const found = await compare(serializeModel(made.model), network.samples, native);
    rows.push({ network: name, scheme, ...found });
    const figures = [found.wasm, found.native, found.kernels, found.evaluation].map((value) =>
      value.toFixed(2).padStart(9),
    );
    console.log(`  ${scheme.padEnd(12)}${found.difference.toExponential(1).padStart(14)} ${figures.join(' ')}`);
  }
  const float = await quantizeModel(network.savedModel, { scheme: 'float32' });
  const found = await compareCalibration(serializeModel(float.model), network.samples, native);
  rows.push({ network: name, scheme: 'calibration', ...found });
  console.log(
    `  calibration ${found.difference.toExponential(1).padStart(14)} ${found.wasm.toFixed(2)} s, ${found.native.toFixed(2)} s: ${found.ratio.toFixed(2)} ×`,
  );
}
const judged = rows.filter(({ scheme }) => !ROUNDED_AT_RUN_TIME.includes(scheme));
const differing = judged.filter((found) => !(found.difference <= LIMIT));
const timed = rows.filter(({ wasm, ratio }) => wasm >= (ratio === undefined ? SHORTEST_MS : SHORTEST_CALIBRATION_S));
const slower = timed.filter(({ evaluation, ratio }) => !((evaluation ?? ratio) > 1));
for (const { network, scheme, difference: found } of differing) console.log(`DIFFERS ${network} ${scheme}: ${found}`);
for (const { network, scheme } of slower) console.log(`NOT FASTER ${network} ${scheme}`);
const exact = `${judged.length - differing.length} of ${judged.length} within ${LIMIT}`;
console.log(`\n${exact}, ${timed.length - slower.length} of ${timed.length} faster`);
if (options.write) {
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    node: process.version,
    platform: process.platform,
  };
  const result = { machine, litert: native.version, rounds, rows };
  writeFileSync(join(here, 'results/runtime.json'), `${JSON.stringify(result, null, 2)}\n`);
}
process.exitCode = differing.length + slower.length === 0 ? 0 : 1;
