// Bundles what `npm run build` compiled into dist/: the action (index.js), the command line (cli.js), the worker that
// runs models (runtime-worker.js), and the wasm. What is in dist/ runs without node_modules.
//
//   node scripts/bundle.mjs            writes dist/
//   node scripts/bundle.mjs --check    exits 1 where dist/ is not what the sources give
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeRuntimeAssets } from './runtime-assets.mjs';

const ncc = createRequire(import.meta.url)('@vercel/ncc');
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT = 15_000_000;

const entries = [
  { source: 'build/action/main.js', target: 'index' },
  { source: 'build/cli/cli.js', target: 'cli', executable: true },
  { source: 'build/runtime/wasm-worker.js', target: 'runtime-worker' },
];

async function bundle(folder) {
  mkdirSync(folder, { recursive: true });
  const licenses = new Map();
  for (const { source, target, executable } of entries) {
    const { code, assets } = await ncc(join(root, source), {
      cache: false,
      quiet: true,
      minify: false,
      target: 'es2022',
      filterAssetBase: root,
      license: 'licenses.txt',
      esm: true,
    });
    const shebang = executable && !code.startsWith('#!') ? '#!/usr/bin/env node\n' : '';
    writeFileSync(join(folder, `${target}.js`), shebang + code, { mode: executable ? 0o755 : 0o644 });
    for (const [name, { source: content }] of Object.entries(assets)) {
      if (name === 'licenses.txt') {
        licenses.set(target, content.toString());
        continue;
      }
      // Written once where two entries share it; another content under one name would be a clash.
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      if (existsSync(path) && !readFileSync(path).equals(Buffer.from(content))) throw new Error(`two assets named ${name}`);
      writeFileSync(path, content);
    }
  }
  writeFileSync(join(folder, 'package.json'), '{\n  "type": "module"\n}\n');
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), [...new Set(licenses.values())].join('\n'));
  await writeRuntimeAssets(folder);
}

function* filesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

function digests(folder) {
  return new Map(
    [...filesOf(folder)].map((path) => [
      relative(folder, path).replaceAll('\\', '/'),
      createHash('sha256').update(readFileSync(path)).digest('hex'),
    ]),
  );
}

function check(fresh) {
  const wanted = digests(fresh);
  const found = existsSync(join(root, 'dist')) ? digests(join(root, 'dist')) : new Map();
  const stale = [...new Set([...wanted.keys(), ...found.keys()])].filter((name) => wanted.get(name) !== found.get(name));
  if (stale.length === 0) return;
  console.error(`dist/ is not what the sources give: ${stale.join(', ')}.\nRun \`npm run bundle\` and commit dist/.`);
  process.exitCode = 1;
}

const checking = process.argv.includes('--check');
const folder = checking ? mkdtempSync(join(tmpdir(), 'tflite-gate-dist-')) : join(root, 'dist');
if (!checking) rmSync(folder, { recursive: true, force: true });
await bundle(folder);
const size = [...filesOf(folder)].reduce((bytes, path) => bytes + statSync(path).size, 0);
if (size > LIMIT) {
  console.error(`dist/ has ${size} bytes, more than ${LIMIT}.`);
  process.exitCode = 1;
}
if (checking) {
  check(folder);
  rmSync(folder, { recursive: true, force: true });
}
console.log(`dist: ${(size / 1e6).toFixed(1)} MB`);
