import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pythonFor, tensorflowIdentity } from '../../../src/engines/tensorflow/set-up-python.js';
import { SECRET, withSecrets } from '../../support/environment-secrets.js';
import { fakePython, writeProgram } from '../../support/fake-python.js';

jest.setTimeout(60_000);

const before = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-up-'));
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  process.env['PATH'] = join(folder, 'bin');
});
afterEach(() => {
  process.env = { ...before };
});

/** Makes what `uv` is asked to make, and notes the calls. */
const UV = `
fs.appendFileSync(__filename + '.log', JSON.stringify({ argv, cwd: process.cwd(), env: process.env }) + '\\n');
if (argv[0] === 'venv') {
  fs.mkdirSync(argv.at(-1) + '/bin', { recursive: true });
  fs.writeFileSync(argv.at(-1) + '/bin/python', '');
}
if (argv[0] === 'pip' && process.env.UV_FAIL) { console.error('no network'); process.exit(2); }
`;

const cached = () => readdirSync(join(folder, 'cache', 'tflite-gate'));

describe('the Python of the user', () => {
  test('is looked for on the PATH, and asked what it is', async () => {
    fakePython('', join(folder, 'bin'));
    expect(await pythonFor({ python: 'python' })).toBe(join(folder, 'bin', 'python'));
    expect(await tensorflowIdentity({ python: 'python' })).toBe('[["tensorflow","0.0.0"]]');
  });

  test('has to be there', async () => {
    await expect(pythonFor({ python: 'python3.99' })).rejects.toThrow('There is no program python3.99.');
    await expect(pythonFor({ python: join(folder, 'none') })).rejects.toMatchObject({
      diagnostics: [{ code: 'engine-missing' }],
    });
  });

  test('has to be a Python', async () => {
    writeProgram(join(folder, 'bin', 'other'), 'console.log("hello")');
    await expect(pythonFor({ python: 'other' })).rejects.toThrow('is no Python: it answers hello');
    writeProgram(join(folder, 'bin', 'broken'), 'console.error("no such version"); process.exit(127)');
    await expect(pythonFor({ python: 'broken' })).rejects.toThrow(/-c …` failed: exit code 127\.\nno such version/);
  });
});

describe('a Python that is set up', () => {
  test('is made once, by uv, with pinned wheels, without tokens', async () => {
    const uv = writeProgram(join(folder, 'bin', 'uv'), UV);
    process.env['HTTPS_PROXY'] = 'http://proxy';
    const python = await withSecrets(() => pythonFor({ setup: 'auto' }));
    expect(existsSync(python)).toBe(true);
    expect(await pythonFor({ setup: 'auto' })).toBe(python);
    const calls = readFileSync(`${uv}.log`, 'utf8').trim().split('\n');
    const parsed = calls.map(
      (call) => JSON.parse(call) as { argv: string[]; cwd: string; env: Record<string, string> },
    );
    expect(parsed.map(({ argv }) => argv[0])).toEqual(['venv', 'pip']);
    expect(new Set(parsed.map(({ cwd }) => cwd))).toEqual(new Set([join(folder, 'cache', 'tflite-gate')]));
    expect(parsed[1]?.argv).toEqual(expect.arrayContaining(['--no-deps', '--only-binary', ':all:']));
    expect(parsed[1]?.env).toMatchObject({ HTTPS_PROXY: 'http://proxy' });
    expect(JSON.stringify(parsed)).not.toContain(SECRET);
    expect(cached()).toHaveLength(1);
    expect(await tensorflowIdentity({ setup: 'auto' })).toMatch(/^tensorflow==/m);
  });

  test('is made by pip where there is no uv, isolated from the working directory', async () => {
    const log = join(folder, 'log');
    const python = join(folder, 'bin', 'python3.12');
    writeProgram(
      python,
      `if (argv.includes('-c')) {
         console.log(JSON.stringify({ executable: ${JSON.stringify(python)}, fits: true, tensorflow: [] }));
         process.exit();
       }
       fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ argv, cwd: process.cwd(), env: process.env }) + '\\n');
       if (argv[2] === 'venv') {
         fs.mkdirSync(argv.at(-1) + '/bin', { recursive: true });
         fs.copyFileSync(__filename, argv.at(-1) + '/bin/python');
       }`,
    );
    await withSecrets(() => pythonFor({ setup: 'auto' }));
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    const parsed = calls.map((call) => JSON.parse(call) as { argv: string[]; cwd: string });
    expect(parsed.map(({ argv }) => argv.slice(0, 3))).toEqual([
      ['-I', '-m', 'venv'],
      ['-I', '-m', 'pip'],
    ]);
    expect(parsed[1]?.argv).toEqual(expect.arrayContaining(['--no-deps', '--only-binary', ':all:']));
    expect(new Set(parsed.map(({ cwd }) => cwd))).toEqual(new Set([join(folder, 'cache', 'tflite-gate')]));
    expect(calls.join('')).not.toContain(SECRET);
  });

  test('is made anew where it is broken, and what was left half made is removed', async () => {
    const uv = writeProgram(join(folder, 'bin', 'uv'), UV);
    const python = await pythonFor({ setup: 'auto' });
    const environment = dirname(dirname(python));
    rmSync(python);
    const [old, fresh] = [`${environment}.1`, `${environment}.2`];
    for (const path of [old, fresh]) mkdirSync(path);
    utimesSync(old, 0, 0);
    expect(await pythonFor({ setup: 'auto' })).toBe(python);
    expect(existsSync(python)).toBe(true);
    expect(readFileSync(`${uv}.log`, 'utf8').split('"venv"')).toHaveLength(3);
    expect(cached().sort()).toEqual([basename(environment), basename(fresh)]);
  });

  test('leaves nothing behind where it fails', async () => {
    writeProgram(join(folder, 'bin', 'uv'), UV);
    process.env['UV_FAIL'] = '1';
    await expect(pythonFor({ setup: 'auto' })).rejects.toMatchObject({
      diagnostics: [{ code: 'engine-missing', detail: expect.stringMatching(/exit code 2\.\nno network/) }],
    });
    expect(cached()).toEqual([]);
  });

  test('needs something to be made with', async () => {
    await expect(pythonFor({ setup: 'auto' })).rejects.toThrow('There is neither uv nor a Python 3.11 to 3.13');
  });
});

test('every package that is installed has a pinned version', () => {
  const lines = readFileSync('src/engines/tensorflow/tensorflow-requirements.txt', 'utf8').trim().split('\n');
  const packages = lines.filter((line) => !line.startsWith('#'));
  expect(packages.filter((line) => !/^[\w.-]+==[\w.]+$/.test(line))).toEqual([]);
  expect(packages.length).toBeGreaterThan(20);
});
