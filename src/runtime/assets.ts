import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { brotliDecompress } from 'node:zlib';
import type { WorkerStart } from './worker-protocol.js';

/**
 * Two builds of LiteRT. `compat` uses plain WebAssembly SIMD, whose results are the same to the last bit on every
 * machine. `relaxed` is up to twice as fast, but relaxed SIMD may fuse a multiplication with an addition, or not, as
 * the processor likes: for measuring time only, never for a verdict.
 */
export type Flavour = 'compat' | 'relaxed';

const packageNames: Readonly<Record<Flavour, string>> = {
  compat: 'litert_wasm_compat_internal',
  relaxed: 'litert_wasm_internal',
};

/**
 * About how many bytes of a function V8 runs before it optimises it. With its own choice it optimises a good part of
 * the runtime in the first second, which takes longer than what is won. Code whose time is measured, and any other, is
 * optimised as early as Node 20 does by itself.
 */
const LATE = 300_000_000;
const EARLY = 1_800_000;

// Where this module runs: bundled into `dist/`, built into `build/runtime/`, or from its TypeScript source in tests. Most
// runs of the command line never ask.
const beside = (...names: readonly string[]): string => join(dirname(fileURLToPath(import.meta.url)), ...names);
const isSource = (): boolean => import.meta.url.endsWith('.ts');

/** The file to start as a worker thread. */
export function workerFile(): string {
  if (isSource()) return beside('../../scripts/source-worker.mjs');
  const bundled = beside('runtime-worker.mjs');
  return existsSync(bundled) ? bundled : beside('wasm-worker.js');
}

/** What Node is to be started with for the process that holds LiteRT's native library. */
export function processArguments(): string[] {
  if (isSource()) return [beside('../../scripts/source-worker.mjs'), 'runtime/native/litert-process.ts'];
  const bundled = beside('litert-process.js');
  return [existsSync(bundled) ? bundled : beside('native/litert-process.js')];
}

/** The binary of koffi for this platform, compressed where it is bundled. */
export function koffiFile(): string {
  const { platform, arch } = process;
  const bundled = beside(`koffi-${platform}-${arch}.node.br`);
  if (existsSync(bundled)) return bundled;
  return join(packageFolder(`@koromix/koffi-${platform}-${arch}`), `${platform}_${arch}`, 'koffi.node');
}

const loaded = new Map<Flavour, Promise<WorkerStart>>();

/**
 * The compiled wasm and its glue code. Done once in a process: compiled code is shared with every worker. Takes about
 * 90 ms, off the main thread, of which 35 are spent on decompressing.
 */
export function loadRuntime(flavour: Flavour): Promise<WorkerStart> {
  let promise = loaded.get(flavour);
  if (promise === undefined) {
    promise = load(flavour);
    loaded.set(flavour, promise);
  }
  return promise;
}

async function load(flavour: Flavour): Promise<WorkerStart> {
  // Node 20 knows relaxed SIMD but hides it behind a flag; later versions ignore the flag.
  if (flavour === 'relaxed') setFlagsFromString('--experimental-wasm-relaxed-simd');
  const compressed = beside(`litert-${flavour}.wasm.br`);
  if (existsSync(compressed)) {
    const wasm = await promisify(brotliDecompress)(await readFile(compressed));
    const gluePath = beside(`litert-${flavour}.cjs`);
    return { kind: 'start', wasm: await compile(wasm, flavour), glue: readFileSync(gluePath, 'utf8'), gluePath };
  }
  const path = join(packageFolder('@litertjs/core'), 'wasm', packageNames[flavour]);
  const gluePath = `${path}.js`;
  return {
    kind: 'start',
    wasm: await compile(await readFile(`${path}.wasm`), flavour),
    glue: readFileSync(gluePath, 'utf8'),
    gluePath,
  };
}

let lastCompiled: Promise<unknown> = Promise.resolve();

/** One after the other, as the budget is that of what is compiled while it is set. */
function compile(wasm: Uint8Array<ArrayBuffer>, flavour: Flavour): Promise<WebAssembly.Module> {
  const compiled = lastCompiled.then(() => {
    setFlagsFromString(`--wasm-tiering-budget=${flavour === 'compat' ? LATE : EARLY}`);
    return WebAssembly.compile(wasm).finally(() => setFlagsFromString(`--wasm-tiering-budget=${EARLY}`));
  });
  lastCompiled = compiled.catch(() => undefined);
  return compiled;
}

/** Not by `require.resolve`, which bundlers would follow. */
function packageFolder(name: string): string {
  for (let folder = beside(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Error(`the package ${name} is not installed`);
  }
}
