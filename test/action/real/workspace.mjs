// A user's repository, with the action itself beside its models: the runner takes actions from there without a network.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Gives the newest commit and the one before. */
export function makeWorkspace({ root, workspace, dist }) {
  const git = (...args) => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: workspace, encoding: 'utf8' }).trim();
  };
  mkdirSync(workspace);
  git('init', '--quiet', '--initial-branch=main');
  git('remote', 'add', 'origin', 'https://github.com/o/r');
  for (const part of ['action.yml', 'comment', 'release', 'examples/digits', '.tflite-gate.yml']) {
    cpSync(join(root, part), join(workspace, part), { recursive: true });
  }
  cpSync(dist, join(workspace, 'dist'), { recursive: true });
  const config = readFileSync(join(root, '.tflite-gate.yml'), 'utf8');
  writeFileSync(
    join(workspace, 'failing.yml'),
    changed(config, (text) => text.replace(/max: 100 kB/, 'max: 1 kB')),
  );
  writeFileSync(join(workspace, '.gitignore'), 'tflite-gate/\n');
  mkdirSync(join(workspace, 'workflows'));
  for (const place of ['docs/workflows', '.github/workflows']) {
    for (const name of readdirSync(join(root, place))) {
      const text = readFileSync(join(root, place, name), 'utf8');
      writeFileSync(join(workspace, 'workflows', place === 'docs/workflows' ? name : `own-${name}`), runnable(text));
    }
  }
  git('add', '--all');
  git('commit', '--quiet', '-m', 'Base');
  git('commit', '--quiet', '--allow-empty', '-m', 'Head');
  return { head: git('rev-parse', 'HEAD'), base: git('rev-parse', 'HEAD~1') };
}

/** Writes a workflow made from another. Gives its name. */
export function deriveWorkflow(workspace, name, change, from = 'pull-request.yml') {
  const text = readFileSync(join(workspace, 'workflows', from), 'utf8');
  writeFileSync(join(workspace, 'workflows', name), changed(text, change));
  return name;
}

function changed(text, change) {
  const result = change(text);
  assert.notEqual(result, text);
  return result;
}

/** Actions and program from here in place of released ones; and what another action would download lies there already. */
function runnable(workflow) {
  return workflow
    .replaceAll(/uses: OWNER\/tflite-gate(\/\w+)?@v1/g, (_, part = '/') => `uses: .${part}`)
    .replaceAll('npx --yes tflite-gate@1', 'node dist/cli.js')
    .replaceAll(/- uses: actions\/download-artifact@[\s\S]*?(?=\n {6}- )/g, '- uses: actions/checkout@v5');
}
