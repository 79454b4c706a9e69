// The text of dist/THIRD-PARTY-LICENSES: every package of which there is code in dist/, with its licence.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const MARK = /[\\/]node_modules[\\/]/g;

/** Folders of the packages that files belong to. */
export function packagesOf(files) {
  const folders = new Set();
  for (const file of files) {
    const at = [...file.matchAll(MARK)].at(-1);
    if (at === undefined) continue;
    const start = at.index + at[0].length;
    const [scope, name] = file.slice(start).split(/[\\/]/);
    folders.add(join(file.slice(0, start), scope, scope.startsWith('@') ? name : ''));
  }
  return folders;
}

/** Packages with the same licence text are listed together, above it. */
export function thirdPartyLicenses(folders, root) {
  const apache = normal(readFileSync(join(root, 'LICENSE'), 'utf8'));
  const byText = new Map();
  for (const { title, text } of [...folders].map((folder) => licenceOf(folder, apache)).sort(byTitle)) {
    byText.set(text, [...new Set([...(byText.get(text) ?? []), title])]);
  }
  const rule = '-'.repeat(80);
  const sections = [...byText].map(([text, titles]) => `${titles.join('\n')}\n\n${text}`);
  const litert = litertNotice(join(root, 'node_modules/@litertjs/core'));
  const others = [
    jpegNotice(join(root, 'node_modules/@jsquash/jpeg')),
    koffiNotice(join(root, 'node_modules/koffi')),
    SIGNATURES,
  ];
  return `${[HEAD, litert, ...others, ...sections].map((section) => section.trim()).join(`\n\n${rule}\n\n`)}\n`;
}

const HEAD = `TFLite Gate is licensed under the Apache License, Version 2.0 (see LICENSE).
The files in this folder contain the following software of others.`;

/** https://opensource.org/license/isc-license-txt */
const ISC = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`;

function byTitle(a, b) {
  return a.title < b.title ? -1 : a.title > b.title ? 1 : 0;
}

function licenceOf(folder, apache) {
  const { name, version, license, author, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const title = `${name} ${version} (${license})`;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry));
  if (file !== undefined) return { title, text: normal(readFileSync(join(folder, file), 'utf8')) };
  // Some packages keep it in their README, some only name it.
  const readme = join(folder, 'README.md');
  const [, section] = existsSync(readme) ? readFileSync(readme, 'utf8').split(/^#+ *Licen[cs]e.*$/im) : [];
  if (section?.includes('Permission is hereby granted')) return { title, text: normal(section) };
  const known = { MIT: mit, 'MIT/X11': mit, ISC: () => ISC }[license];
  if (known) {
    const holder = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
    return { title, text: `Copyright (c) ${holder.replace(/\s*[<(].*$/, '')}\n\n${known()}` };
  }
  if (license === 'Apache-2.0') return { title, text: apache };
  throw new Error(`${name} ${version} (${license}, ${homepage}) has no licence text that could be passed on`);
}

/** The last part of the file. */
function mit() {
  const text = readFileSync(join(here, 'litert-licenses.txt'), 'utf8');
  return text.slice(text.indexOf('Permission is hereby granted')).trim();
}

function normal(text) {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();
}

const SIGNATURES = `TensorFlow, in op-signatures.txt (Apache-2.0)

The names, operands, results and attributes of TensorFlow's ops, written from TensorFlow and from a list of LiteRT's.
Copyright The TensorFlow Authors. Licensed under the Apache License, Version 2.0, as above.`;

/** The package's own licence is that of its JavaScript. */
function jpegNotice(folder) {
  return `MozJPEG, in mozjpeg_dec.wasm.br

This file is a part of the npm package @jsquash/jpeg, compressed with brotli: MozJPEG (https://github.com/mozilla/mozjpeg),
which is made from libjpeg-turbo, compiled to WebAssembly with Emscripten and musl, whose licences are above. This software
is based in part on the work of the Independent JPEG Group.

${normal(readFileSync(join(folder, 'codec/LICENSE.codec.md'), 'utf8'))}`;
}

function koffiNotice(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const parts = [
    ['Koffi', 'LICENSE.txt'],
    ['node-addon-api', 'vendor/node-addon-api/LICENSE.md'],
    ['node-api-headers', 'vendor/node-api-headers/LICENSE'],
  ];
  const texts = parts.map(([name, file]) => `${name}:\n\n${normal(readFileSync(join(folder, file), 'utf8'))}`);
  return `Koffi, in koffi-*.node.br (MIT)

These files are parts of the npm packages @koromix/koffi-* ${version} (https://koffi.dev/), compressed with brotli.

${texts.join('\n\n')}`;
}

function litertNotice(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `LiteRT, in litert-*.wasm.br and litert-*.cjs (Apache-2.0)

These files are parts of the npm package @litertjs/core ${version}: LiteRT (https://github.com/google-ai-edge/LiteRT),
compiled to WebAssembly. Changes: the .wasm files are compressed with brotli, and the .js files are renamed to .cjs;
their content is unchanged.

Copyright 2024-2026 Google LLC and The TensorFlow Authors.
Licensed under the Apache License, Version 2.0; its text is in the file LICENSE of this project, and at
https://www.apache.org/licenses/LICENSE-2.0.

${readFileSync(join(here, 'litert-licenses.txt'), 'utf8')}`;
}
