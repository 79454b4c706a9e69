// The gate over 40 models of which nothing changed since the base: node benchmarks/gate.mjs [--models N] [--write]
// Times the whole command, results kept from a first run; bar: 2 s, and nothing is converted.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: '40' },
    runs: { type: 'string', default: '5' },
    cli: { type: 'string', default: join(here, '../dist/cli.js') },
    write: { type: 'boolean', default: false },
  },
});
const BAR = 2;
const count = Number(options.models);
const example = join(here, '../examples/digits');
const root = mkdtempSync(join(tmpdir(), 'tflite-gate-bench-'));

function git(...args) {
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
}

function check() {
  const start = performance.now();
  execFileSync(process.execPath, [options.cli, 'check', '--base', 'HEAD', '--quiet'], { cwd: root, stdio: 'inherit' });
  const seconds = (performance.now() - start) / 1000;
  const { timing } = JSON.parse(readFileSync(join(root, 'tflite-gate/result.json'), 'utf8'));
  return { seconds, converted: timing.variants.filter(({ cached }) => !cached).length };
}

try {
  git('init', '--quiet');
  for (let i = 0; i < count; i++) {
    cpSync(join(example, 'saved_model'), join(root, `models/digits${i}`), { recursive: true });
  }
  cpSync(join(example, 'test.npz'), join(root, 'test.npz'));
  writeFileSync(join(root, '.gitignore'), '.cache\ntflite-gate\n');
  writeFileSync(
    join(root, '.tflite-gate.yml'),
    `version: 1
models:
  - path: models/*
    variants: [float32, dynamic]
    evaluate: { data: test.npz, metrics: [top-1, f1] }
    limits: { accuracy: { max-drop: 0.01, max-regression: 0.005 }, size: { max-increase: 5% } }
`,
  );
  git('add', '--all');
  git('commit', '--quiet', '--message', 'models');
  const first = check();
  const runs = Array.from({ length: Number(options.runs) }, check);
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)[runs.length >> 1];
  const converted = runs.reduce((sum, run) => sum + run.converted, 0);
  const result = { models: count, first: first.seconds, seconds, converted, node: process.version };
  console.log(`${count} models × 2 variants, first: ${first.seconds.toFixed(2)} s`);
  console.log(
    `unchanged: ${seconds.toFixed(2)} s, ${converted} files made: ${seconds < BAR && converted === 0 ? 'holds' : 'MISSED'} (bar ${BAR} s, none)`,
  );
  if (options.write) writeFileSync(join(here, 'results/gate.json'), `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
