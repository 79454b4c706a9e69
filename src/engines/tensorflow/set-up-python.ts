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

/** What a Python is wanted for. */
export interface PythonPurpose {
  /** In names of folders. */
  readonly name: string;
  /** The file of `assetFile` that lists the packages to install. */
  readonly requirements: string;
  /** What is wrong where there is no such Python. */
  readonly code: 'engine-missing' | 'runtime-missing';
}

export const forTensorFlow: PythonPurpose = {
  name: 'tensorflow',
  requirements: 'tensorflow-requirements.txt',
  code: 'engine-missing',
};

export type PythonSettings = Pick<TensorFlowSettings, 'python' | 'setup'>;

/** The Python for that purpose; made where that is asked for. Throws a DiagnosticError with the purpose's code. */
export async function pythonFor(settings: PythonSettings, purpose = forTensorFlow): Promise<string> {
  if (settings.setup === 'auto') return ownPython(settings, purpose);
  const name = pythonName(settings);
  const program = findProgram(name);
  if (program === undefined) return fail(purpose.code, { detail: `There is no program ${name}.` });
  return (await askPython(program, purpose)).executable;
}

/** What results by TensorFlow depend on besides the model: which one it is. Throws as `pythonFor` does. */
export async function tensorflowIdentity(settings: TensorFlowSettings): Promise<string> {
  if (settings.setup === 'auto') return readFileSync(assetFile(forTensorFlow.requirements), 'utf8');
  return JSON.stringify((await askPython(await pythonFor(settings), forTensorFlow)).tensorflow);
}

interface PythonFacts {
  /** What the program started: a shim chooses one by the user's settings, which it does not get later. */
  readonly executable: string;
  /** Whether the pinned versions can be installed for it, and it can make environments. */
  readonly fits: boolean;
  /** Names and versions of what is installed. */
  readonly tensorflow: readonly (readonly [string, string])[];
  /** The package `ai-edge-litert`, and where its files are. */
  readonly litert: { readonly version: string; readonly folder: string } | null;
}

const QUESTION = [
  'import importlib.metadata, importlib.util, json, sys',
  'found = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}',
  'fits = (3, 11) <= sys.version_info[:2] <= (3, 13) and importlib.util.find_spec("ensurepip") is not None',
  'versions = sorted((name, found[name]) for name in found if (name or "").startswith(("tensorflow", "tf-nightly")))',
  'package = importlib.util.find_spec("ai_edge_litert")',
  'folder = next(iter(package and package.submodule_search_locations or ()), None)',
  'litert = folder and {"version": found.get("ai-edge-litert") or found.get("ai_edge_litert") or "unknown", "folder": folder}',
  'print(json.dumps({"executable": sys.executable, "fits": fits, "tensorflow": versions, "litert": litert}))',
].join('\n');

/** Throws a DiagnosticError for a program that is no Python. */
export async function askPython(program: string, { code }: PythonPurpose): Promise<PythonFacts> {
  const answer = await run(program, ['-I', '-c', QUESTION], code);
  try {
    return JSON.parse(answer) as PythonFacts;
  } catch {
    return fail(code, { detail: `${program} is no Python: it answers ${answer.trim().slice(0, 200)}.` });
  }
}

/** What installs packages reads of the environment: how to reach an index. No tokens but those of indexes. */
const PASSED_ON =
  /^(?:PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SystemRoot|TMPDIR|TEMP|TMP|LD_LIBRARY_PATH|XDG_\w+|(?:https?|all|no)_proxy|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|PIP_\w+|UV_(?!PUBLISH_|GITHUB_TOKEN)\w+|PYENV_\w+)$/i;

/**
 * The Python of an environment below the user's cache folder, with the versions that the purpose requires. It gets its
 * name when it is whole, so that a set-up which was interrupted, or runs twice, leaves nothing half made.
 */
async function ownPython({ python }: PythonSettings, purpose: PythonPurpose): Promise<string> {
  const requirements = assetFile(purpose.requirements);
  const base = python === undefined ? undefined : findProgram(python);
  if (python !== undefined && base === undefined) fail(purpose.code, { detail: `There is no program ${python}.` });
  const digest = createHash('sha256')
    .update(readFileSync(requirements))
    .update(base ?? '');
  const folder = join(cacheFolder(), `${purpose.name}-${process.arch}-${digest.digest('hex').slice(0, 16)}`);
  // A Python that its environment points to may have been removed since.
  if (!existsSync(pythonIn(folder))) {
    const candidate = `${folder}.${process.pid}`;
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
    removeAbandoned(folder);
    rmSync(candidate, { recursive: true, force: true });
    try {
      await install(candidate, base, requirements, purpose);
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

async function install(
  folder: string,
  base: string | undefined,
  requirements: string,
  purpose: PythonPurpose,
): Promise<void> {
  const { code } = purpose;
  const uv = findProgram('uv');
  const wheels = ['--no-deps', '--only-binary', ':all:', '-r', requirements];
  if (uv !== undefined) {
    await runInCache(uv, ['venv', '--quiet', '--relocatable', '--python', base ?? '>=3.11,<3.14', folder], code);
    await runInCache(
      uv,
      ['pip', 'install', '--quiet', '--compile-bytecode', '--python', pythonIn(folder), ...wheels],
      code,
    );
    return;
  }
  const found = base ?? (await findPython(purpose));
  await runInCache(found, ['-I', '-m', 'venv', folder], code);
  await runInCache(
    pythonIn(folder),
    ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wheels],
    code,
  );
}

/** The first Python on the PATH that the pinned versions are for. */
async function findPython(purpose: PythonPurpose): Promise<string> {
  for (const name of PYTHONS) {
    const program = findProgram(name);
    // Shims are there for versions that are not.
    const facts = program === undefined ? undefined : await askPython(program, purpose).catch(() => undefined);
    if (facts?.fits) return facts.executable;
  }
  return fail(purpose.code, {
    detail: `There is neither uv nor a Python 3.11 to 3.13 with \`venv\` to install ${purpose.requirements} with.`,
  });
}

/** Away from the working directory, which may be a proposed change: `uv` reads settings there, such as the index. */
function runInCache(program: string, args: readonly string[], code: PythonPurpose['code']): Promise<string> {
  return run(program, args, code, cacheFolder());
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

/** Gives what the program writes. Throws a DiagnosticError where it fails. */
async function run(
  program: string,
  args: readonly string[],
  code: PythonPurpose['code'],
  cwd?: string,
): Promise<string> {
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
  return fail(code, {
    detail: `\`${program} ${args[0] === '-I' && args[1] === '-c' ? '-c …' : args.join(' ')}\` failed: ${ended}.\n${lastLines(output.stdout + output.stderr)}`,
  });
}
