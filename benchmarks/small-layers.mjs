// From how many weights on 8-bit weights make a recurrent layer faster: the threshold that `dynamic` has in loops.
//   node benchmarks/small-layers.mjs
// Both models of a size are run in turn, on one thread.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HERE as CHECKS, capture, ensurePython, PYTHON_ENV } from '../test/tensorflow/environment.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '../dist/cli.js');
const UNITS = [16, 24, 32, 40, 48, 64, 96, 128];
const GATES = { LSTM: 4, GRU: 3 };

async function output(command, args) {
  const { code, stdout, stderr } = await capture(command, args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

Object.assign(process.env, PYTHON_ENV);
const python = await ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-layers-'));
try {
  await output(python, [join(here, 'make_recurrent.py'), folder, ...UNITS.map(String)]);
  const recipe = join(folder, 'all.yaml');
  writeFileSync(recipe, 'default: dynamic\noptions: { minimum-elements: 1 }\n');
  console.log('layer     weights of the state   float32   8 bits   times as fast');
  for (const [kind, gates] of Object.entries(GATES)) {
    for (const units of UNITS) {
      const layer = join(folder, `${kind}-${units}`);
      const [float, small] = ['float.tflite', 'small.tflite'].map((name) => join(layer, name));
      const convert = [cli, 'convert', join(layer, 'saved_model'), '--quiet', '--output'];
      await output(process.execPath, [...convert, float]);
      await output(process.execPath, [...convert, small, '--recipe', recipe]);
      const inputs = ['--inputs', join(layer, 'inputs.npz'), '--runs', '2000'];
      const text = await output(python, [join(CHECKS, 'compare.py'), 'latency', small, float, ...inputs]);
      const { model_ms, baseline_ms, ratio_of_medians } = JSON.parse(text);
      const time = ({ median }) => `${(median * 1000).toFixed(0)} µs`.padStart(7);
      const weights = String(units * units * gates).padStart(16);
      console.log(
        `${`${kind} ${units}`.padEnd(10)}${weights}      ${time(baseline_ms)}  ${time(model_ms)}   ${(1 / ratio_of_medians).toFixed(2)}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
