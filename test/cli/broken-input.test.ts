import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { main } from '../../src/cli/full.js';
import { CapturedStreams } from './captured-streams.js';

jest.setTimeout(60_000);

const here = dirname(fileURLToPath(import.meta.url));
const broken = join(here, '../config/fixtures/broken');
const example = join(here, '../../examples/digits');
const start = process.cwd();

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tflite-gate-broken-'));
  cpSync(join(example, 'saved_model'), join(root, 'digits'), { recursive: true });
  process.chdir(root);
});
afterEach(() => {
  process.chdir(start);
  rmSync(root, { recursive: true, force: true });
});

async function check(): Promise<{ code: number; error: string }> {
  const streams = new CapturedStreams();
  const code = await main(['check', '--base', 'none'], streams);
  return { code, error: streams.stderr };
}

test.each(readdirSync(broken).filter((name) => name.endsWith('.yml')))(
  '%s: exit code 2, with the place',
  async (name) => {
    cpSync(join(broken, name), join(root, '.tflite-gate.yml'));
    const { code, error } = await check();
    expect(code).toBe(2);
    expect(error).toMatch(/\.tflite-gate\.yml(?::\d+:\d+)?/);
    expect(existsSync(join(root, 'tflite-gate'))).toBe(false);
  },
);

const data: readonly (readonly [string, string, string | Buffer, RegExp])[] = [
  ['an archive that is cut off', 'test.npz', 'PK\u0003\u0004', /test\.npz/],
  ['an array that is none', 'test.npy', '\x93NUMPY', /test\.npy/],
  ['an empty file', 'test.npz', '', /test\.npz.*empty/s],
  ['text of no format', 'test.txt', 'hello', /test\.txt/],
  ['a table without the input', 'test.csv', 'a,label\n1,2\n', /test\.csv/],
  ['a table of ragged rows', 'test.csv', 'image,label\n1,2,3\n', /test\.csv/],
  ['a line that is no JSON', 'test.jsonl', '{"image": [1', /test\.jsonl/],
  ['samples of another shape', 'test.jsonl', '{"image": [1, 2], "label": 1}\n', /test\.jsonl.*image/s],
  [
    'a label that there is not',
    'test.jsonl',
    `{"image": ${JSON.stringify(new Array(64).fill(0))}, "label": 11}\n`,
    /label/,
  ],
  ['records that are cut off', 'test.tfrecord', gzipSync('abc'), /test\.tfrecord/],
  [
    'a Git LFS pointer',
    'test.npz',
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`,
    /LFS/,
  ],
];

test.each(data)('data: %s', async (_, name, content, message) => {
  writeFileSync(join(root, name), content, typeof content === 'string' ? 'latin1' : undefined);
  writeFileSync(
    join(root, '.tflite-gate.yml'),
    `version: 1\nmodels:\n  - path: digits\n    evaluate: { data: ${name}, metrics: [top-1] }\n`,
  );
  const { code, error } = await check();
  expect(error).toMatch(message);
  expect(error.match(/^error: /gm)).toHaveLength(1);
  expect(code).toBe(2);
  expect(existsSync(join(root, 'tflite-gate'))).toBe(false);
});
