// Recurrent networks of Keras 2 and Keras 3: both runs in a row against TensorFlow's, and no more ops than the official
// converter's, which makes no model of most of them. Where it makes fused ops, as of Keras 2's LSTMs of a fixed batch,
// what `--fuse-rnn` makes is compared with it: such ops keep their state from one run to the next.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, capture, HERE, runLines } from './environment.mjs';

const SQNR_DB = 100;

const FUSED = [
  'UNIDIRECTIONAL_SEQUENCE_LSTM',
  'BIDIRECTIONAL_SEQUENCE_LSTM',
  'UNIDIRECTIONAL_SEQUENCE_RNN',
  'BIDIRECTIONAL_SEQUENCE_RNN',
];

/** How many of these ops `--fuse-rnn` makes of a network. */
const FUSIBLE = {
  lstm: 1,
  lstm_sequence: 1,
  lstm_states: 0,
  lstm_backwards: 1,
  lstm_dropout: 1,
  lstm_activations: 0,
  lstm_masked: 0,
  lstm_stateful: 0,
  gru: 0,
  rnn: 1,
  bidirectional_lstm: 1,
  bidirectional_last: 1,
  bidirectional_rnn: 1,
  stacked: 2,
  stacked_cells: 0,
  any_length: 1,
  time_distributed: 1,
};

/** Rows of a free batch, as in recurrent.py. */
const ROWS = 3;

/** A network once more, with a fixed batch and `--fuse-rnn`; its state is reset between the runs. */
function fused({ name, kind, folder }) {
  const [layer, batch] = kind.split('__');
  const expected = FUSIBLE[layer];
  if (expected === undefined) return [];
  const [, key] = /([\w-]+)\.npy/.exec(readFileSync(join(folder, 'inputs.npz'), 'latin1'));
  const shape = batch === 'free' ? ['--input-shape', `${key}=${ROWS},20,16`] : [];
  const reset = layer !== 'lstm_stateful';
  return [{ name: `${name}__fused`, folder, args: ['--fuse-rnn', ...shape], reset, expected }];
}

/** Builds the networks that are wanted with TensorFlow, each once; gives { name, kind, folder } for each. */
export async function buildRecurrent({ python, wanted }) {
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
    networks.push(...chosen.map((name) => ({ name: `keras${keras}_${name}`, kind: name, folder: join(cache, name) })));
  }
  return networks;
}

/** Gives { name, problems } for each network. */
export async function checkRecurrent({ python, cli, output, wanted, latency }) {
  const built = await buildRecurrent({ python, wanted });
  const networks = built.flatMap((network) => [{ ...network, args: [] }, ...fused(network)]);
  if (networks.length === 0) return [];

  const models = join(output, 'recurrent');
  mkdirSync(models, { recursive: true });
  for (const network of networks) {
    network.model = join(models, `${network.name}.tflite`);
    const source = join(network.folder, 'saved_model');
    const args = [cli, 'convert', source, '--output', network.model, '--verify-passes', ...network.args];
    const { code, stdout, stderr } = await capture(process.execPath, args);
    if (code !== 0) network.problem = `not converted, exit code ${code}: ${(stderr || stdout).trim().slice(0, 1000)}`;
  }
  const jobs = networks
    .filter(({ problem }) => problem === undefined)
    .map(({ name, model, folder, reset }) => ({ id: name, model, folder, reset, latency }));
  const records = new Map();
  const keep = (line) => records.set(JSON.parse(line).id, JSON.parse(line));
  const code = await runLines(python, [join(HERE, 'run_twice.py')], keep, JSON.stringify(jobs));
  if (code !== 0) throw new Error(`run_twice.py: exit code ${code}`);
  return networks.map((network) => judge(network, records.get(network.name)));
}

function judge({ name, folder, problem, expected }, record) {
  const official = existsSync(join(folder, 'official.json'))
    ? JSON.parse(readFileSync(join(folder, 'official.json'), 'utf8'))
    : { ops: null };
  const problems = [];
  const found = problem ?? record?.problem;
  if (found !== undefined) problems.push(found);
  else {
    if (record.sqnr_db < SQNR_DB) problems.push(`SQNR is ${record.sqnr_db} dB, at least ${SQNR_DB}`);
    const made = fusedIn(record);
    if (made !== (expected ?? 0)) problems.push(`${made} ops are fused layers, should be ${expected ?? 0}`);
    const comparable = fusedIn(official) === 0 || expected !== undefined;
    if (official.ops !== null && comparable && record.ops > official.ops) {
      problems.push(`${record.ops} ops, official: ${official.ops}`);
    }
  }
  const fused = fusedIn(official) > 0 ? ' with fused layers' : '';
  const speed = record?.microseconds ? `, ${record.microseconds.join(' (')} µs)` : '';
  console.log(
    `${name}: ${record?.ops ?? '-'} ops (${official.ops ?? '-'}${fused}), ${record?.sqnr_db ?? '-'} dB${speed}`,
  );
  for (const each of problems) console.log(`    ${each}`);
  return { name, problems };
}

function fusedIn({ op_counts }) {
  return FUSED.reduce((sum, op) => sum + (op_counts?.[op] ?? 0), 0);
}
