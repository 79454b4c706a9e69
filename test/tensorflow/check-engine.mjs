// The engine `tensorflow` against the official converter called by hand: the same cases converted, the same of them right.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { capture, compare, HERE, runLines } from './environment.mjs';

/** Gives the exit code; prints each case on which the two differ. */
export async function checkEngine({ python, cli, cases, output }) {
  if (cases.length === 0) throw new Error('no case is called so');
  console.log(`converting ${cases.length} cases by the official converter`);
  const official = await verdicts(python, await byHand(python, cases, folderIn(output, 'official')));
  console.log('converting them by the engine');
  const own = await verdicts(python, await byEngine(python, cli, cases, folderIn(output, 'engine')));
  let failed = 0;
  for (const { name } of cases) {
    if (own.get(name) === official.get(name)) continue;
    failed++;
    console.log(`FAILED ${name}: ${own.get(name)}; by hand: ${official.get(name)}`);
  }
  const right = [...official.values()].filter((verdict) => verdict === 'right').length;
  console.log(`${right} right, ${cases.length - right} not converted or not right by hand`);
  console.log(`${cases.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function folderIn(output, name) {
  const folder = join(output, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function byHand(python, cases, folder) {
  const jobs = cases.map((each) => toModel(each, folder));
  const lines = jobs.map(({ id, saved_model, model }) => JSON.stringify({ id, saved_model, model }));
  await runLines(python, [join(HERE, 'official.py')], () => {}, `${lines.join('\n')}\n`);
  return jobs;
}

async function byEngine(python, cli, cases, folder) {
  const jobs = cases.map((each) => toModel(each, folder));
  for (const { saved_model, model } of jobs) {
    await capture(process.execPath, [
      cli,
      'convert',
      saved_model,
      '-o',
      model,
      '--engine',
      'tensorflow',
      '--python',
      python,
    ]);
  }
  return jobs;
}

function toModel({ name, folder: source }, folder) {
  return { id: name, saved_model: join(source, 'saved_model'), model: join(folder, `${name}.tflite`), case: source };
}

/** Of each case `right`, `wrong` or `not converted`. */
async function verdicts(python, jobs) {
  const records = await compare(
    python,
    jobs.filter(({ model }) => existsSync(model)).map(({ id, model, case: source }) => ({ id, model, case: source })),
  );
  return new Map(
    jobs.map(({ id }) => {
      const record = records.get(id);
      return [id, record === undefined ? 'not converted' : record.passed ? 'right' : 'wrong'];
    }),
  );
}
