// The Python side: a virtual environment of its own, made once in the user's cache.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = dirname(fileURLToPath(import.meta.url));
const REQUIREMENTS = join(HERE, 'requirements.txt');

/** Versions of Python that TensorFlow 2.21 has wheels for. */
const PYTHONS = ['python3.11', 'python3.12', 'python3.13', 'python3.10', 'python3', 'python'];

export function cacheDirectory() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'tflite-gate');
}

/** The path of a Python that has everything in requirements.txt. */
export async function ensurePython() {
  const pins = readFileSync(REQUIREMENTS);
  const name = `venv-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`;
  const folder = join(cacheDirectory(), name);
  const python = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  // Written last: an environment whose making was interrupted has none, and is made anew.
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return python;

  console.log(`making a Python environment in ${folder} (TensorFlow: about 2 GB, once)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  await run(findPython(), ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
  writeFileSync(marker, `${new Date().toISOString()}\n`);
  return python;
}

function findPython() {
  const check = 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))';
  const found = PYTHONS.find((name) => spawnSync(name, ['-c', check]).status === 0);
  if (!found) throw new Error('no Python 3.10 to 3.13 with venv was found: install one of them');
  return found;
}

/** Environment of Python processes: without TensorFlow's start-up notes. */
export const PYTHON_ENV = {
  ...process.env,
  TF_CPP_MIN_LOG_LEVEL: '3',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUTF8: '1',
};

/** Runs a command with our own output; throws where it fails. */
export async function run(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', env: PYTHON_ENV });
  const code = await finished(child);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')}: exit code ${code}`);
}

/** Runs a command and gives each line of its output to `onLine`; gives its exit code. */
export async function runLines(command, args, onLine, input = '') {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: PYTHON_ENV });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(onLine);
  });
  const code = await finished(child);
  if (rest) onLine(rest);
  return code;
}

/** Runs a command and keeps what it prints. */
export async function capture(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8');
    child[stream].on('data', (text) => {
      output[stream] += text;
    });
  }
  return { code: await finished(child), ...output };
}

function finished(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
}

/** Runs compare.py on jobs; gives its records by id. */
export async function compare(python, jobs, { workers = 1, onRecord = () => {} } = {}) {
  const records = new Map();
  if (jobs.length === 0) return records;
  const keep = (line) => {
    const record = JSON.parse(line);
    records.set(record.id, record);
    onRecord(record);
  };
  const script = [join(HERE, 'compare.py'), '--workers', String(workers)];
  const code = await runLines(python, script, keep, JSON.stringify(jobs));
  if (code !== 0) throw new Error(`compare.py: exit code ${code}`);
  return records;
}
