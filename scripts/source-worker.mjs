// Runs a file of src/, by default runtime/wasm-worker.ts, as a worker thread, for tests: Node 20 cannot load TypeScript.
// What it imports besides Node's own modules are types, so one file is enough.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = process.argv[2] ?? 'runtime/wasm-worker.ts';
const source = readFileSync(join(root, 'src', file), 'utf8');
const folder = join(root, 'node_modules/.cache/tflite-gate');
const digest = createHash('sha256').update(source).digest('hex').slice(0, 16);
const target = join(folder, `${basename(file, '.ts')}-${digest}.mjs`);

if (!existsSync(target)) {
  const { transformSync } = await import('@swc/core');
  const { code } = transformSync(source, {
    filename: basename(file),
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  mkdirSync(folder, { recursive: true });
  const temporary = `${target}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(temporary, code);
  try {
    renameSync(temporary, target);
  } catch (error) {
    // Windows refuses where another worker has just written the same file and is reading it.
    rmSync(temporary, { force: true });
    if (!existsSync(target)) throw error;
  }
}
await import(pathToFileURL(target).href);
