import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fail } from '#diagnostics/diagnostic.js';
import { assetFile, lastLines } from './python-host.js';
import { findProgram, pythonName, type TensorFlowSettings } from './python-settings.js';

/** Of setting up, in milliseconds: half a gigabyte is downloaded. */
const TIME_LIMIT_MS = 1_800_000;
/** Since a set-up began that has left its folder behind. */
const ABANDONED_MS = 4 * TIME_LIMIT_MS;
const OUTPUT_KEPT = 4000;
const PYTHONS = ['python3.12', 'python3.11', 'python3.13', 'python3', 'python'];
const isWindows = process.platform === 'win32';

/** The Python to run TensorFlow by; made where that is asked for. Throws a DiagnosticError, `engine-missing`. */
export async function pythonFor(settings: TensorFlowSettings): Promise<string> {
  if (settings.setup === 'auto') return ownPython(settings);
  const name = pythonName(settings);
  const program = findProgram(name);
  if (program === undefined) return fail('engine-missing', { detail: `There is no program ${name}.` });
  return (await askPython(program)).executable;
}

/** What results by TensorFlow depend on besides the model: which one it is. Throws as `pythonFor` does. */
export async function tensorflowIdentity(settings: TensorFlowSettings): Promise<string> {
  if (settings.setup === 'auto') return readFileSync(assetFile('tensorflow-requirements.txt'), 'utf8');
  return JSON.stringify((await askPython(await pythonFor(settings))).tensorflow);
}

interface PythonFacts {
  /** What the program started: a shim chooses one by the user's settings, which it does not get later. */
  readonly executable: string;
  /** Whether the pinned versions can be installed for it, and it can make environments. */
  readonly fits: boolean;
  /** Names and versions of what is installed. */
  readonly tensorflow: readonly (readonly [string, string])[];
}

const QUESTION = [
  'import importlib.metadata, importlib.util, json, sys',
  'found = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}',
  'fits = (3, 11) <= sys.version_info[:2] <= (3, 13) and importlib.util.find_spec("ensurepip") is not None',
  'versions = sorted((name, found[name]) for name in found if (name or "").startswith(("tensorflow", "tf-nightly")))',
  'print(json.dumps({"executable": sys.executable, "fits": fits, "tensorflow": versions}))',
].join('\n');

/** Throws a DiagnosticError, `engine-missing`, for a program that is no Python. */
async function askPython(program: string): Promise<PythonFacts> {
  const answer = await run(program, ['-I', '-c', QUESTION]);
  try {
    return JSON.parse(answer) as PythonFacts;
  } catch {
    return fail('engine-missing', { detail: `${program} is no Python: it answers ${answer.trim().slice(0, 200)}.` });
  }
}

/** What installs packages reads of the environment: how to reach an index. No tokens but those of indexes. */
const PASSED_ON =
  /^(?:PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SystemRoot|TMPDIR|TEMP|TMP|LD_LIBRARY_PATH|XDG_\w+|(?:https?|all|no)_proxy|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|PIP_\w+|UV_(?!PUBLISH_|GITHUB_TOKEN)\w+|PYENV_\w+)$/i;

/**
 * The Python of an environment below the user's cache folder, with the versions of `tensorflow-requirements.txt`. It gets its name
 * when it is whole, so that a set-up which was interrupted, or runs twice, leaves nothing half made.
 */
async function ownPython({ python }: TensorFlowSettings): Promise<string> {
  const requirements = assetFile('tensorflow-requirements.txt');
  const base = python === undefined ? undefined : findProgram(python);
  if (python !== undefined && base === undefined) fail('engine-missing', { detail: `There is no program ${python}.` });
  const digest = createHash('sha256')
    .update(readFileSync(requirements))
    .update(base ?? '');
  const folder = join(cacheFolder(), `tensorflow-${process.arch}-${digest.digest('hex').slice(0, 16)}`);
  // A Python that its environment points to may have been removed since.
  if (!existsSync(pythonIn(folder))) {
    const candidate = `${folder}.${process.pid}`;
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
    removeAbandoned(folder);
    rmSync(candidate, { recursive: true, force: true });
    try {
      await install(candidate, base, requirements);
      moveInto(candidate, folder);
    } finally {
      rmSync(candidate, { recursive: true, force: true });
    }
  }
  return pythonIn(folder);
}

/** Set-ups that were killed long ago; one that another process is at, maybe on another machine, is left alone. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(cacheFolder())) {
    const path = join(cacheFolder(), name);
    if (!name.startsWith(`${basename(folder)}.`)) continue;
    if (statSync(path).mtimeMs < Date.now() - ABANDONED_MS) rmSync(path, { recursive: true, force: true });
  }
}

async function install(folder: string, base: string | undefined, requirements: string): Promise<void> {
  const uv = findProgram('uv');
  const wheels = ['--no-deps', '--only-binary', ':all:', '-r', requirements];
  if (uv !== undefined) {
    await runInCache(uv, ['venv', '--quiet', '--relocatable', '--python', base ?? '>=3.11,<3.14', folder]);
    await runInCache(uv, ['pip', 'install', '--quiet', '--compile-bytecode', '--python', pythonIn(folder), ...wheels]);
    return;
  }
  const found = base ?? (await findPython());
  await runInCache(found, ['-I', '-m', 'venv', folder]);
  await runInCache(pythonIn(folder), [
    '-I',
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...wheels,
  ]);
}

/** The first Python on the PATH that the pinned versions are for. */
async function findPython(): Promise<string> {
  for (const name of PYTHONS) {
    const program = findProgram(name);
    // Shims are there for versions that are not.
    const facts = program === undefined ? undefined : await askPython(program).catch(() => undefined);
    if (facts?.fits) return facts.executable;
  }
  return fail('engine-missing', {
    detail: 'There is neither uv nor a Python 3.11 to 3.13 with `venv` to set up TensorFlow with.',
  });
}

/** Away from the working directory, which may be a proposed change: `uv` reads settings there, such as the index. */
function runInCache(program: string, args: readonly string[]): Promise<string> {
  return run(program, args, cacheFolder());
}

/** Another process may have been faster: then its environment is as good. */
function moveInto(candidate: string, folder: string): void {
  if (existsSync(pythonIn(folder))) return;
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(candidate, folder);
  } catch (error) {
    if (!existsSync(pythonIn(folder))) throw error;
  }
}

function pythonIn(folder: string): string {
  return isWindows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const home = homedir();
  const caches: Partial<Record<NodeJS.Platform, string | undefined>> = {
    win32: LOCALAPPDATA,
    darwin: join(home, 'Library', 'Caches'),
  };
  return join(caches[process.platform] ?? XDG_CACHE_HOME ?? join(home, '.cache'), 'tflite-gate');
}

/** Gives what the program writes. Throws a DiagnosticError, `engine-missing`, where it fails. */
async function run(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
  const output = { stdout: '', stderr: '' };
  const ended = await new Promise<string>((settle) => {
    const options = { cwd, env, stdio: 'pipe', windowsHide: true, timeout: TIME_LIMIT_MS } as const;
    const child = spawn(program, args, options);
    child.stdin.end();
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] = (output[name] + text).slice(-OUTPUT_KEPT);
      });
    }
    child.on('error', ({ message }) => settle(message));
    child.on('close', (code, signal) => settle(code === 0 ? '' : (signal ?? `exit code ${code}`)));
  });
  if (ended === '') return output.stdout;
  return fail('engine-missing', {
    detail: `\`${program} ${args[0] === '-I' && args[1] === '-c' ? '-c …' : args.join(' ')}\` failed: ${ended}.\n${lastLines(output.stdout + output.stderr)}`,
  });
}
