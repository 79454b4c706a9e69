import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { RuntimeFiles } from './worker-protocol.js';

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
 * the runtime in the first second, which takes longer than what is won. Code whose time is measured is optimised as
 * early as Node 20 does by itself.
 */
const budgets: Readonly<Record<Flavour, number>> = { compat: 300_000_000, relaxed: 1_800_000 };

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

/** The wasm of a build and its glue code. */
export function runtimeFiles(flavour: Flavour): RuntimeFiles {
  // Node 20 knows relaxed SIMD but hides it behind a flag; later versions ignore the flag.
  const flag = flavour === 'relaxed' ? { flag: '--experimental-wasm-relaxed-simd' } : {};
  const common = { budget: budgets[flavour], ...flag };
  const bundled = beside(`litert-${flavour}.wasm.br`);
  if (existsSync(bundled)) return { wasm: bundled, glue: beside(`litert-${flavour}.cjs`), ...common };
  const path = join(packageFolder('@litertjs/core'), 'wasm', packageNames[flavour]);
  return { wasm: `${path}.wasm`, glue: `${path}.js`, ...common };
}

/** Not by `require.resolve`, which bundlers would follow. */
function packageFolder(name: string): string {
  for (let folder = beside(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Error(`the package ${name} is not installed`);
  }
}
