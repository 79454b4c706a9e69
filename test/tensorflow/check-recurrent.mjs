// Recurrent networks of Keras 2 and Keras 3: both runs in a row against TensorFlow's, and no more ops than the official
// converter's, which makes no model of most of them.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, capture, HERE, runLines } from './environment.mjs';

const SQNR_DB = 100;

/** A fused op, which the official converter makes of Keras 2's, keeps its state from one run to the next: it is no bar. */
const FUSED = ['UNIDIRECTIONAL_SEQUENCE_LSTM', 'BIDIRECTIONAL_SEQUENCE_LSTM', 'UNIDIRECTIONAL_SEQUENCE_RNN'];

/** Gives { name, problems } for each network. */
export async function checkRecurrent({ python, cli, output, wanted }) {
  const script = join(HERE, 'recurrent.py');
  const key = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 12);
  const networks = [];
  for (const keras of ['2', '3']) {
    const names = [];
    await runLines(python, [script, '--keras', keras, '--list'], (line) => names.push(line));
    const chosen = names.filter((name) => wanted(`keras${keras}_${name}`));
    if (chosen.length === 0) continue;
    const cache = join(cacheDirectory(), `recurrent-${key}`, `keras${keras}`);
    const only = chosen.flatMap((name) => ['--only', name]);
    console.log(`building ${chosen.length} recurrent networks of Keras ${keras} in ${cache}`);
    await runLines(python, [script, '--keras', keras, '--out', cache, ...only], (line) => console.log(`  ${line}`));
    for (const name of chosen) networks.push({ name: `keras${keras}_${name}`, folder: join(cache, name) });
  }
  if (networks.length === 0) return [];

  const models = join(output, 'recurrent');
  mkdirSync(models, { recursive: true });
  for (const network of networks) {
    network.model = join(models, `${network.name}.tflite`);
    const args = [cli, 'convert', join(network.folder, 'saved_model'), '--output', network.model];
    const { code, stdout, stderr } = await capture(process.execPath, args);
    if (code !== 0) network.problem = `not converted, exit code ${code}: ${(stderr || stdout).trim().slice(0, 1000)}`;
  }
  const jobs = networks
    .filter(({ problem }) => problem === undefined)
    .map(({ name, model, folder }) => ({ id: name, model, folder }));
  const records = new Map();
  const keep = (line) => records.set(JSON.parse(line).id, JSON.parse(line));
  const code = await runLines(python, [join(HERE, 'run_twice.py')], keep, JSON.stringify(jobs));
  if (code !== 0) throw new Error(`run_twice.py: exit code ${code}`);
  return networks.map((network) => judge(network, records.get(network.name)));
}

function judge({ name, folder, problem }, record) {
  const official = existsSync(join(folder, 'official.json'))
    ? JSON.parse(readFileSync(join(folder, 'official.json'), 'utf8'))
    : { ops: null };
  const problems = [];
  const found = problem ?? record?.problem;
  if (found !== undefined) problems.push(found);
  else {
    if (record.sqnr_db < SQNR_DB) problems.push(`SQNR is ${record.sqnr_db} dB, at least ${SQNR_DB}`);
    const fused = FUSED.some((op) => official.op_counts?.[op]);
    if (official.ops !== null && !fused && record.ops > official.ops) {
      problems.push(`${record.ops} ops, official: ${official.ops}`);
    }
  }
  const speed = record?.ratio === undefined ? '' : `, ${record.ratio} of the official time`;
  console.log(`${name}: ${record?.ops ?? '-'} ops (${official.ops ?? '-'}), ${record?.sqnr_db ?? '-'} dB${speed}`);
  for (const each of problems) console.log(`    ${each}`);
  return { name, problems };
}
