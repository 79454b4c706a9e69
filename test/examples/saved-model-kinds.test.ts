import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { openInterpreter } from '#runtime/open-interpreter.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { convert } from '../../src/index.js';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '../saved-model/fixtures/tf');

/** What each SavedModel is made by, and which of its signatures TensorFlow's own results are kept of. */
const kinds: readonly (readonly [name: string, signatures: readonly string[]])[] = [
  ['tf1_frozen', ['serving_default']],
  ['tf1_partitioned', ['serving_default']],
  ['tf1_variables', ['serving_default', 'classify']],
  ['tf2_shards', ['serving_default']],
  ['tf2_training', ['serving_default']],
  ['keras3_export', ['serving_default']],
];

function close(actual: Tensor, expected: Tensor): void {
  expect({ dtype: actual.dtype, shape: actual.shape }).toEqual({ dtype: expected.dtype, shape: expected.shape });
  const [a, b] = [actual, expected].map(({ data }) => Array.from(data as ArrayLike<number | bigint>, Number));
  const worst = Math.max(0, ...(b ?? []).map((value, i) => Math.abs(value - (a?.[i] as number))));
  const scale = Math.max(0, ...(b ?? []).map(Math.abs));
  expect(worst).toBeLessThanOrEqual(1e-5 * Math.max(scale, 1));
}

describe('SavedModels of several kinds give TensorFlow’s results', () => {
  test.each(kinds)(
    '%s',
    async (name, signatures) => {
      const folder = join(fixtures, name);
      const { model } = convert(join(folder, 'saved_model'), { signatures });
      const interpreter = await openInterpreter(serializeModel(model));
      try {
        for (const signature of signatures) {
          const path = (side: string): string => join(folder, `${signature}.${side}.npz`);
          expect(existsSync(path('outputs'))).toBe(true);
          const { outputs } = await interpreter.run(readNpz(readFileSync(path('inputs'))), { signature });
          const expected = readNpz(readFileSync(path('outputs')));
          expect([...outputs.keys()].sort()).toEqual([...expected.keys()].sort());
          for (const [output, tensor] of expected) close(outputs.get(output) as Tensor, tensor);
        }
      } finally {
        await interpreter.dispose();
      }
    },
    60_000,
  );
});
