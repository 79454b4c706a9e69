// Whole networks: our model, run by LiteRT, against TensorFlow's output and the official model.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, capture, compare, HERE, runLines } from './environment.mjs';

/** What networks have to reach against TensorFlow. */
export const SQNR_DB = 100;
const MIN_VARIATION = 0.05;

/** Where the official converter leaves chains of ops that are not needed, its count is no bar. */
const OPS_AT_MOST = { convnext_tiny: 370, encoder: 92 };

export async function networkNames(python) {
  const names = [];
  await runLines(python, [join(HERE, 'networks.py'), '--list'], (line) => names.push(line));
  return names;
}

/** Builds what is not in the cache; gives { name, folder } for each network. */
export async function buildNetworks(python, names) {
  if (names.length === 0) return [];
  const cache = join(cacheDirectory(), 'networks');
  console.log(`building ${names.length} networks with TensorFlow in ${cache}`);
  const only = names.flatMap((name) => ['--only', name]);
  const script = [join(HERE, 'networks.py'), '--out', cache, '--processes', '2', ...only];
  await runLines(python, script, (line) => console.log(`  ${line}`));
  return names.map((name) => ({ name, folder: join(cache, name) }));
}

/** Builds, converts and compares; gives { name, problems } for each network. */
export async function checkNetworks({ python, cli, names, output, latency }) {
  if (names.length === 0) return [];
  const built = await buildNetworks(python, names);
  const folder = join(output, 'networks');
  mkdirSync(folder, { recursive: true });
  const networks = [];
  for (const { name, folder: source } of built) {
    networks.push(await convert(cli, name, source, join(folder, `${name}.tflite`)));
  }
  const jobs = networks.filter((network) => network.converted).map(job);
  const records = await compare(python, jobs);

  printRow(HEADER);
  const results = [];
  for (const network of networks) {
    const record = records.get(network.name);
    const problems = network.converted ? judge(network, record) : [network.problem];
    const speed = latency && record?.outputs ? await ratio(python, network) : undefined;
    printRow(row(network, record, problems, speed));
    for (const problem of problems) console.log(`    ${problem}`);
    results.push({ name: network.name, problems });
  }
  return results;
}

async function convert(cli, name, source, model) {
  const network = { name, source, model, converted: false };
  try {
    network.official = JSON.parse(readFileSync(join(source, 'official.json'), 'utf8'));
  } catch {
    return { ...network, problem: 'the network was not built' };
  }
  const args = [
    cli,
    'convert',
    join(source, 'saved_model'),
    '--output',
    model,
    '--report',
    `${model}.json`,
    '--verify-passes',
  ];
  const begin = performance.now();
  const { code, stdout, stderr } = await capture(process.execPath, args);
  const seconds = (performance.now() - begin) / 1000;
  if (code === 0) return { ...network, converted: true, seconds };
  const said = (stderr || stdout).trim().split('\n').slice(0, 12).join('\n    ');
  return { ...network, problem: `not converted, exit code ${code}: ${said}` };
}

function job({ name, source, model }) {
  const [inputs, expected] = ['inputs.npz', 'outputs.npz'].map((file) => join(source, file));
  return { id: name, model, inputs, expected };
}

function judge({ name, official }, record) {
  const problems = record.error ? [record.error] : [];
  for (const [output, found] of Object.entries(record.outputs ?? {})) {
    problems.push(...judgeOutput(found).map((problem) => `${output}: ${problem}`));
  }
  const most = Math.min(official.ops, OPS_AT_MOST[name] ?? Infinity);
  if (record.ops > most) problems.push(`${record.ops} ops, at most ${most} (official: ${official.ops})`);
  if (record.size > official.size) problems.push(`${record.size} bytes, official: ${official.size}`);
  const depthwise = (counts) => counts.DEPTHWISE_CONV_2D ?? 0;
  if (depthwise(record.op_counts) < depthwise(official.op_counts)) {
    problems.push(`${depthwise(record.op_counts)} DEPTHWISE_CONV_2D, official: ${depthwise(official.op_counts)}`);
  }
  return problems;
}

function judgeOutput(found) {
  const is = `${found.dtype} [${found.shape}]`;
  if (!found.matches) return [`${is}, should be ${found.expected_dtype} [${found.expected_shape}]`];
  const problems = [];
  if (found.sqnr_db < SQNR_DB) problems.push(`SQNR is ${found.sqnr_db} dB, at least ${SQNR_DB}`);
  if (!found.same_argmax) problems.push(`argmax differs (${found.argmax_agreement} of rows agree)`);
  if (found.variation < MIN_VARIATION) problems.push(`hardly varies with the input (${found.variation})`);
  return problems;
}

async function ratio(python, { source, model }) {
  const pair = [model, join(source, 'official.tflite')];
  const args = [join(HERE, 'compare.py'), 'latency', ...pair, '--inputs', join(source, 'inputs.npz')];
  const { code, stdout, stderr } = await capture(python, args);
  return code === 0 ? JSON.parse(stdout).ratio_of_medians : `not measured: ${stderr.trim().split('\n').at(-1)}`;
}

const HEADER = ['network', 'ops', 'official', 'bytes', 'official', 'SQNR dB', 'variation', 'seconds', ''];
const WIDTHS = [-20, 6, 9, 12, 12, 9, 10, 8, -1];

function row({ name, official, seconds }, record, problems, speed) {
  const outputs = Object.values(record?.outputs ?? {});
  const least = (key) => (outputs.length > 0 ? Math.min(...outputs.map((each) => each[key])) : Number.NaN);
  return [
    name,
    record?.ops,
    official?.ops,
    record?.size,
    official?.size,
    least('sqnr_db').toFixed(1),
    least('variation').toFixed(2),
    seconds?.toFixed(2),
    [problems.length === 0 ? 'ok' : 'FAILED', ...(speed ? [`latency ${speed}`] : [])].join(' '),
  ];
}

function printRow(cells) {
  const padded = cells.map((cell, index) => {
    const text = String(cell ?? '-');
    const width = WIDTHS[index];
    return width < 0 ? text.padEnd(-width) : text.padStart(width);
  });
  console.log(padded.join(' '));
}
