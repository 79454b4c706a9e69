// The three quantizers as whole processes, and LiteRT's measure of what they make. What others made is kept in the
// user's cache until their script, their versions or their inputs change; ours is made anew each time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HERE as CHECKS, cacheDirectory, capture, run, runLines } from '../test/tensorflow/environment.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const scripts = join(root, 'benchmarks/quantize');
const NO_SUCH_SCHEME = 3;
/** XNNPACK has no int16 activations: LiteRT's own kernels run them. */
const KERNELS = { int16x8: 'builtin' };

const read = (...parts) => readFileSync(join(...parts));
const hashOf = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
};

/** A Python with the pinned ai-edge-quantizer, in an environment of its own: it must not see TensorFlow. */
export async function ensureAiEdgePython(python) {
  const pins = join(scripts, 'requirements.txt');
  const folder = join(cacheDirectory(), `venv-quantize-${hashOf(readFileSync(pins))}`);
  const own = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return own;
  console.log(`making a Python environment for ai-edge-quantizer in ${folder} (about 300 MB, once)`);
  rmSync(folder, { recursive: true, force: true });
  await run(python, ['-m', 'venv', folder]);
  await run(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', pins]);
  writeFileSync(marker, `${new Date().toISOString()}\n`);
  return own;
}

/** The network's SavedModel and data, made if they are not there yet. */
export async function prepare(python, name) {
  const example = join(root, 'examples', name);
  const isExample = existsSync(example);
  const networks = join(cacheDirectory(), 'networks');
  if (!isExample) await run(python, [join(CHECKS, 'networks.py'), '--only', name, '--out', networks]);
  const source = isExample ? example : join(networks, name);
  const savedModel = join(source, 'saved_model');
  const folder = join(cacheDirectory(), 'quantize', name);
  const data = join(folder, 'data');
  const inputs = isExample
    ? [read(source, 'calibration.npz'), read(source, 'test.npz')]
    : [read(CHECKS, 'network_inputs.py')];
  // The index of the variables has a checksum of each.
  const variables = read(savedModel, 'variables/variables.index');
  const key = hashOf(read(scripts, 'data.py'), read(savedModel, 'saved_model.pb'), ...inputs, variables);
  const marker = join(data, 'key');
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== key) {
    rmSync(data, { recursive: true, force: true });
    await run(python, [join(scripts, 'data.py'), isExample ? example : name, savedModel, data]);
    writeFileSync(marker, key);
  }
  const labels = join(data, 'labels.npz');
  return {
    name,
    folder,
    savedModel,
    // Where the official converter fails, the float model that the network's authors ship.
    float: existsSync(join(source, 'official.tflite')) ? join(source, 'official.tflite') : undefined,
    key,
    calibration: join(data, 'calibration.npz'),
    evaluation: join(data, 'evaluation.npz'),
    reference: join(data, 'reference.npz'),
    labels: existsSync(labels) ? labels : undefined,
  };
}

/** What a process made: `model` is there where it succeeded, `absent` where the tool has no such scheme. */
async function make(command, args, model) {
  rmSync(model, { force: true });
  const { code, stderr, stdout } = await capture(command, args);
  if (code === 0) return { model };
  if (code === NO_SUCH_SCHEME) return { absent: true };
  return { error: complaint(stderr || stdout), killed: typeof code === 'string' };
}

/** What went wrong: from the last line that names an error, or else the last. */
function complaint(text) {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  const from = lines.findLastIndex((line) => /error/i.test(line));
  return (
    lines
      .slice(from, from < 0 ? undefined : from + 3)
      .join(' ')
      .slice(0, 300) || 'no output'
  );
}

/** As `make`, unless the same was made before. A process that was killed, for want of memory say, shows nothing. */
async function makeOnce(key, command, args, model) {
  const record = `${model}.json`;
  if (existsSync(record)) {
    const known = JSON.parse(readFileSync(record, 'utf8'));
    if (known.key === key && (!known.model || existsSync(known.model))) return known;
  }
  const { killed, ...made } = await make(command, args, model);
  if (!killed) writeFileSync(record, JSON.stringify({ key, ...made }));
  return made;
}

export async function official(python, network, scheme) {
  const model = join(network.folder, `official-${scheme}.tflite`);
  if (scheme === 'float32' && network.float) return { model: network.float };
  const script = join(scripts, 'official.py');
  const pins = read(CHECKS, 'requirements.txt');
  const key = hashOf(readFileSync(script), read(scripts, 'schemes.py'), pins, network.key, scheme);
  return makeOnce(key, python, [script, network.savedModel, scheme, network.calibration, model], model);
}

export async function aiEdge(python, network, scheme, float) {
  const model = join(network.folder, `ai-edge-${scheme}.tflite`);
  if (!float) return { error: 'there is no float .tflite to begin with' };
  const script = join(scripts, 'ai_edge.py');
  const pins = read(scripts, 'requirements.txt');
  const key = hashOf(readFileSync(script), read(scripts, 'schemes.py'), pins, network.key, scheme, readFileSync(float));
  return makeOnce(key, python, [script, float, scheme, network.calibration, model], model);
}

/** The arguments with which our command line makes a scheme. */
export function ourArguments(cli, network, scheme, model) {
  const quantize = scheme === 'float32' ? [] : ['--quantize', scheme];
  const calibrated = ['int8', 'int8-only', 'int16x8'].includes(scheme);
  const data = calibrated ? ['--representative-data', network.calibration] : [];
  return [cli, 'convert', network.savedModel, ...quantize, ...data, '--output', model, '--quiet'];
}

export function ours(cli, network, scheme, folder) {
  const model = join(folder, `${network.name}-${scheme}.tflite`);
  return make(process.execPath, ourArguments(cli, network, scheme, model), model);
}

/** Measures models, `{ scheme, side, model }`, of one network; gives the record of each in their order. */
export async function evaluate(python, network, models) {
  const folder = join(network.folder, 'evaluations');
  mkdirSync(folder, { recursive: true });
  const version = hashOf(read(scripts, 'evaluate.py'), read(CHECKS, 'requirements.txt'), network.key);
  const fileOf = (model, kernels) => join(folder, `${hashOf(readFileSync(model), kernels, version)}.json`);
  const measure = async (jobs) => {
    // By what they hold: int8 and int8-only are often the same file.
    const byFile = new Map(jobs.map((job) => [fileOf(job.model, job.kernels), job]));
    const missing = [...byFile].filter(([file]) => !existsSync(file));
    const { evaluation: inputs, reference: expected, labels } = network;
    const request = missing.map(([, { model, kernels }], id) => ({ id, model, kernels, inputs, expected, labels }));
    if (request.length > 0) {
      const keep = (line) => {
        const { id, ...record } = JSON.parse(line);
        const [file] = missing[id];
        writeFileSync(`${file}.${process.pid}`, JSON.stringify(record));
        renameSync(`${file}.${process.pid}`, file);
      };
      const code = await runLines(python, [join(scripts, 'evaluate.py')], keep, JSON.stringify(request));
      if (code !== 0) throw new Error(`${network.name}: evaluate.py: exit code ${code}`);
    }
    return jobs.map(({ model, kernels }) => ({ kernels, ...JSON.parse(readFileSync(fileOf(model, kernels), 'utf8')) }));
  };
  const jobs = models.map(({ scheme, model }) => ({ model, kernels: KERNELS[scheme] ?? 'xnnpack' }));
  const records = await measure(jobs);
  // What XNNPACK refuses still gets a number, from LiteRT's own kernels.
  const refused = jobs.flatMap((job, i) => (records[i].error && job.kernels === 'xnnpack' ? [i] : []));
  const second = await measure(refused.map((i) => ({ ...jobs[i], kernels: 'builtin' })));
  for (const [n, i] of refused.entries()) {
    records[i] = { ...second[n], refused: records[i].error };
  }
  return records;
}
