import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import { quantizeModule } from '#quantize/quantize-module.js';
import { recipeOf } from '#quantize/recipe.js';
import { exportModule } from '#tflite/export/export-module.js';
import type { ModelToWrite } from '#tflite/file/model-record.js';
import { readModelFile } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { writeVerifiedModelFile } from '#tflite/file/write-verified.js';
import { importModel } from '#tflite/import/import-model.js';
import { exported } from './files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-large-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const WIDTH = 256;

/** Matrix products in a row, each with weights that lie outside of the flatbuffer in the file. */
function chain(seeds: readonly number[]): ModelToWrite {
  const weights = seeds.map((seed) => {
    const values = Float32Array.from({ length: WIDTH * WIDTH }, (_, i) => Math.sin(i * seed) / 16);
    return new Uint8Array(values.buffer);
  });
  const activation = (i: number) => ({
    name: `x${i}`,
    shape: [1, WIDTH],
    shape_signature: [-1, WIDTH],
    has_rank: true,
    buffer: 0,
  });
  const weight = (i: number) => ({ name: `w${i}`, shape: [WIDTH, WIDTH], has_rank: true, buffer: i + 1 });
  const count = seeds.length;
  return {
    version: 3,
    operator_codes: [{ builtin_code: 'FULLY_CONNECTED', version: 1 }],
    subgraphs: [
      {
        tensors: [activation(0), ...seeds.flatMap((_, i) => [weight(i), activation(i + 1)])],
        inputs: [0],
        outputs: [2 * count],
        operators: seeds.map((_, i) => ({
          opcode_index: 0,
          inputs: [2 * i, 2 * i + 1, -1],
          outputs: [2 * i + 2],
          builtin_options: { type: 'FullyConnectedOptions' as const, value: {} },
        })),
      },
    ],
    signature_defs: [
      {
        signature_key: 's',
        subgraph_index: 0,
        inputs: [{ name: 'x', tensor_index: 0 }],
        outputs: [{ name: 'y', tensor_index: 2 * count }],
      },
    ],
    buffers: [new Uint8Array(0), ...weights],
  };
}

test('weights of a large file are read when they are written again, equal ones are stored once', async () => {
  const path = join(folder, 'm.tflite');
  await writeVerifiedModelFile(chain([1, 2, 3, 2]), path, { outsideFrom: 0 });
  const model = readModelFile(path, { largeFrom: 0 });
  const module = importModel(model);
  const constants = [...module.ops()].flatMap((op) => op.results.flatMap((result) => constantOf(result) ?? []));
  expect(constants.map(({ deferred }) => deferred !== undefined)).toEqual([true, true, true, true]);
  const again = exported(module, model);
  const whole = readModelFile(path);
  const { buffers, ...rest } = exported(importModel(whole), whole);
  expect({ ...again, buffers: [] }).toEqual({ ...rest, buffers: [] });
  expect(again.buffers.map((bytes, i) => Buffer.compare(bytes, buffers[i] as Uint8Array))).toEqual(
    buffers.map(() => 0),
  );
  expect(again.buffers.filter(({ byteLength }) => byteLength === 4 * WIDTH * WIDTH)).toHaveLength(3);
});

test.each(['dynamic', 'float16', 'weight-only'] as const)(
  'a large file is quantized as any other: %s',
  async (scheme) => {
    const path = join(folder, 'm.tflite');
    await writeVerifiedModelFile(chain([1, 2]), path, { outsideFrom: 0 });
    const [large, whole] = [readModelFile(path, { largeFrom: 0 }), readModelFile(path)].map((model) => {
      const module = importModel(model);
      quantizeModule(module, { recipe: recipeOf(scheme) });
      return serializeModel(exportModule(module), { outsideFrom: 0 });
    }) as [Uint8Array, Uint8Array];
    expect(Buffer.compare(large, whole)).toBe(0);
  },
);
