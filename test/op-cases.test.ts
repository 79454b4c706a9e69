import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { nativeEngine } from '../src/engines/native.js';

const folder = 'test/op-cases';

// Starting the runtime takes long where many tests run at once.
jest.setTimeout(60_000);

describe('converted and run, the cases give what TensorFlow gave', () => {
  test.each(readdirSync(folder).sort())('%s', async (name) => {
    const { model } = nativeEngine.convert(join(folder, name, 'saved_model'), {});
    const [inputs, expectations] = [arrays(name, 'inputs'), arrays(name, 'outputs')];
    // The runtime at hand takes no text; `npm run test:tensorflow` runs these.
    if ([...inputs.values(), ...expectations.values()].some(({ dtype }) => dtype === 'string')) {
      expect(serializeModel(model).byteLength).toBeGreaterThan(0);
      return;
    }
    const interpreter = await openInterpreter(serializeModel(model));
    try {
      const { outputs } = await interpreter.run(inputs);
      for (const [key, expected] of expectations) {
        const actual = outputs.get(key) as Tensor;
        expect([key, actual.dtype, actual.shape]).toEqual([key, expected.dtype, expected.shape]);
        if (!isRandom(name)) compare(key, actual, expected);
      }
    } finally {
      await interpreter.dispose();
    }
  });
});

function isRandom(name: string): boolean {
  return JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')).nondeterministic === true;
}

function arrays(name: string, file: string): Map<string, Tensor> {
  return readNpz(readFileSync(join(folder, name, `${file}.npz`)));
}

function compare(key: string, actual: Tensor, expected: Tensor): void {
  const [x, y] = [actual.data, expected.data].map((data) => Array.from(data as ArrayLike<number | bigint>, Number)) as [
    number[],
    number[],
  ];
  const median = y.map(Math.abs).sort((a, b) => a - b)[y.length >> 1] ?? 0;
  x.forEach((value, i) => {
    const wanted = y[i] as number;
    const close = Math.abs(value - wanted) <= Math.max(1e-5, 1e-4 * Math.abs(wanted), 5e-7 * median);
    if (!Object.is(value, wanted) && value !== wanted && !close)
      throw new Error(`${key}[${i}] is ${value}, not ${wanted}`);
  });
}
