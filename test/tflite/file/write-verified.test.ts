import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fail } from '#diagnostics/diagnostic.js';
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
