// Cases of single ops, quantized: what stays float32, what is converted to and fro, sizes and errors, beside what the
// official converter makes of the same SavedModels and samples, which official-quantized.json keeps.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HERE, runLines } from './environment.mjs';
import { judgeQuantized } from './judge-quantized.mjs';

const FACTS = join(HERE, 'official-quantized.json');

/** Processes of ours. */
const WORKERS = 2;

export function readFacts() {
  return JSON.parse(readFileSync(FACTS, 'utf8'));
}

/** Whether something of a case can be quantized. */
export function hasFloatInput({ folder }) {
  const { inputs } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
  return Object.values(inputs).some(({ dtype }) => dtype === 'float32');
}

/**
 * Gives { name, problem } for each case; with `record`, what the official converter does is found out again first. Cases
 * of which that is not known only have to convert and to run.
 */
export async function checkQuantizedCases({ python, cli, cases, output, record }) {
  const folder = join(output, 'quantized');
  const all = cases.filter(hasFloatInput).map((each) => ({ ...each, data: join(folder, each.name, 'samples.npz') }));
  const chosen = await withSamples(python, all);
  console.log(`quantizing ${chosen.length} cases`);
  const made = await quantize(dirname(cli), chosen, folder);
  if (record) await recordFacts(python, chosen, made, folder);
  const facts = readFacts();
  console.log('running them in LiteRT');
  const measured = await measure(python, chosen, made);
  return chosen.map(({ name, folder: source }) => {
    const models = { ...measured.get(name) };
    for (const [model, error] of Object.entries(made.get(name)?.errors ?? { int8: 'the process broke' })) {
      models[model] = { error };
    }
    if (isRandom(source)) for (const model of Object.values(models)) model.db = model.same = null;
    return { name, problem: judgeQuantized(models, facts[name] ?? {}).join('; ') || undefined };
  });
}

function isRandom(folder) {
  return JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')).nondeterministic === true;
}

/** The cases that have samples: not those with NaN or infinity in inputs or outputs. */
async function withSamples(python, cases) {
  const jobs = cases.map(({ folder, data }) => ({ case: folder, data }));
  const problems = new Map();
  for (const { data, problem } of await records(python, 'samples', jobs)) if (problem) problems.set(data, problem);
  return cases.filter(({ data }) => !problems.has(data));
}

/** Gives `{ models: { name: path }, errors: { name: text } }` by the cases' names. */
async function quantize(dist, cases, folder) {
  const made = new Map();
  const jobs = cases.map(({ name, folder: source, data }) =>
    JSON.stringify({ id: name, saved_model: join(source, 'saved_model'), data, folder: join(folder, name) }),
  );
  const parts = Array.from({ length: WORKERS }, (_, part) => jobs.filter((_, i) => i % WORKERS === part));
  await Promise.all(
    parts.map((part) =>
      runLines(
        process.execPath,
        [join(HERE, 'quantize-cases.mjs'), dist],
        (line) => {
          const { id, ...record } = JSON.parse(line);
          made.set(id, record);
        },
        part.map((line) => `${line}\n`).join(''),
      ),
    ),
  );
  return made;
}

/** Gives what each of the models is like, by the cases' names. */
async function measure(python, cases, made) {
  const jobs = cases.flatMap(({ name, data }) => {
    const models = made.get(name)?.models ?? {};
    const { float32: reference } = models;
    return reference ? [{ id: name, data, reference, models }] : [];
  });
  const found = await records(python, 'measure', jobs);
  return new Map(found.map(({ id, models, error }) => [id, models ?? { float32: { error } }]));
}

/** Lets the official converter quantize the cases, and keeps what its models are like. */
async function recordFacts(python, cases, made, folder) {
  console.log('quantizing them by the official converter');
  const modelsOf = (name) => ({
    int8: join(folder, name, 'official-int8.tflite'),
    dynamic: join(folder, name, 'official-dynamic.tflite'),
  });
  for (const { name } of cases) mkdirSync(join(folder, name), { recursive: true });
  const jobs = cases.map(({ name, folder: source, data }) => ({
    id: name,
    saved_model: join(source, 'saved_model'),
    data,
    models: modelsOf(name),
  }));
  const converted = new Map((await records(python, 'official', jobs)).map((record) => [record.id, record]));
  const official = new Map(
    cases.map(({ name }) => {
      const { error, errors = { int8: error, dynamic: error } } = converted.get(name) ?? {};
      const models = Object.fromEntries(Object.entries(modelsOf(name)).filter(([scheme]) => !errors[scheme]));
      return [name, { models: { float32: made.get(name)?.models.float32, ...models }, errors }];
    }),
  );
  const measured = await measure(python, cases, official);
  let facts = {};
  try {
    facts = readFacts();
  } catch {
    // There are none yet.
  }
  for (const { name } of cases) {
    const { errors } = official.get(name);
    const models = measured.get(name) ?? {};
    facts[name] = Object.fromEntries(
      ['int8', 'dynamic'].map((scheme) => [scheme, fact(errors[scheme], models[scheme])]),
    );
  }
  const sorted = Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([name, fact]) => `  ${JSON.stringify(name)}: ${JSON.stringify(fact)}`);
  writeFileSync(FACTS, `{\n${lines.join(',\n')}\n}\n`);
}

/** What is kept: zeros and what is not there are left out. */
function fact(error, model) {
  if (error !== undefined) return shortened(error);
  if (!model) return 'it was not measured';
  if (model.error !== undefined) return shortened(model.error);
  const { size, float, conversions, db, same } = model;
  return {
    size,
    ...(Object.keys(float).length > 0 ? { float } : {}),
    ...(conversions > 0 ? { conversions } : {}),
    ...(db === null ? {} : { db }),
    ...(same === null ? {} : { same }),
  };
}

/** The start of what it says, without places and paths. */
const shortened = (error) => error.replace(/(<unknown>:0: )?error: loc\(.*?\): /, '').slice(0, 80);

async function records(python, command, jobs) {
  const found = [];
  if (jobs.length === 0) return found;
  const args = [join(HERE, 'quantized_cases.py'), command];
  const code = await runLines(python, args, (line) => found.push(JSON.parse(line)), JSON.stringify(jobs));
  if (code !== 0) throw new Error(`quantized_cases.py: exit code ${code}`);
  return found;
}
