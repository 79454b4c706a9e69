// Bundles what `npm run build` compiled into dist/, which runs without node_modules: the action (index.mjs), its
// sub-actions (comment.mjs and release.mjs, which load it under their names), the command line (cli.js starts main.js, or
// full.js to quantize), the worker and the process that run models (runtime-worker.mjs, litert-process.js), the wasm, and
// koffi's binaries.
//
//   node scripts/bundle.mjs            writes dist/
//   node scripts/bundle.mjs --check    exits 1 where dist/ is not what the sources give
//
// The command line is one piece without lazily loaded parts: the bundler puts modules that two parts share into
// functions of their own, which takes longer to start than the parts that it saves loading.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeKoffi } from './koffi-binaries.mjs';
import { compress, writeRuntimeAssets } from './runtime-assets.mjs';
import { packagesOf, thirdPartyLicenses } from './third-party-licenses.mjs';

const require = createRequire(import.meta.url);
const ncc = require('@vercel/ncc');
const { minify, transform } = require('@swc/core');

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const LIMIT = 15_000_000;

const programs = [
  { source: 'build/action/main.js', target: 'index.mjs' },
  { source: 'build/cli/main.js', target: 'main.js', script: true },
  { source: 'build/cli/full.js', target: 'full.js', script: true },
];
/** The sub-actions: what the action loads tells by their names what to do. */
const subActions = ['comment.mjs', 'release.mjs'];
/** Modules of Node's that a plain conversion does not use, or not yet at its start: they take some milliseconds to load. */
const LAZY = new Set([
  'node:child_process',
  'node:crypto',
  'node:fs/promises',
  'node:os',
  'node:util',
  'node:v8',
  'node:worker_threads',
  'node:zlib',
]);
/**
 * `@actions/artifact` unpacks what it downloads with `unzip-stream`, of which one dependency has no licence. Artifacts
 * are only uploaded here: a module that is always there takes its place.
 */
const externals = { 'unzip-stream': 'node:stream' };
/** Modules that import nothing but Node's own modules, and programs that are beside them in dist/ as well. */
const singles = [
  { source: 'build/cli/cli.js', target: 'cli.js', executable: true },
  { source: 'build/runtime/wasm-worker.js', target: 'runtime-worker.mjs' },
  { source: 'build/runtime/native/litert-process.js', target: 'litert-process.js' },
  { source: 'build/data/user-code/user-process.js', target: 'user-process.js' },
];

/** Writes what dist/ is to hold into an empty folder. */
async function bundle(folder) {
  // Module ids are computed from paths relative to here.
  process.chdir(root);
  const resources = new Set();
  for (const { source, target, script } of programs) {
    const { code, assets, stats } = await ncc(join(root, source), {
      cache: false,
      quiet: true,
      esm: true,
      target: 'es2023',
      externals,
      // Names of chunks follow from it, so those of two programs do not clash.
      filename: target,
      filterAssetBase: root,
    });
    for (const resource of resourcesOf(stats)) resources.add(resource);
    await write(join(folder, target), script ? await programScript(code) : await minified(code));
    for (const [name, asset] of Object.entries(assets)) {
      // The bundler damages wasm; what is needed of it is copied below.
      if (name.endsWith('.wasm') || name === 'package.json') continue;
      if (script) throw new Error(`${target} is in parts: ${name}`);
      await write(join(folder, name), await minified(asset.source.toString()));
    }
  }
  for (const { source, target, executable } of singles) {
    const code = readFileSync(join(root, source), 'utf8');
    refuseImports(source, code);
    const form = target.endsWith('.mjs') ? code : await commonJs(code);
    await write(join(folder, target), (executable ? '#!/usr/bin/env node\n' : '') + (await minified(form)), executable);
  }
  for (const target of subActions) await write(join(folder, target), "import './index.mjs';\n");
  // Node starts a CommonJS module some milliseconds sooner.
  await write(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  writeRuntimeAssets(folder);
  writeKoffi(folder);
  cpSync(join(root, 'src/tensorflow/flex/op-signatures.txt'), join(folder, 'op-signatures.txt'));
  for (const name of ['tensorflow-host.py', 'tensorflow-requirements.txt', 'litert-requirements.txt']) {
    cpSync(join(root, 'src/engines/tensorflow', name), join(folder, name));
  }
  const jpeg = join(root, 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
  compress(jpeg, join(folder, 'mozjpeg_dec.wasm.br'));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), thirdPartyLicenses(packagesOf(resources), root));
}

async function write(path, content, executable = false) {
  if (existsSync(path) && readFileSync(path, 'utf8') !== content) throw new Error(`two files named ${path}`);
  writeFileSync(path, content, { mode: executable ? 0o755 : 0o644 });
}

/** Names of functions and classes stay: they are what a stack trace in a report tells. */
async function minified(code) {
  const mangle = { keep_classnames: true, keep_fnames: true, keep_private_props: true };
  const format = { comments: false, asciiOnly: true };
  const result = await minify(code, {
    module: /^(im|ex)port\b/m.test(code),
    ecma: 2022,
    compress: false,
    mangle,
    format,
  });
  return `${result.code}\n`;
}

async function commonJs(code) {
  const module = { type: 'commonjs', importInterop: 'node', ignoreDynamic: true };
  return (await transform(code, { swcrc: false, jsc: { target: 'es2022' }, module })).code;
}

/**
 * A program as a script that `cli.js` can run from compiled code: one function of what it needs. Its first line is the
 * digest of the rest, by which compiled code is found again.
 */
async function programScript(code) {
  const required = code
    .replaceAll(/\w+\(import\.meta\.url\)\("([^"]+)"\)/g, (_, name) =>
      LAZY.has(name) ? `__lazy(() => require("${name}"))` : `require("${name}")`,
    )
    // The bundler's own way to Node's modules, which nothing needs any more.
    .replace(/^import \{ createRequire as \w+ \} from "module";$/m, '')
    // In a script that is run from compiled code Node finds no way to import: cli.js lends its own.
    .replaceAll(/\bimport\((?=\/\* webpackIgnore)/g, '__import(')
    .replaceAll('import.meta.url', '__meta.url');
  const scope = [
    'const __lazy = (load) => new Proxy({}, { get: (_, name) => load()[name] });',
    'const __meta = { get url() { return require("node:url").pathToFileURL(__filename).href; } };',
  ];
  const body = `${scope.join('\n')}\n${await commonJs(required)}`;
  const script = await minified(
    `(function (exports, require, module, __filename, __dirname, __import) {\n${body}\n});`,
  );
  return `// ${createHash('sha256').update(script).digest('hex')}\n${script}`;
}

/** The files that went into a bundle. The bundler leaves out what it cannot find, and says so only at run time. */
function resourcesOf(stats) {
  const found = new Set();
  const visit = (module) => {
    if (module.resource) found.add(module.resource);
    for (const inner of module.modules ?? []) visit(inner);
  };
  for (const module of stats.compilation.modules) visit(module);
  const missing = [...found].filter((resource) => resource.includes('@@notfound'));
  if (missing.length > 0) throw new Error(`not found: ${missing.map((path) => path.split('?')[1]).join(', ')}`);
  return found;
}

function refuseImports(source, code) {
  for (const [, specifier] of code.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)) {
    if (!specifier.startsWith('node:')) throw new Error(`${source} imports ${specifier}`);
  }
}

function* filesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
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

/** Names of the files that differ, or are only in one of the folders. */
function differences(wanted, found) {
  return [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((name) => wanted.get(name) !== found.get(name))
    .sort();
}

const fresh = mkdtempSync(join(tmpdir(), 'tflite-gate-dist-'));
try {
  // Compressing the wasm takes long, and other versions of brotli give other bytes: it is kept while it holds the same.
  const compressed = existsSync(dist) ? readdirSync(dist).filter((name) => name.endsWith('.br')) : [];
  for (const name of compressed) cpSync(join(dist, name), join(fresh, name));
  await bundle(fresh);
  const size = [...filesOf(fresh)].reduce((bytes, path) => bytes + statSync(path).size, 0);
  if (size > LIMIT) throw new Error(`dist/ would have ${size} bytes, more than ${LIMIT}`);
  if (process.argv.includes('--check')) {
    const stale = differences(digests(fresh), existsSync(dist) ? digests(dist) : new Map());
    if (stale.length > 0) {
      console.error(
        `dist/ is not what the sources give: ${stale.join(', ')}.\nRun \`npm run bundle\` and commit dist/.`,
      );
      process.exitCode = 1;
    }
  } else {
    rmSync(dist, { recursive: true, force: true });
    mkdirSync(dist);
    for (const name of readdirSync(fresh)) cpSync(join(fresh, name), join(dist, name), { recursive: true });
  }
  console.log(`dist: ${(size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
