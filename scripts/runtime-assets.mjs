// Puts what the runtime needs beside the bundled worker: `node scripts/runtime-assets.mjs FOLDER`. For each build of
// LiteRT in @litertjs/core that is used: its wasm, brotli-compressed, and its glue code (CommonJS, in a package of ES
// modules: hence the new extension).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packageFolder = join(root, 'node_modules/@litertjs/core');
const flavours = { compat: 'litert_wasm_compat_internal', relaxed: 'litert_wasm_internal' };

export function writeRuntimeAssets(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [flavour, name] of Object.entries(flavours)) {
    compress(join(packageFolder, 'wasm', `${name}.wasm`), join(folder, `litert-${flavour}.wasm.br`));
    writeFileSync(join(folder, `litert-${flavour}.cjs`), readFileSync(join(packageFolder, 'wasm', `${name}.js`)));
  }
}

/**
 * Compressing takes half a minute, and another version of brotli may give other bytes: what is there already is kept if
 * it holds the same content.
 */
export function compress(source, target) {
  const content = readFileSync(source);
  if (existsSync(target) && holds(target, content)) return;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  writeFileSync(target, brotliCompressSync(content, { params }));
}

function holds(file, content) {
  try {
    return brotliDecompressSync(readFileSync(file)).equals(content);
  } catch {
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error('usage: node scripts/runtime-assets.mjs FOLDER');
    process.exit(2);
  }
  writeRuntimeAssets(folder);
}
