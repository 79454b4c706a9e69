// Recurrent networks in fewer bits: ours against the official converter's, by what TensorFlow computes. Both are
// calibrated on the same data.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildRecurrent } from './check-recurrent.mjs';
import { capture, HERE, runLines } from './environment.mjs';

const SCHEMES = ['dynamic', 'float16', 'int8', 'int16x8'];

/** How much worse than the official converter's results ours may be. */
const TOLERANCE_DB = 0.5;

/** For networks of which the official converter makes no model. */
const LEAST_DB = { dynamic: 30, float16: 60, int8: 25, int16x8: 35 };

/** Good enough in any case, as it is all that halves or float32 have: which way these err is chance. */
const GOOD_DB = { dynamic: 100, float16: 65 };

/**
 * States that grow from step to step, as ReLU lets them, and what rounding does to them with them: the official models have
 * 28 to 45 dB in `float16`. What is less than this is broken.
 */
const UNBOUNDED = /^keras\d_lstm_activations__/;
const UNBOUNDED_DB = { float16: 25, int8: 0, int16x8: 10 };

/** What is checked without `--every-recurrent`. */
const CHOSEN = [
  'keras2_lstm__1',
  'keras2_lstm_stateful__2',
  'keras3_lstm__free',
  'keras3_gru__1',
  'keras3_rnn__1',
  'keras3_bidirectional_lstm__1',
  'keras3_stacked_masked__1',
];

const FAMILY = 'quantized_recurrent';

/** Gives { name, problems } for each network. */
export async function checkQuantizedRecurrent({ python, cli, output, wanted, all, named }) {
  const isChosen = (name) => {
    const full = `${FAMILY}__${name}`;
    return named.includes(full) || (wanted(full) && (all || CHOSEN.includes(name)));
  };
  const networks = await buildRecurrent({ python, wanted: isChosen });
  if (networks.length === 0) return [];
  const script = join(HERE, 'recurrent_quantized.py');
  const key = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 12);
  const folders = networks.map(({ folder }) => folder);
  await runLines(python, [script, 'make', ...folders], (line) => console.log(`  official: ${line}`));

  const models = join(output, 'quantized-recurrent');
  mkdirSync(models, { recursive: true });
  const results = [];
  const jobs = [];
  for (const { name, folder } of networks) {
    const data = join(folder, `quantized-${key}`);
    for (const scheme of SCHEMES) {
      const result = { name: `${FAMILY}__${name}`, scheme, id: `${name} ${scheme}` };
      results.push(result);
      const model = join(models, `${name}-${scheme}.tflite`);
      const args = ['--quantize', scheme, '--representative-data', join(data, 'calibration.npz')];
      const given = scheme.startsWith('int') ? args : args.slice(0, 2);
      const converted = await capture(process.execPath, [
        ...[cli, 'convert', join(folder, 'saved_model'), '--output', model],
        ...given,
      ]);
      if (converted.code === 0) jobs.push({ id: result.id, model, folder });
      else result.problem = `not converted: ${(converted.stderr || converted.stdout).trim().slice(0, 1000)}`;
      const official = join(data, `${scheme}.tflite`);
      if (existsSync(official)) jobs.push({ id: `official ${result.id}`, model: official, folder });
    }
  }
  const records = new Map();
  const keep = (line) => records.set(JSON.parse(line).id, JSON.parse(line));
  const code = await runLines(python, [script, 'measure'], keep, JSON.stringify(jobs));
  if (code !== 0) throw new Error(`recurrent_quantized.py: exit code ${code}`);
  for (const result of results) judge(result, records);
  return [...new Set(results.map(({ name }) => name))].map((name) => ({
    name,
    problems: results.filter((result) => result.name === name).flatMap(({ problems }) => problems),
  }));
}

function judge(result, records) {
  const own = records.get(result.id);
  const official = records.get(`official ${result.id}`);
  result.problems = [];
  const problem = result.problem ?? own?.problem;
  const bar = barOf(result, official);
  if (problem !== undefined) result.problems.push(`${result.scheme}: ${problem}`);
  else if (!(own.sqnr_db >= bar)) {
    result.problems.push(`${result.scheme}: SQNR is ${own.sqnr_db} dB, at least ${bar.toFixed(2)}`);
  }
  const count = (record) => Object.values(record?.op_counts ?? {}).reduce((sum, ops) => sum + ops, 0);
  const shown = official?.problem ? 'does not run' : `${official?.sqnr_db ?? '-'} dB, ${count(official)} ops`;
  console.log(`${result.id}: ${own?.sqnr_db ?? '-'} dB, ${count(own)} ops (official: ${official ? shown : 'none'})`);
  for (const each of result.problems) console.log(`    ${each}`);
}

function barOf({ id, scheme }, official) {
  if (UNBOUNDED.test(id) && scheme in UNBOUNDED_DB) return UNBOUNDED_DB[scheme];
  if (official?.sqnr_db === undefined) return LEAST_DB[scheme];
  return Math.min(official.sqnr_db - TOLERANCE_DB, GOOD_DB[scheme] ?? Infinity);
}
