// Cases of single ops: converted, run by LiteRT, compared with TensorFlow's outputs element by element.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { capture, compare, run } from './environment.mjs';

/** LiteRT has no kernel for these: they are refused, and converted where TensorFlow's kernels may be used. */
const FLEX_ONLY = /^not converted, unsupported: [^:]+: ParseExampleV2$/;

/** Cases converted by one process: enough to share its start, few enough to lose little with it. */
const BATCH = 40;

/** The case folders in `root`, or one level deeper. */
export function findCases(root) {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name))
    .sort();
  const isCase = (folder) => existsSync(join(folder, 'case.json'));
  const cases = folders.flatMap((folder) => {
    if (isCase(folder)) return [folder];
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
      .filter(isCase);
  });
  return cases.map((folder) => ({ name: basename(folder), folder }));
}

/** A folder of cases, or an archive of one, which is unpacked to `scratch`. */
export async function openCorpus(python, path, scratch) {
  if (!/\.tar(\.\w+)?$/.test(path)) return findCases(path);
  const folder = join(scratch, 'corpora', basename(path).replace(/\.tar.*$/, ''));
  mkdirSync(folder, { recursive: true });
  await run(python, ['-m', 'tarfile', '-e', path, folder]);
  return findCases(folder);
}

/** Converts and compares; gives { name, problem } for each case, `problem` undefined where it passes. */
export async function checkCases({ python, cli, cases, output }) {
  if (cases.length === 0) return [];
  const folder = join(output, 'cases');
  mkdirSync(folder, { recursive: true });
  console.log(`converting ${cases.length} cases`);
  const problems = new Map();
  for (let start = 0; start < cases.length; start += BATCH) {
    await convertBatch(cli, cases.slice(start, start + BATCH), folder, problems);
  }
  for (const { name, folder: source } of cases) {
    if (FLEX_ONLY.test(problems.get(name) ?? ''))
      problems.set(name, await flexProblem(cli, source, modelOf(folder, name)));
  }
  const jobs = cases
    .filter(({ name }) => !problems.has(name))
    .map(({ name, folder: source }) => ({ id: name, model: modelOf(folder, name), case: source }));
  console.log(`comparing ${jobs.length} of them in LiteRT`);
  for (const record of (await compare(python, jobs, { workers: 2 })).values()) {
    if (!record.passed) problems.set(record.id, record.problem);
  }
  return cases.map(({ name }) => ({ name, problem: problems.get(name) }));
}

/** What is wrong with a model of Flex ops; undefined for nothing. No runtime at hand can run it. */
async function flexProblem(cli, source, model) {
  const args = [cli, 'convert', join(source, 'saved_model'), '--output', model, '--select-tf-ops'];
  const { code, stderr } = await capture(process.execPath, args);
  if (code !== 0) return `not converted with Flex ops, exit code ${code}: ${firstLine(stderr)}`;
  const { stdout } = await capture(process.execPath, [cli, 'inspect', model]);
  return /FlexParseExampleV2/.test(stdout) ? undefined : 'no Flex op in the model';
}

const modelOf = (folder, name) => join(folder, `${name}.tflite`);

/** Converts cases in one process; one that this process left out, because it broke, in a process of its own. */
async function convertBatch(cli, batch, folder, problems) {
  const sources = batch.map(({ folder: source }) => join(source, 'saved_model'));
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const args = [cli, 'convert', ...sources, '--output-dir', folder, '--report', report, '--verify-passes'];
  const { code, stdout, stderr } = await capture(process.execPath, args);
  const models = readReport(report);
  for (const [index, each] of batch.entries()) {
    if (existsSync(modelOf(folder, each.name))) continue;
    const found = models.find(({ input }) => input === sources[index]);
    if (found === undefined && batch.length > 1) await convertBatch(cli, [each], folder, problems);
    else
      problems.set(
        each.name,
        found ? reason(found) : `not converted, exit code ${code}: ${firstLine(stderr || stdout)}`,
      );
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).models;
  } catch {
    return [];
  }
}

/** Why a model was not converted, in words that all models of one kind share. */
function reason({ status, diagnostics }) {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const ops = new Map();
  for (const { title, op } of errors) ops.set(title, (ops.get(title) ?? new Set()).add(op));
  const kinds = [...ops].map(([title, names]) => [title, [...names].filter(Boolean).sort().join(', ')]);
  const texts = kinds.map(([title, names]) => (names ? `${title}: ${names}` : title));
  return `not converted, ${status}: ${texts.sort().join('; ')}`;
}

function firstLine(text) {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find(Boolean) ?? 'nothing was said';
}
