// Runs what is in dist/ as a user has it: copied away, with no node_modules in reach.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transformFileSync } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-bundle-'));
let passed = 0;

function node(args, env = {}) {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
}

/** Test code in TypeScript, which Node 20 cannot load. */
function importTypeScript(path) {
  const jsc = { target: 'es2022', parser: { syntax: 'typescript' } };
  const { code } = transformFileSync(join(root, path), { jsc, module: { type: 'es6' } });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

/** As a runner sets them, with files for what the action tells it. */
function runnerEnvironment(more = {}) {
  const files = Object.fromEntries(
    ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'].map((name) => {
      writeFileSync(join(folder, name), '');
      return [name, join(folder, name)];
    }),
  );
  return { ...files, GITHUB_WORKSPACE: folder, ACTIONS_RUNTIME_TOKEN: undefined, ...more };
}

async function check(name, run) {
  await run();
  passed++;
  console.log(`ok ${name}`);
}

function succeeds(result) {
  assert.equal(result.status, 0, `exit code ${result.status}\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

try {
  for (const part of ['dist', 'examples', 'action.yml'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  assert(!existsSync(join(folder, 'node_modules')));

  await check('converts the example', () => {
    succeeds(node(['dist/cli.js', 'convert', 'examples/digits/saved_model', '--output', 'digits.tflite']));
    assert.equal(readFileSync(join(folder, 'digits.tflite')).toString('latin1', 4, 8), 'TFL3');
  });

  await check('gives the same bytes again', () => {
    succeeds(node(['dist/cli.js', 'convert', 'examples/digits/saved_model', '--output', 'again.tflite', '--quiet']));
    assert(readFileSync(join(folder, 'again.tflite')).equals(readFileSync(join(folder, 'digits.tflite'))));
  });

  await check('keeps compiled code, and does without where it is damaged', () => {
    const env = { XDG_CACHE_HOME: join(folder, 'caches'), LOCALAPPDATA: join(folder, 'caches'), HOME: folder };
    const version = () => succeeds(node(['dist/cli.js', '--version'], env));
    const first = version();
    const code = [join(folder, 'caches/tflite-gate/code'), join(folder, 'Library/Caches/tflite-gate/code')].find(
      (path) => existsSync(path),
    );
    const [kept, ...others] = readdirSync(code);
    assert.deepEqual(others, []);
    const { size } = statSync(join(code, kept));
    writeFileSync(join(code, kept), 'no code');
    assert.equal(version(), first);
    assert(statSync(join(code, kept)).size > size / 2);
    rmSync(code, { recursive: true });
    succeeds(node(['dist/cli.js', '--version'], { ...env, NODE_DISABLE_COMPILE_CACHE: '1' }));
    assert(!existsSync(code));
  });
  await check('runs the example', () => {
    const args = ['run', 'digits.tflite', '--inputs', 'examples/digits/test.npz', '--outputs', 'outputs.npz'];
    succeeds(node(['dist/cli.js', ...args]));
    assert(existsSync(join(folder, 'outputs.npz')));
  });

  const library = { linux: 'libLiteRt.so', darwin: 'libLiteRt.dylib' }[process.platform];
  if (library !== undefined) {
    await check('brings what calls a native library, and tells one that is none', () => {
      writeFileSync(join(folder, library), 'no library');
      const answer = JSON.stringify({ fits: true, tensorflow: [], litert: { version: '2.3.0', folder } });
      const python = `console.log(JSON.stringify({ executable: __filename, ...${answer} }));\n`;
      writeFileSync(join(folder, 'python'), `#!${process.execPath}\n${python}`, { mode: 0o755 });
      const files = ['--inputs', 'examples/digits/test.npz', '--outputs', 'none.npz'];
      const result = node([
        'dist/cli.js',
        'run',
        'digits.tflite',
        ...files,
        '--runtime',
        'native',
        '--python',
        './python',
      ]);
      assert.equal(result.status, 2);
      assert.match(result.stderr, /libLiteRt\.\w+ cannot be used: Failed to load shared library/);
    });
  }

  await check('quantizes the example', () => {
    const data = ['--quantize', 'int8', '--representative-data', 'examples/digits/calibration.npz'];
    succeeds(node(['dist/cli.js', 'convert', 'digits.tflite', '--output', 'int8.tflite', ...data]));
    assert(statSync(join(folder, 'int8.tflite')).size < statSync(join(folder, 'digits.tflite')).size / 2);
  });

  await check('judges the example on its data, by a metric of its own', () => {
    const metric = `export const direction = 'higher';
export const labels = { label: { dtype: 'int64', shape: [] } };
export function update({ labels }) { return [Number(labels.label.data[0] >= 0)]; }
export function merge(a, b) { return [a[0] + b[0]]; }
export function result([sum]) { return sum; }
`;
    writeFileSync(join(folder, 'metric.mjs'), metric);
    writeFileSync(
      join(folder, '.tflite-gate.yml'),
      `version: 1
allow-code: true
models:
  - path: examples/digits/saved_model
    name: digits
    evaluate: { data: examples/digits/test.npz, limit: 20, metrics: [top-1, ./metric.mjs] }
    limits: { accuracy: { min: 0.9 } }
`,
    );
    const out = succeeds(node(['dist/cli.js', 'check', '--base', 'none', '--output-dir', 'checked']));
    assert.match(out, /Passed: 1 model passed\./);
    const { models } = JSON.parse(readFileSync(join(folder, 'checked/result.json'), 'utf8'));
    assert.equal(models[0].variants[0].metrics.length, 2);
    rmSync(join(folder, '.tflite-gate.yml'));
  });

  await check('inspects the example, before and after', () => {
    for (const file of ['examples/digits/saved_model', 'digits.tflite']) {
      assert(JSON.parse(succeeds(node(['dist/cli.js', 'inspect', file, '--json']))).signatures.length > 0);
    }
  });

  await check('is an action that converts what it finds', () => {
    const environment = runnerEnvironment();
    succeeds(node(['dist/index.mjs'], environment));
    assert(existsSync(join(folder, 'tflite-gate/models/digits-float32.tflite')));
    assert.match(readFileSync(environment.GITHUB_OUTPUT, 'utf8'), /passed<<.*\r?\ntrue\r?\n/);
    assert.match(readFileSync(environment.GITHUB_STEP_SUMMARY, 'utf8'), /\*\*Passed/);
  });

  await check('uploads the files as an artifact', async () => {
    const { startArtifactService } = await importTypeScript('test/github/artifact-service.ts');
    const service = await startArtifactService();
    try {
      const claims = Buffer.from(JSON.stringify({ scp: 'Actions.Results:run-id:job-id' })).toString('base64url');
      const environment = runnerEnvironment({
        ACTIONS_RUNTIME_TOKEN: `e30.${claims}.signature`,
        ACTIONS_RESULTS_URL: service.url,
      });
      const env = { ...process.env, ...environment };
      await promisify(execFile)(process.execPath, ['dist/index.mjs'], { cwd: folder, env });
      const { content, finalized } = service.artifacts.get('tflite-models');
      assert(content.includes('models/digits-float32.tflite'));
      assert.equal(finalized.size, String(content.length));
      assert.match(readFileSync(environment.GITHUB_OUTPUT, 'utf8'), /artifact-url<<.*\r?\n.*\/artifacts\/77\r?\n/);
    } finally {
      await service.close();
    }
  });

  await check('fails as an action where a model is broken', () => {
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken/saved_model.pb'), 'version https://git-lfs.github.com/spec/v1\n');
    const result = node(['dist/index.mjs'], runnerEnvironment());
    assert.equal(result.status, 1);
    assert.match(result.stdout, /::error .*Git LFS/);
    assert(!readdirSync(join(folder, 'tflite-gate/models')).includes('broken-float32.tflite'));
  });

  console.log(`${passed} passed, 0 failed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
