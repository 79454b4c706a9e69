// The engine `tensorflow` against the official converter called by hand: the same models converted, to the same bytes, and
// where these differ, the same of them right.

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildNetworks, networkNames, SQNR_DB } from './check-networks.mjs';
import { openPackages } from './check-packages.mjs';
import { buildRecurrent } from './check-recurrent.mjs';
import { capture, compare, HERE, runLines } from './environment.mjs';

/** Models of one command line: enough to share TensorFlow's start, few enough to see that it goes on. */
const BATCH = 100;

/** Gives the exit code; prints each model on which the two differ. */
export async function checkEngine({ python, cli, cases, wanted, output }) {
  const models = [...(await networks(python, wanted)), ...cases.map(caseModel)];
  if (models.length === 0) throw new Error('nothing is called so');
  const folders = { official: folderIn(output, 'official'), engine: folderIn(output, 'engine') };
  const counts = { right: 0, wrong: 0, 'not converted': 0, equal: 0, failed: 0 };
  for (let start = 0; start < models.length; start += BATCH) {
    const batch = models.slice(start, start + BATCH);
    const times = [
      await seconds(() => byHand(python, batch, folders.official)),
      await seconds(() => byEngine(python, cli, batch, { ...folders, links: folderIn(output, 'saved_models') })),
    ];
    const [hand, own] = [
      await verdicts(python, batch, folders.official),
      await verdicts(python, batch, folders.engine),
    ];
    for (const { name } of batch) {
      counts[hand.get(name)]++;
      const [expected, found] = [fileOf(folders.official, name), fileOf(folders.engine, name)];
      const problem = difference(expected, found);
      if (problem === undefined && existsSync(expected)) counts.equal++;
      if (problem === undefined && own.get(name) === hand.get(name)) continue;
      counts.failed++;
      console.log(`FAILED ${name}: ${problem ?? 'equal'}; ${own.get(name)}; by hand: ${hand.get(name)}`);
    }
    const done = start + batch.length;
    console.log(`${done} of ${models.length}, ${counts.failed} differ (by hand ${times[0]} s, engine ${times[1]} s)`);
  }
  console.log(`by hand: ${counts.right} right, ${counts.wrong} wrong, ${counts['not converted']} not converted`);
  console.log(`by the engine: ${counts.equal} files with the same bytes`);
  console.log(`${models.length - counts.failed} passed, ${counts.failed} failed`);
  return counts.failed === 0 ? 0 : 1;
}

/**
 * What is converted: { name, savedModel, job, official }. `job` judges its file; without one there is nothing to run.
 * `official` is the folder in which the official converter's file lies already, if it makes one.
 */
async function networks(python, wanted) {
  const built = await buildNetworks(python, (await networkNames(python)).filter(wanted));
  const recurrent = await buildRecurrent({ python, wanted });
  return [
    ...built.map(({ name, folder }) => networkModel(name, folder, 'outputs.npz')),
    ...recurrent.map(({ name, folder }) => networkModel(name, folder, 'first.npz')),
    ...(await openPackages(python, wanted)),
  ];
}

function networkModel(name, folder, expected) {
  const job = { inputs: join(folder, 'inputs.npz'), expected: join(folder, expected) };
  return { name, savedModel: join(folder, 'saved_model'), job, official: folder };
}

function caseModel({ name, folder }) {
  return { name, savedModel: join(folder, 'saved_model'), job: { case: folder } };
}

const fileOf = (folder, name) => join(folder, `${name}.tflite`);

function folderIn(output, name) {
  const folder = join(output, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function seconds(run) {
  const start = performance.now();
  await run();
  return ((performance.now() - start) / 1000).toFixed(0);
}

async function byHand(python, models, folder) {
  for (const { name, official } of models) {
    if (official !== undefined && convertedOfficially(official)) {
      copyFileSync(join(official, 'official.tflite'), fileOf(folder, name));
    }
  }
  const jobs = models
    .filter(({ official }) => official === undefined)
    .map(({ name, savedModel }) => ({ id: name, saved_model: savedModel, model: fileOf(folder, name) }));
  if (jobs.length === 0) return;
  const code = await runLines(python, [join(HERE, 'official.py'), 'all'], () => {}, JSON.stringify(jobs));
  if (code !== 0) throw new Error(`official.py: exit code ${code}`);
}

/** Packages bring a file of their authors' along, which stands in where the converter refuses the model. */
function convertedOfficially(folder) {
  return JSON.parse(readFileSync(join(folder, 'official.json'), 'utf8')).error === null;
}

/** Models are called after their folders: links give each its own name. */
async function byEngine(python, cli, models, { engine, links }) {
  const inputs = models.map(({ name, savedModel }) => {
    const link = join(links, name);
    rmSync(link, { force: true });
    symlinkSync(resolve(savedModel), link);
    return link;
  });
  const args = ['--output-dir', engine, '--engine', 'tensorflow', '--python', python];
  const report = join(engine, 'report.json');
  rmSync(report, { force: true });
  const { stderr } = await capture(process.execPath, [cli, 'convert', ...inputs, ...args, '--report', report]);
  if (!existsSync(report)) throw new Error(`the command line converted nothing: ${stderr.slice(-2000)}`);
}

/** How two files differ; undefined for equal bytes, or where there is neither. */
function difference(expected, found) {
  const [a, b] = [expected, found].map((file) => (existsSync(file) ? readFileSync(file) : undefined));
  if (a === undefined || b === undefined) return a === b ? undefined : 'one of them is not converted';
  return a.equals(b) ? undefined : `${b.length} bytes, ${a.length} by hand, not the same`;
}

/** Of each model `right`, `wrong` or `not converted`. */
async function verdicts(python, models, folder) {
  const made = models.filter(({ name }) => existsSync(fileOf(folder, name)));
  const jobs = made.map(({ name, job }) => ({ id: name, model: fileOf(folder, name), ...job }));
  const records = await compare(python, jobs, { workers: 2 });
  return new Map(
    models.map(({ name }) => {
      const record = records.get(name);
      return [name, record === undefined ? 'not converted' : isRight(record) ? 'right' : 'wrong'];
    }),
  );
}

function isRight({ passed, error, outputs }) {
  if (passed !== undefined) return passed;
  if (error !== undefined) return false;
  return Object.values(outputs).every(({ matches, sqnr_db }) => matches && sqnr_db >= SQNR_DB);
}
