// Puts into README.md what is measured, what the tool prints, and the files that it shows, so that it stays true. Each
// has its place between `<!-- NAME -->` and `<!-- /NAME -->`:
// - `bench`: benchmarks/results/conversion.json, written by `node benchmarks/conversion.mjs --write`;
// - `bench-quantize`: benchmarks/results/quantize.json, written by `node benchmarks/quantize.mjs --write`;
// - `check`: what dist/cli.js says of this repository's own example;
// - `unsupported`: what it says of a model with unsupported ops;
// - `config`, `workflow NAME`: .tflite-gate.yml, and docs/workflows/NAME.yml;
// - `inputs`, `outputs`, with the folder of an action behind it where it is none of the root: tables of its action.yml.
//
//   node scripts/update-readme.mjs            writes README.md
//   node scripts/update-readme.mjs --check    exits 1 where README.md says something else
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { NETWORK_NAMES } from './network-names.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const readme = join(root, 'README.md');
const results = join(root, 'benchmarks/results');
const model = 'test/action/fixtures/unsupported';

function conversion() {
  const { date, machine, runs, results: networks } = JSON.parse(readFileSync(join(results, 'conversion.json'), 'utf8'));
  const rows = networks.map(({ name, ours, official, faster }) => [
    NETWORK_NAMES[name] ?? name,
    `${ours.seconds.toFixed(2)} s`,
    `${official.seconds.toFixed(1)} s`,
    `${faster.toFixed(0)} ×`,
    `${megabytes(ours.memory, 0)}`,
    `${megabytes(official.memory, 0)}`,
    megabytes(ours.bytes, 2),
    megabytes(official.bytes, 2),
  ]);
  return [
    '| network | time | official | faster | memory | official | size | official |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `Whole processes, started cold and in turn, medians of ${runs} runs; memory is the peak. ${date}, Node ${machine.node}, ${machine.cores} × ${machine.cpu.trim()}.`,
    '',
  ].join('\n');
}

/** The scheme for which most is at stake: it is the smallest on most hardware, and loses most. */
function quantization() {
  const { date, timing, networks } = JSON.parse(readFileSync(join(results, 'quantize.json'), 'utf8'));
  const sides = ['ours', 'official', 'ai-edge'];
  const rows = networks.map(({ name, results: all }) => {
    const of = (side) => all.find((each) => each.scheme === 'int8' && each.side === side);
    const figures = sides.map((side) => {
      const { size, sqnr_db: exactness } = of(side) ?? {};
      return exactness === undefined ? '–' : `${exactness.toFixed(1)} dB, ${kilobytes(size)}`;
    });
    return [NETWORK_NAMES[name] ?? name, ...figures];
  });
  const { ours, official, faster } = timing;
  return [
    '| int8 | here | official | `ai-edge-quantizer` |',
    '|---|---:|---:|---:|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `Signal to noise against TensorFlow in float, the mean over inputs that calibration did not see; the same calibration data for all. Calibration and conversion of MobileNetV2 with 100 samples take ${ours.toFixed(1)} s, with the official converter ${official.toFixed(1)} s: ${faster.toFixed(1)} × faster. ${date}.`,
    '',
  ].join('\n');
}

function kilobytes(bytes) {
  return `${(bytes / 1e3).toFixed(0)} kB`;
}

function megabytes(bytes, digits) {
  return `${(bytes / 1e6).toFixed(digits)} MB`;
}

/** What a command of dist/cli.js writes, errors and all. */
function output(args, expected) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== expected) throw new Error(`\`${args.join(' ')}\` ended with ${status}: ${stdout}${stderr}`);
  return `${stdout}${stderr}`.trimEnd();
}

function unsupported() {
  const args = ['convert', model, '--output', 'model.tflite'];
  return fenced('', `$ tflite-gate ${args.join(' ')}\n${output(args, 1)}`);
}

/** Leaves its folder, as it does for whoever tries it; git ignores it. */
function check() {
  return fenced('', `$ tflite-gate check\n${output(['check', '--cache', 'none'], 0)}`);
}

function fenced(language, text) {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

/** A file that users copy. */
function yamlFile(path) {
  return fenced('yaml', readFileSync(join(root, path), 'utf8'));
}

/** The inputs or outputs of an action. */
function table(section, folder = '.') {
  const { [section]: entries } = parse(readFileSync(join(root, folder, 'action.yml'), 'utf8'));
  const rows = Object.entries(entries).map(([name, { description }]) => `| \`${name}\` | ${description} |`);
  return [`| ${section.slice(0, -1)} | what it is |`, '|---|---|', ...rows, ''].join('\n');
}

const makers = {
  bench: conversion,
  'bench-quantize': quantization,
  check,
  unsupported,
  config: () => yamlFile('.tflite-gate.yml'),
  workflow: (name) => yamlFile(`docs/workflows/${name}.yml`),
  inputs: (folder) => table('inputs', folder),
  outputs: (folder) => table('outputs', folder),
};

const before = readFileSync(readme, 'utf8');
const found = new Set();
const after = before.replaceAll(
  /^<!-- (([\w-]+)(?: ([\w-]+))?) -->\n[\s\S]*?^<!-- \/\1 -->$/gm,
  (_, mark, name, argument) => {
    const make = makers[name];
    if (!make) throw new Error(`README.md: nothing is called ${name}`);
    found.add(name);
    return `<!-- ${mark} -->\n${make(argument)}<!-- /${mark} -->`;
  },
);
for (const name of Object.keys(makers)) {
  if (!found.has(name)) throw new Error(`README.md has no <!-- ${name} --> … <!-- /${name} -->`);
}
if (!process.argv.includes('--check')) writeFileSync(readme, after);
else if (after !== before) {
  console.error('README.md is out of date: run `node scripts/update-readme.mjs`.');
  process.exitCode = 1;
}
