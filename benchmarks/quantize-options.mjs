// What options of a recipe do to exactness, as the tables of docs/guides/quantization.md:
//   node benchmarks/quantize-options.mjs
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { capture, ensurePython, PYTHON_ENV } from '../test/tensorflow/environment.mjs';
import { evaluate, prepare } from './quantize-sides.mjs';

const cli = join(dirname(fileURLToPath(import.meta.url)), '../dist/cli.js');
const NETWORKS = ['digits', 'keyword_spotter', 'mobilenet_v2', 'basic_pitch', 'encoder'];
const OFF = { 'balanced-rounding': false, 'bias-correction': false, 'adaptive-rounding': false };
const unbalanced = { 'balanced-rounding': false };
const perTensor = { granularity: 'per-tensor' };
const int8 = (options, more = {}) => ({ default: 'int8', ...more, options });
/** Recipes by what tables call them. */
const RECIPES = {
  'none of them': int8(OFF),
  'balanced rounding': int8({ ...OFF, 'balanced-rounding': true }),
  'bias correction': int8({ ...OFF, 'bias-correction': true }),
  'balanced and adaptive rounding': int8({ 'bias-correction': false }),
  'the default': int8({}),
  'the default and cross-layer equalisation': int8({ 'cross-layer-equalization': true }),
  'one scale for each tensor': int8({}, perTensor),
  'the same and cross-layer equalisation': int8({ 'cross-layer-equalization': true }, perTensor),
  ...Object.fromEntries(
    ['int4', 'weight-only', 'dynamic'].flatMap((scheme) => [
      [`${scheme}, balanced`, { default: scheme }],
      [`${scheme}, not balanced`, { default: scheme, options: unbalanced }],
    ]),
  ),
};

Object.assign(process.env, PYTHON_ENV);
const python = await ensurePython();
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-options-'));
try {
  const columns = [];
  for (const name of NETWORKS) {
    const network = await prepare(python, name);
    const models = [];
    for (const [i, recipe] of Object.values(RECIPES).entries()) {
      const [file, model] = ['yaml', 'tflite'].map((extension) => join(folder, `${name}-${i}.${extension}`));
      writeFileSync(file, stringify(recipe));
      const args = ['--recipe', file, '--representative-data', network.calibration, '--output', model, '--quiet'];
      const { code, stderr } = await capture(process.execPath, [cli, 'convert', network.savedModel, ...args]);
      if (code !== 0) throw new Error(`${name}: ${stderr}`);
      models.push({ scheme: 'int8', model });
    }
    columns.push(await evaluate(python, network, models));
  }
  console.log(`| options | ${NETWORKS.join(' | ')} |\n|---|${NETWORKS.map(() => '---|').join('')}`);
  for (const [i, title] of Object.keys(RECIPES).entries()) {
    console.log(`| ${title} | ${columns.map((records) => records[i].sqnr_db.toFixed(2)).join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
