import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { main } from '../../src/cli/full.js';

const example = join(dirname(fileURLToPath(import.meta.url)), '../../examples/digits');
const model = join(example, 'saved_model');
const data = join(example, 'calibration.npz');
const digits = readNpz(readFileSync(join(example, 'test.npz')));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const stream = (side: 'out' | 'err') => ({
    write: (part: string) => {
      text[side] += part;
      return true;
    },
  });
  const code = await main(argv, { out: stream('out') as never, err: stream('err') as never, env: {} });
  return { code, ...text };
}

/** Share of the test digits that a float-in, float-out model reads right. */
async function accuracy(file: string): Promise<number> {
  const interpreter = await openInterpreter(readFileSync(file));
  try {
    const { outputs } = await interpreter.run(new Map([['image', digits.get('image') as Tensor]]));
    const logits = outputs.get('output_0')?.data as Float32Array;
    const labels = Array.from(digits.get('label')?.data as BigInt64Array, Number);
    const right = labels.filter((label, i) => {
      const row = logits.subarray(10 * i, 10 * i + 10);
      return row.indexOf(Math.max(...row)) === label;
    });
    return right.length / labels.length;
  } finally {
    await interpreter.dispose();
  }
}

describe('convert --quantize', () => {
  test('makes a file of each scheme, smaller than float and about as accurate', async () => {
    const schemes = ['float16', 'dynamic', 'weight-only', 'int8', 'int8-only', 'int16x8'];
    const { code, err } = await run(
      'convert',
      model,
      '--output-dir',
      folder,
      '--quantize',
      schemes.join(','),
      '--representative-data',
      data,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await run('convert', model, '--output', join(folder, 'float.tflite'));
    const float = statSync(join(folder, 'float.tflite')).size;
    for (const scheme of schemes) {
      const file = join(folder, `digits-${scheme}.tflite`);
      expect(statSync(file).size).toBeLessThan(0.6 * float);
      expect(await accuracy(file)).toBeGreaterThanOrEqual(0.985);
    }
  }, 120_000);

  test('gives the same bytes again, from data and from saved ranges', async () => {
    const bytesOf = async (name: string, ...options: readonly string[]): Promise<Buffer> => {
      const output = join(folder, name);
      expect(await run('convert', model, '--quantize', 'int8', '-o', output, ...options)).toMatchObject({ code: 0 });
      return readFileSync(output);
    };
    const ranges = join(folder, 'ranges.json');
    const first = await bytesOf('a.tflite', '--representative-data', data, '--save-calibration', ranges);
    expect((await bytesOf('b.tflite', '--representative-data', data)).equals(first)).toBe(true);
    const saved = await bytesOf('c.tflite', '--calibration', ranges);
    expect((await bytesOf('d.tflite', '--calibration', ranges)).equals(saved)).toBe(true);
    expect(await accuracy(join(folder, 'c.tflite'))).toBeGreaterThanOrEqual(0.985);
  }, 60_000);

  test('quantizes a float .tflite file as well', async () => {
    const float = join(folder, 'f.tflite');
    await run('convert', model, '-o', float);
    const { code } = await run('convert', float, '-o', join(folder, 'd.tflite'), '--quantize', 'dynamic');
    expect(code).toBe(0);
    expect(statSync(join(folder, 'd.tflite')).size).toBeLessThan(0.6 * statSync(float).size);
  }, 60_000);

  test('warns of random data', async () => {
    const output = join(folder, 'r.tflite');
    const { code, err } = await run(
      'convert',
      model,
      '-o',
      output,
      '--quantize',
      'int8',
      '--representative-data',
      'random',
    );
    expect(code).toBe(0);
    expect(err).toContain('random');
  }, 60_000);

  test.each([
    [['--quantize', 'int8'], 'nothing says in which ranges'],
    [['--quantize', 'int9'], 'Did you mean `int4`?'],
    [['--quantize', 'int8', '--recipe', 'compact'], 'exclude each other'],
    [['--io-type', 'int8'], '--io-type needs --quantize'],
    [['--recipe', 'nobody'], 'neither a ready recipe nor a YAML file'],
    [['--quantize', 'dynamic,int8'], '--output is for one scheme'],
    [['--quantize', 'int8', '--representative-data', 'missing.npz'], 'missing.npz'],
  ])('%j is refused, and nothing is written', async (options, message) => {
    const output = join(folder, 'refused.tflite');
    const { code, err } = await run('convert', model, '-o', output, ...options);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(output)).toBe(false);
  });
});
