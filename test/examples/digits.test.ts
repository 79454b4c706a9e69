import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Interpreter } from '#runtime/interpreter.js';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { readNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { convert } from '../../src/index.js';

const example = join(dirname(fileURLToPath(import.meta.url)), '../../examples/digits');
const arrays = readNpz(readFileSync(join(example, 'test.npz')));
const images = arrays.get('image') as Tensor;
const labels = arrays.get('label') as Tensor;
const PIXELS = 64;
const CLASSES = 10;

let interpreter: Interpreter;
beforeAll(async () => {
  interpreter = await openInterpreter(serializeModel(convert(join(example, 'saved_model')).model));
});
afterAll(() => interpreter.dispose());

/** The logits of some of the images. */
async function logits(first: number, count: number): Promise<Float32Array> {
  const pixels = (images.data as Float32Array).subarray(first * PIXELS, (first + count) * PIXELS);
  const { outputs } = await interpreter.run(new Map([['image', Tensor.from('float32', [count, 8, 8, 1], pixels)]]));
  return outputs.get('output_0')?.data as Float32Array;
}

function digitOf(row: Float32Array): number {
  return row.indexOf(Math.max(...row));
}

describe('examples/digits, converted', () => {
  test('reads 496 of the 500 test digits right, as its README says', async () => {
    const all = await logits(0, 500);
    expect(all).toHaveLength(500 * CLASSES);
    let right = 0;
    for (let i = 0; i < 500; i++) {
      if (BigInt(digitOf(all.subarray(i * CLASSES, (i + 1) * CLASSES))) === labels.data[i]) right++;
    }
    expect(right / 500).toBe(0.992);
    expect(readFileSync(join(example, 'README.md'), 'utf8')).toContain('**0.992** (496 right)');
  });

  test('gives the same for a digit in any batch', async () => {
    const all = await logits(0, 500);
    for (const [first, count] of [
      [0, 1],
      [499, 1],
      [123, 7],
    ] as const) {
      const some = await logits(first, count);
      const difference = some.map((value, i) => Math.abs(value - (all[first * CLASSES + i] as number)));
      expect(Math.max(...difference)).toBeLessThan(1e-4);
    }
  });

  test('takes batches of any size, by its signature', () => {
    expect(interpreter.signatures).toMatchObject([
      { key: 'serving_default', inputs: [{ name: 'image', dtype: 'float32', shape: [null, 8, 8, 1] }] },
    ]);
  });
});
