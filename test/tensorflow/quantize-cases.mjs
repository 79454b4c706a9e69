// Our models of cases, quantized in one process by the bundled command line:
//
//   node quantize-cases.mjs DIST < jobs     {"id", "saved_model", "data", "folder"} a line in
//   → {"id", "models": {name: path}, "errors": {name: why there is none}} a line out
//
// The names are `float32`, which nothing is done to, and the schemes; `int8-only` has int8 inputs and outputs.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Script } from 'node:vm';

/** What the command line is asked for, by the name of the model that comes of it; one calibration serves both. */
const models = {
  float32: () => ['float32'],
  int8: ({ data, ranges }) => ['int8', '--representative-data', data, '--save-calibration', ranges],
  dynamic: () => ['dynamic'],
  'int8-only': ({ ranges }) => ['int8-only', '--io-type', 'int8', '--calibration', ranges],
};

/** The bundled program, started as dist/cli.js starts it. */
function load(dist) {
  const file = join(resolve(dist), 'full.js');
  const program = { exports: {} };
  const start = new Script(readFileSync(file, 'latin1'), { filename: file }).runInThisContext();
  start(program.exports, createRequire(file), program, file, dirname(file), (module) => import(module));
  return program.exports.main;
}

const main = load(process.argv[2]);

async function quantize({ id, saved_model, data, folder }) {
  const record = { id, models: {}, errors: {} };
  mkdirSync(folder, { recursive: true });
  const ranges = join(folder, 'ranges.json');
  rmSync(ranges, { force: true });
  for (const [name, options] of Object.entries(models)) {
    const output = join(folder, `${name}.tflite`);
    rmSync(output, { force: true });
    const lines = [];
    const streams = { out: { write() {} }, err: { write: (text) => lines.push(text) }, env: {} };
    const args = ['convert', saved_model, '--quiet', '-o', output, '--quantize', ...options({ data, ranges })];
    const code = await main(args, streams);
    if (code === 0 && existsSync(output)) record.models[name] = output;
    else record.errors[name] = `exit code ${code}: ${lines.join('').trim().split('\n').slice(0, 2).join(' ')}`;
  }
  return record;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await quantize(JSON.parse(line))));
}
