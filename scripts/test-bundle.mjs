// Runs what is in dist/ as a user has it: copied away, with no node_modules in reach.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-bundle-'));
let passed = 0;

function node(args, env = {}) {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
}

function check(name, run) {
  run();
  passed++;
  console.log(`ok ${name}`);
}

function succeeds(result) {
  assert.equal(result.status, 0, `exit code ${result.status}\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

try {
  for (const part of ['dist', 'examples', 'action.yml']) cpSync(join(root, part), join(folder, part), { recursive: true });
  assert(!existsSync(join(folder, 'node_modules')));

  check('converts the example', () => {
    succeeds(node(['dist/cli.js', 'convert', 'examples/digits/saved_model', '--output', 'digits.tflite']));
    assert.equal(readFileSync(join(folder, 'digits.tflite')).toString('latin1', 4, 8), 'TFL3');
  });

  check('gives the same bytes again', () => {
    succeeds(node(['dist/cli.js', 'convert', 'examples/digits/saved_model', '--output', 'again.tflite', '--quiet']));
    assert(readFileSync(join(folder, 'again.tflite')).equals(readFileSync(join(folder, 'digits.tflite'))));
  });

  check('runs the example', () => {
    const args = ['run', 'digits.tflite', '--inputs', 'examples/digits/test.npz', '--outputs', 'outputs.npz'];
    succeeds(node(['dist/cli.js', ...args]));
    assert(existsSync(join(folder, 'outputs.npz')));
  });

  check('inspects the example, before and after', () => {
    for (const file of ['examples/digits/saved_model', 'digits.tflite']) {
      assert(JSON.parse(succeeds(node(['dist/cli.js', 'inspect', file, '--json']))).signatures.length > 0);
    }
  });

  check('is an action that converts what it finds', () => {
    const files = Object.fromEntries(
      ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'].map((name) => {
        writeFileSync(join(folder, name), '');
        return [name, join(folder, name)];
      }),
    );
    const env = { ...files, GITHUB_WORKSPACE: folder, ACTIONS_RUNTIME_TOKEN: undefined };
    succeeds(node(['dist/index.js'], env));
    assert(existsSync(join(folder, 'tflite-gate/digits.tflite')));
    assert.match(readFileSync(files.GITHUB_OUTPUT, 'utf8'), /passed<<.*\ntrue\n/);
    assert.match(readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'), /\*\*Passed/);
  });

  check('fails as an action where a model is broken', () => {
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken/saved_model.pb'), 'version https://git-lfs.github.com/spec/v1\n');
    const env = { GITHUB_WORKSPACE: folder, GITHUB_OUTPUT: join(folder, 'o'), GITHUB_STEP_SUMMARY: join(folder, 's') };
    writeFileSync(env.GITHUB_OUTPUT, '');
    writeFileSync(env.GITHUB_STEP_SUMMARY, '');
    const result = node(['dist/index.js'], { ...env, ACTIONS_RUNTIME_TOKEN: undefined });
    assert.equal(result.status, 1);
    assert.match(result.stdout, /::error .*Git LFS/);
    assert(!readdirSync(folder).includes('broken.tflite'));
  });

  console.log(`${passed} passed, 0 failed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
