import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { layOutModel } from '#tflite/file/model-layout.js';
import type { BufferContent, ModelToWrite } from '#tflite/file/model-record.js';
import { parseModel } from '#tflite/file/read-model.js';
import { verifyModel } from '#tflite/file/verify-model.js';
import { serializeModel, writeContent, writeModelFile } from '#tflite/file/write-model.js';
import { fixtureBytes, fixtureNames } from './fixtures.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** One constant for each buffer, so that every buffer is referred to. */
function modelWith(buffers: readonly BufferContent[], extra: Partial<ModelToWrite> = {}): ModelToWrite {
  const tensors = buffers.map((_, buffer) => ({ name: `t${buffer}`, type: 'UINT8' as const, buffer }));
  return { version: 3, subgraphs: [{ tensors }], buffers, ...extra };
}

function filled(byteLength: number, value: number): Uint8Array {
  return new Uint8Array(byteLength).fill(value);
}

const EMPTY = new Uint8Array(0);

describe.each(fixtureNames)('%s', (name) => {
  const bytes = fixtureBytes(name);
  const model = parseModel(bytes);

  test('says the same after writing', () => {
    const again = parseModel(serializeModel(model));
    const marks = (entry: { name: string }) => entry.name !== 'buffer_location';
    expect(again).toEqual({ ...model, metadata: model.metadata.filter(marks) });
    verifyModel(again);
  });

  test('says the same with buffers outside of the flatbuffer', () => {
    const again = parseModel(serializeModel(model, { outsideFrom: 0 }));
    expect(again.subgraphs).toEqual(model.subgraphs);
    expect(again.buffers.slice(0, model.buffers.length)).toEqual(model.buffers);
    verifyModel(again);
  });

  test('is not larger than the official file', () => {
    expect(serializeModel(model).byteLength).toBeLessThanOrEqual(bytes.byteLength);
  });

  test('has the same bytes in a file, in memory and in a second run', async () => {
    for (const outsideFrom of [0, 1e9]) {
      const path = join(folder, `${name}.tflite`);
      const count = await writeModelFile(model, path, { outsideFrom });
      const written = new Uint8Array(readFileSync(path));
      expect(written).toEqual(serializeModel(model, { outsideFrom }));
      expect(written.byteLength).toBe(count);
    }
  });
});

test('every buffer starts at a multiple of 16 bytes and is stored as it is', () => {
  const buffers = [EMPTY, filled(1, 1), filled(17, 2), filled(70_000, 3), filled(16, 4), EMPTY, filled(3, 5)];
  for (const outsideFrom of [0, 1e9]) {
    const bytes = serializeModel(modelWith(buffers), { outsideFrom });
    const read = parseModel(bytes).buffers;
    expect(read.slice(0, buffers.length)).toEqual(buffers);
    for (const buffer of read.slice(0, buffers.length)) {
      if (buffer.byteLength > 0) expect(buffer.byteOffset % 16).toBe(0);
    }
  }
});

test('all but the largest buffer lies in the file while that one is being written', async () => {
  const buffers = [EMPTY, filled(70_000, 1), filled(5, 2), filled(200_000, 3), filled(90_000, 4), filled(17, 5)];
  const whole = serializeModel(modelWith(buffers));
  const layout = layOutModel(modelWith(buffers));
  const path = join(folder, 'content.tflite');
  const seen = await writeContent(layout, path, () => new Uint8Array(readFileSync(path)));
  const start = whole.findIndex((_, at) => at % 16 === 0 && whole.subarray(at, at + 16).every((byte) => byte === 3));
  expect(seen.subarray(0, start)).toEqual(whole.subarray(0, start));
  expect(seen.subarray(start + 200_000)).toEqual(whole.subarray(start + 200_000));
  expect(new Uint8Array(readFileSync(path))).toEqual(whole);
});

test('thunks are asked once when they are written, the largest last', async () => {
  const asked: number[] = [];
  const lazy = (index: number, byteLength: number): BufferContent => ({
    byteLength,
    load: () => {
      asked.push(index);
      return filled(byteLength, index);
    },
  });
  const model = modelWith([EMPTY, lazy(1, 100_000), lazy(2, 5), filled(4, 3), lazy(4, 70_000)]);
  const path = join(folder, 'lazy.tflite');
  await writeModelFile(model, path);
  expect(asked).toEqual([2, 4, 1]);
  const { buffers } = parseModel(new Uint8Array(readFileSync(path)));
  expect(buffers.map((buffer) => [buffer.byteLength, buffer.at(-1)])).toEqual([
    [0, undefined],
    [100_000, 1],
    [5, 2],
    [4, 3],
    [70_000, 4],
  ]);
});

test('a thunk that gives another number of bytes is an error, and nothing is left', async () => {
  const inner = join(folder, 'inner');
  mkdirSync(inner);
  const model = modelWith([EMPTY, filled(100_000, 1), { byteLength: 5, load: () => new Uint8Array(6) }]);
  await expect(writeModelFile(model, join(inner, 'a.tflite'))).rejects.toThrow('a buffer of 5 bytes gave 6');
  expect(readdirSync(inner)).toEqual([]);
});

test('a folder that does not exist is a clear error', async () => {
  const path = join(folder, 'missing', 'a.tflite');
  await expect(writeModelFile(modelWith([EMPTY]), path)).rejects.toThrow(`${path} cannot be written: ENOENT`);
});

describe('buffers outside of the flatbuffer', () => {
  const note = new TextEncoder().encode('1.2.3');
  const model = modelWith([EMPTY, filled(40, 1), note, filled(8, 2)], {
    metadata: [{ name: 'min_runtime_version', buffer: 2 }],
  });

  test('start where the whole file would reach the limit', () => {
    const inside = serializeModel(model).byteLength;
    const isOutside = (outsideFrom: number) =>
      parseModel(serializeModel(model, { outsideFrom })).metadata.some((entry) => entry.name === 'buffer_location');
    expect(isOutside(inside + 1)).toBe(false);
    expect(isOutside(inside)).toBe(true);
  });

  test('are marked by metadata, which itself stays inside, and end in 16 zero bytes', () => {
    const bytes = serializeModel(model, { outsideFrom: 0 });
    const { metadata, buffers } = parseModel(bytes);
    expect(metadata).toEqual([
      { name: 'min_runtime_version', buffer: 2 },
      { name: 'buffer_location', buffer: 4 },
    ]);
    expect(new TextDecoder().decode(buffers[4])).toBe('outside flatbuffers');
    const weights = [buffers[1], buffers[3]] as Uint8Array[];
    const [first, second] = weights.map((buffer) => buffer.byteOffset) as [number, number];
    expect(buffers[2]?.byteOffset).toBeLessThan(first);
    expect(second).toBe(first + 48);
    expect(bytes.byteLength).toBe(second + 16 + 16);
    expect(bytes.subarray(second + 8)).toEqual(new Uint8Array(24));
  });

  test('lose the mark when they come back inside', () => {
    const again = parseModel(serializeModel(parseModel(serializeModel(model, { outsideFrom: 0 }))));
    expect(again.metadata).toEqual([{ name: 'min_runtime_version', buffer: 2 }]);
  });
});

test('what repeats is stored once', () => {
  const operator = (output: number) => ({
    opcode_index: 0,
    inputs: [0],
    outputs: [output],
    builtin_options: { type: 'SoftmaxOptions' as const, value: { beta: 0.5 } },
  });
  const size = (count: number) => {
    const outputs = Array.from({ length: count }, (_, i) => i + 1);
    const tensors = [0, ...outputs].map((i) => ({ name: `t${i}`, shape: [1, 2, 3, 4], buffer: 0 }));
    return serializeModel({
      version: 3,
      operator_codes: [{ builtin_code: 'SOFTMAX', version: 1 }],
      subgraphs: [{ tensors, operators: outputs.map(operator), inputs: [0], outputs: [count] }],
      buffers: [EMPTY],
    }).byteLength;
  };
  // A tensor: table 12, name 8, in its list 4. An operator: table 20, list of outputs 8, in its list 4.
  expect((size(9) - size(5)) / 4).toBe(56);
});
