import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '#cli/main.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { CapturedStreams } from './captured-streams.js';

const EXAMPLE = join('examples', 'digits', 'saved_model');
const TEST_DATA = join('examples', 'digits', 'test.npz');

let folder: string;
let model: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-cli-'));
  model = join(folder, 'digits.tflite');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const streams = new CapturedStreams();
  const exitCode = await main(argv, streams);
  return { exitCode, stdout: streams.stdout, stderr: streams.stderr };
}

describe('the example', () => {
  test('convert: a file, a report, a dump', async () => {
    const report = join(folder, 'report.json');
    const dump = join(folder, 'ir');
    const { exitCode, stdout, stderr } = await run(
      ...['convert', EXAMPLE, '--output', model, '--report', report, '--dump-passes', dump],
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/digits\.tflite: [\d.]+ kB, \d+ ops, \d+\.\d\d s\n$/);
    const { models } = JSON.parse(readFileSync(report, 'utf8')) as { models: Record<string, unknown>[] };
    expect(models).toMatchObject([{ input: EXAMPLE, status: 'converted', bytes: readFileSync(model).length }]);
    expect(readdirSync(dump)).toEqual(expect.arrayContaining(['00-input.ir', 'index.txt']));
  });

  test('convert again: the same bytes', async () => {
    const again = join(folder, 'again.tflite');
    expect(await run('convert', EXAMPLE, '-o', again)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(again).equals(readFileSync(model))).toBe(true);
  });

  test('inspect the SavedModel and the model', async () => {
    const saved = await run('inspect', EXAMPLE);
    expect(saved).toMatchObject({ exitCode: 0, stderr: '' });
    expect(saved.stdout).toMatch(/signature serving_default\n {2}in {3}image: float32\[\?, 8, 8, 1\]/);
    expect(saved.stdout).toContain('as TFLite model: ');
    const { stdout } = await run('inspect', model, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ path: model, kind: 'tflite', bytes: readFileSync(model).length });
  });

  test('run on the test data: 496 of 500 digits are read right', async () => {
    const outputs = join(folder, 'out.npz');
    const { exitCode, stdout, stderr } = await run('run', model, '--inputs', TEST_DATA, '--outputs', outputs);
    expect([exitCode, stderr]).toEqual([0, `${TEST_DATA}: not an input, left out: label.\n`]);
    expect(stdout).toContain('output_0 float32[500, 10]');
    const logits = readNpz(readFileSync(outputs)).get('output_0') as Tensor;
    const labels = readNpz(readFileSync(TEST_DATA)).get('label') as Tensor;
    const right = Array.from(labels.data as BigInt64Array, Number).filter((label, i) => {
      const row = Array.from(logits.data.subarray(i * 10, i * 10 + 10) as Float32Array);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(right).toHaveLength(496);
  });
});

describe('input that cannot be used ends with 2, and leaves nothing', () => {
  const nowhere = join('no', 'such', 'folder');
  test.each([
    ['convert', nowhere],
    ['convert', EXAMPLE, '--signature', 'serving'],
    ['convert', EXAMPLE, '--tags', 'train'],
    ['convert', EXAMPLE, '--input-shape', 'picture=1,8,8,1'],
    ['convert', EXAMPLE, '--input-shape', 'image=1,9,9,1'],
  ])('%s %s %s %s', async (...argv) => {
    const output = join(folder, 'none.tflite');
    const { exitCode, stdout, stderr } = await run(...argv, '--output', output);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: /);
    expect(existsSync(output)).toBe(false);
  });

  test.each([
    ['inspect', nowhere],
    ['inspect', join('examples', 'digits', 'train.py')],
  ])('%s %s', async (...argv) => {
    expect(await run(...argv)).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^error: /) });
  });

  test('run: files that do not exist or are no arrays, a signature that does not exist', async () => {
    const outputs = join(folder, 'none.npz');
    const text = join(folder, 'text.npz');
    writeFileSync(text, 'text');
    for (const argv of [
      [nowhere, '--inputs', TEST_DATA],
      [model, '--inputs', nowhere],
      [model, '--inputs', text],
      [TEST_DATA, '--inputs', TEST_DATA],
      [model, '--inputs', TEST_DATA, '--signature', 'serving'],
    ]) {
      const { exitCode, stderr } = await run('run', ...argv, '--outputs', outputs);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: /)]);
    }
    expect(existsSync(outputs)).toBe(false);
  });
});
