// Puts what the runtime needs beside the bundled worker: `node scripts/runtime-assets.mjs FOLDER`. For each build of
// LiteRT in @litertjs/core that is used: its wasm, brotli-compressed, and its glue code (CommonJS, in a package of ES
// modules: hence the new extension); and a notice of what is redistributed.
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
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'litert-NOTICE.txt'), notice(version));
}

/**
 * Compressing takes half a minute, and another version of brotli may give other bytes: what is there already is kept if
 * it holds the same content.
 */
function compress(source, target) {
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

function notice(version) {
  return `The files litert-*.cjs and litert-*.wasm.br in this folder are parts of the npm package @litertjs/core ${version}:
LiteRT (https://github.com/google-ai-edge/LiteRT), compiled to WebAssembly.

Copyright 2024-2026 Google LLC and The TensorFlow Authors.
Licensed under the Apache License, Version 2.0; its text is in the file LICENSE of this project, and at
https://www.apache.org/licenses/LICENSE-2.0.

Changes: the .wasm files are compressed with brotli, and the .js files renamed to .cjs. Their content is unchanged.

LiteRT contains parts of other projects under their own licenses, among them XNNPACK, pthreadpool, cpuinfo and FP16
(BSD), Eigen (MPL-2.0), Abseil, FlatBuffers, gemmlowp and ruy (Apache-2.0), FarmHash (MIT) and Emscripten (MIT).
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error('usage: node scripts/runtime-assets.mjs FOLDER');
    process.exit(2);
  }
  writeRuntimeAssets(folder);
}
