// Recurrent networks with `--fuse-rnn`, quantized: LSTMs in one direction in whole integers, other layers in 8-bit
// weights, as close to TensorFlow as what the official converter makes, where it makes fused ops of the same.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, capture, HERE, run, runLines } from './environment.mjs';

/** May lie so far below the official result. */
const MARGIN_DB = 0.5;
/** What 8 bits have to be good for where there is no official result. */
const LEAST_DB = 25;

const LSTM = 'UNIDIRECTIONAL_SEQUENCE_LSTM';

/** The recurrent ops that are made of a network. */
const NETWORKS = {
  lstm: [LSTM],
  lstm_sequence: [LSTM],
  lstm_backwards: [LSTM],
  stacked: [LSTM, LSTM],
  time_distributed: [LSTM],
  bidirectional_lstm: ['BIDIRECTIONAL_SEQUENCE_LSTM'],
  bidirectional_last: ['BIDIRECTIONAL_SEQUENCE_LSTM'],
  rnn: ['UNIDIRECTIONAL_SEQUENCE_RNN'],
  bidirectional_rnn: ['BIDIRECTIONAL_SEQUENCE_RNN'],
};

const SCHEMES = ['int8', 'dynamic'];

/** Gives { name, problems } for each network and scheme. */
export async function checkFused({ python, cli, output, wanted }) {
  const script = join(HERE, 'fused_quantized.py');
  const sources = [script, join(HERE, 'recurrent.py')].map((file) => readFileSync(file));
  const key = createHash('sha256').update(Buffer.concat(sources)).digest('hex').slice(0, 12);
  const jobs = [];
  for (const network of Object.keys(NETWORKS)) {
    const schemes = SCHEMES.filter((scheme) => wanted(`fused_${network}__${scheme}`));
    const folder = join(cacheDirectory(), `fused-${key}`, network);
    if (schemes.length > 0 && !existsSync(join(folder, 'expected.npz'))) {
      console.log(`building ${network} in ${folder}`);
      await run(python, [script, 'build', folder]);
      for (const scheme of SCHEMES) await capture(python, [script, 'official', folder, scheme]);
    }
    for (const scheme of schemes) jobs.push({ name: `fused_${network}__${scheme}`, network, scheme, folder });
  }
  if (jobs.length === 0) return [];

  const models = join(output, 'fused');
  mkdirSync(models, { recursive: true });
  const measured = [];
  for (const job of jobs) {
    const { name, scheme, folder } = job;
    const model = join(models, `${name}.tflite`);
    const data = scheme === 'int8' ? ['--representative-data', join(folder, 'calibration.npz')] : [];
    const options = ['--output', model, '--fuse-rnn', '--quantize', scheme, ...data];
    const { code, stdout, stderr } = await capture(process.execPath, [
      cli,
      'convert',
      join(folder, 'saved_model'),
      ...options,
    ]);
    if (code !== 0) job.problem = `not converted, exit code ${code}: ${(stderr || stdout).trim().slice(0, 1000)}`;
    else measured.push({ id: name, model, folder });
    const official = join(folder, `official-${scheme}.tflite`);
    if (existsSync(official)) measured.push({ id: `${name} official`, model: official, folder });
  }
  const records = new Map();
  const keep = (line) => records.set(JSON.parse(line).id, JSON.parse(line));
  const code = await runLines(python, [script, 'measure'], keep, JSON.stringify(measured));
  if (code !== 0) throw new Error(`fused_quantized.py: exit code ${code}`);
  return jobs.map((job) => judge(job, records.get(job.name), records.get(`${job.name} official`)));
}

function judge({ name, network, scheme, problem }, record, official) {
  const problems = [];
  const found = problem ?? record?.problem;
  // Else the official result is another one: float, or loops.
  const comparable = official?.fused?.length > 0 && official.fused.every((op) => op.endsWith('/int8'));
  if (found !== undefined) problems.push(found);
  else {
    const whole = (op) => scheme === 'int8' && op === LSTM;
    const wanted = NETWORKS[network].map((op) => `${op} ${whole(op) ? 'int8' : 'float32'}/int8`);
    if (String(record.fused) !== String(wanted)) problems.push(`${record.fused}, should be ${wanted}`);
    const bar = comparable ? official.sqnr_db - MARGIN_DB : LEAST_DB;
    if (record.sqnr_db < bar) problems.push(`SQNR is ${record.sqnr_db} dB, at least ${bar}`);
  }
  const beside = comparable ? `${official.sqnr_db}` : official ? 'not fused and 8 bits' : 'fails';
  console.log(`${name}: ${record?.sqnr_db ?? '-'} dB (official ${beside}), ${record?.fused ?? '-'}`);
  for (const each of problems) console.log(`    ${each}`);
  return { name, problems };
}
