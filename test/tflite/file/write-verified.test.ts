import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fail } from '#diagnostics/diagnostic.js';
import { keptBytes, type LazyBytes } from '#tflite/file/model-record.js';
import { parseModel, readModelFile } from '#tflite/file/read-model.js';
import { serializeModel } from '#tflite/file/write-model.js';
import { writeVerifiedModelFile } from '#tflite/file/write-verified.js';
import { fixtureBytes } from './fixtures.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-write-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const model = parseModel(fixtureBytes('float_network'));

test('writes what serializing gives, and gives the model as read back', async () => {
  const path = join(folder, 'm.tflite');
  expect((await writeVerifiedModelFile(model, path)).subgraphs).toEqual(model.subgraphs);
  expect(readFileSync(path)).toEqual(Buffer.from(serializeModel(model)));
  expect(readdirSync(folder)).toEqual(['m.tflite']);
});

test('the bytes of a file are written as they are', async () => {
  const path = join(folder, 'm.tflite');
  const bytes = fixtureBytes('float_network');
  expect((await writeVerifiedModelFile(bytes, path)).subgraphs).toEqual(model.subgraphs);
  expect(readFileSync(path)).toEqual(Buffer.from(bytes));
  await expect(writeVerifiedModelFile(bytes.subarray(0, 100), path)).rejects.toThrow('is not sound');
  expect(readFileSync(path)).toEqual(Buffer.from(bytes));
  expect(readdirSync(folder)).toEqual(['m.tflite']);
});

test('large buffers are written whole, and not read back', async () => {
  const weights = new Uint8Array(1 << 20).fill(7);
  const path = join(folder, 'm.tflite');
  const buffers = [...model.buffers, weights];
  const written = await writeVerifiedModelFile({ ...model, buffers }, path);
  expect(written.buffers.at(-1)?.byteLength).toBe(weights.length);
  expect(written.buffers.slice(0, -1)).toEqual(model.buffers);
  expect(Buffer.compare(readModelFile(path).buffers.at(-1) as Uint8Array, weights)).toBe(0);
});

test('a model that is not sound is not put in place of a file', async () => {
  const path = join(folder, 'm.tflite');
  writeFileSync(path, 'before');
  const broken = { ...model, operator_codes: [...model.operator_codes, { builtin_code: 'ADD' as const }] };
  await expect(writeVerifiedModelFile(broken, path)).rejects.toThrow('the file that was written is not sound');
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['m.tflite']);
});

test('a folder that does not exist, a folder in place of the file', async () => {
  const nowhere = join(folder, 'no', 'm.tflite');
  await expect(writeVerifiedModelFile(model, nowhere)).rejects.toThrow(`${nowhere} cannot be written`);
  await expect(writeVerifiedModelFile(model, folder)).rejects.toThrow('File cannot be read or written');
  writeFileSync(join(folder, 'file'), '');
  const inFile = join(folder, 'file', 'm.tflite');
  await expect(writeVerifiedModelFile(model, inFile)).rejects.toThrow('File cannot be read or written');
  expect(readdirSync(folder)).toEqual(['file']);
});

test('weights that cannot be read are told of themselves, and leave nothing', async () => {
  const load = (): Uint8Array =>
    fail('corrupt-file', { detail: 'the checksum is wrong', locations: [{ file: 'shard' }] });
  const buffers = [...model.buffers, { byteLength: 1 << 20, load }];
  const written = writeVerifiedModelFile({ ...model, buffers }, join(folder, 'm.tflite'));
  await expect(written).rejects.toThrow(
    expect.objectContaining({
      diagnostics: [expect.objectContaining({ code: 'corrupt-file', locations: [{ file: 'shard' }] })],
    }),
  );
  expect(readdirSync(folder)).toEqual([]);
});

describe('a large file, whose buffers lie outside of the flatbuffer', () => {
  const weights = Uint8Array.from({ length: 1 << 17 }, (_, i) => (i * 7) % 251);
  const other = Uint8Array.from({ length: 1 << 17 }, (_, i) => (i * 5) % 241);
  const buffers = [...model.buffers, weights, other];

  test('is written and read back without its weights, which are read where they are asked for', async () => {
    const path = join(folder, 'm.tflite');
    const written = await writeVerifiedModelFile({ ...model, buffers }, path, { outsideFrom: 0 });
    expect(readdirSync(folder)).toEqual(['m.tflite']);
    expect(written.subgraphs).toEqual(model.subgraphs);
    const contents = written.buffers.slice(0, buffers.length);
    expect(contents.map((content) => content instanceof Uint8Array)).toEqual(
      buffers.map(({ byteLength }) => byteLength < 1 << 16),
    );
    expect(contents.map((content, i) => Buffer.compare(keptBytes(content), buffers[i] as Uint8Array))).toEqual(
      buffers.map(() => 0),
    );
  });

  test('is read by its flatbuffer alone, and says the same as when it is read whole', async () => {
    const path = join(folder, 'm.tflite');
    await writeVerifiedModelFile({ ...model, buffers }, path, { outsideFrom: 0 });
    const read = readModelFile(path, { largeFrom: 0 });
    expect(read.buffers.filter((content) => !(content instanceof Uint8Array))).toHaveLength(2);
    const whole = readModelFile(path);
    expect({ ...read, buffers: [] }).toEqual({ ...whole, buffers: [] });
    expect(
      Buffer.compare(Buffer.concat(read.buffers.map(keptBytes)), Buffer.concat(whole.buffers as Uint8Array[])),
    ).toBe(0);
    // Equal contents have equal keys or samples, others have not.
    const [first, second] = read.buffers.slice(model.buffers.length) as LazyBytes[];
    expect(first?.key).not.toBe(second?.key);
    expect(first?.sample).not.toBe(second?.sample);
  });

  test('that is cut off, or is none, is told', async () => {
    const path = join(folder, 'm.tflite');
    await writeVerifiedModelFile({ ...model, buffers }, path, { outsideFrom: 0 });
    const read = () => readModelFile(path, { largeFrom: 0 });
    const { buffers: contents } = read();
    truncateSync(path, statSync(path).size - (1 << 16));
    expect(read).toThrow(/lie outside of the \d+ bytes/);
    expect(() => (contents.at(-2) as LazyBytes).load()).toThrow('it ends at byte');
    truncateSync(path, 100);
    expect(read).toThrow('is damaged');
    writeFileSync(path, 'no model');
    expect(read).toThrow('is no .tflite file');
  });
});
