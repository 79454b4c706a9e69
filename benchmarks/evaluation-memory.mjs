// Memory of a check on 2 GB of data, over that of one on 100 rows of it: node benchmarks/evaluation-memory.mjs [--write]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePython, PYTHON_ENV } from '../test/tensorflow/environment.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const BAR = 400;
const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-wide-'));

/** Peak memory of a check in MB. */
function peak(limit) {
  const evaluate = `{ data: x.npy, metrics: [max-error]${limit === undefined ? '' : `, limit: ${limit}`} }`;
  writeFileSync(
    join(folder, '.tflite-gate.yml'),
    `version: 1\nmodels:\n  - path: wide\n    variants: [float32, float16]\n    evaluate: ${evaluate}\n`,
  );
  const measure = `import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3 * 1.024)
sys.exit(code)`;
  const command = [
    process.execPath,
    join(here, '../dist/cli.js'),
    'check',
    '--base',
    'none',
    '--cache',
    'none',
    '--quiet',
  ];
  const { status, stdout, stderr } = spawnSync('python3', ['-c', measure, ...command], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout.trim());
}

try {
  execFileSync(await ensurePython(), [join(here, 'make_wide.py'), folder], { stdio: 'ignore', env: PYTHON_ENV });
  const gigabytes = statSync(join(folder, 'x.npy')).size / 1e9;
  const [some, all] = [peak(100), peak(undefined)];
  const growth = all - some;
  console.log(`${gigabytes.toFixed(2)} GB: ${all.toFixed(0)} MB, of 100 rows ${some.toFixed(0)} MB`);
  console.log(`${growth.toFixed(0)} MB more: ${growth < BAR ? 'holds' : 'MISSED'} (bar ${BAR} MB)`);
  if (process.argv.includes('--write')) {
    writeFileSync(
      join(here, 'results/evaluation-memory.json'),
      `${JSON.stringify({ gigabytes, some, all, growth }, null, 2)}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
