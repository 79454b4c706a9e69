// Puts into README.md what is measured and what the tool prints, so that it stays true:
// - `<!-- bench -->`: benchmarks/results/conversion.json, written by `node benchmarks/conversion.mjs --write`;
// - `<!-- unsupported -->`: what dist/cli.js says of a model with unsupported ops.
//
//   node scripts/update-readme.mjs            writes README.md
//   node scripts/update-readme.mjs --check    exits 1 where README.md says something else
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const readme = join(root, 'README.md');
const results = join(root, 'benchmarks/results/conversion.json');
const model = 'test/action/fixtures/unsupported';

const NAMES = {
  mobilenet_v2: 'MobileNetV2',
  resnet50: 'ResNet50',
  efficientnet_b0: 'EfficientNetB0',
  convnext_tiny: 'ConvNeXtTiny',
  encoder: '2-layer transformer encoder',
};

function comparison() {
  if (!existsSync(results)) return 'No measurement has been committed.\n';
  const { date, machine, runs, results: networks } = JSON.parse(readFileSync(results, 'utf8'));
  const rows = networks.map(({ name, ours, official, faster }) => [
    NAMES[name] ?? name,
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

function megabytes(bytes, digits) {
  return `${(bytes / 1e6).toFixed(digits)} MB`;
}

function unsupported() {
  const args = ['dist/cli.js', 'convert', model, '--output', 'model.tflite'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 1) throw new Error(`the conversion of ${model} ended with ${status}: ${stderr}`);
  return ['```', `$ tflite-gate ${args.slice(1).join(' ')}`, stderr.trimEnd(), '```', ''].join('\n');
}

const before = readFileSync(readme, 'utf8');
let after = before;
for (const [name, section] of Object.entries({ bench: comparison(), unsupported: unsupported() })) {
  const marked = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!marked.test(after)) throw new Error(`README.md has no <!-- ${name} --> … <!-- /${name} -->`);
  after = after.replace(marked, (_, start, end) => start + section + end);
}
if (!process.argv.includes('--check')) writeFileSync(readme, after);
else if (after !== before) {
  console.error('README.md is out of date: run `node scripts/update-readme.mjs`.');
  process.exitCode = 1;
}
