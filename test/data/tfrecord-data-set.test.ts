import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { openDataSet } from '#data/open-data-set.js';
import { readNpz } from '#tensor/npz.js';
import { crc32c, maskCrc32c } from '#wire/crc32c.js';
import { changedFile, fixture, input, readAll, refusal, signature, valuesOf } from './reading.js';

const arrays = readNpz(readFileSync(fixture('stored.npz')));
const x = Array.from(arrays.get('x')?.data as Float32Array);
const token = Array.from(arrays.get('token')?.data as BigInt64Array, Number);
const xOnly = signature(input('x', 'float32', [null, 3, 2]));

/** The bytes of a record as a TFRecord file has them. */
function framed(record: Uint8Array): Buffer {
  const bytes = Buffer.alloc(16 + record.length);
  bytes.writeBigUInt64LE(BigInt(record.length));
  bytes.writeUInt32LE(maskCrc32c(crc32c(bytes.subarray(0, 8))), 8);
  bytes.set(record, 12);
  bytes.writeUInt32LE(maskCrc32c(crc32c(record)), 12 + record.length);
  return bytes;
}

describe('examples that TensorFlow wrote', () => {
  test.each(['rows.tfrecord', 'rows.tfrecord.gz', 'rows.tfrecord.zlib'])('in %s', async (name) => {
    const data = await openDataSet(fixture(name));
    const of = signature(
      input('x', 'float32', [null, 3, 2]),
      input('token', 'int32', [null, 4]),
      input('raw', 'float32', [null, 3, 2]),
      input('label', 'int64', [null]),
    );
    const samples = await readAll(data, of);
    expect(samples.map(({ index, rows }) => [index, rows])).toEqual([0, 1, 2, 3, 4].map((i) => [i, 1]));
    expect(valuesOf(samples, 'x').flat()).toEqual(x);
    expect(valuesOf(samples, 'raw').flat()).toEqual(x);
    expect(valuesOf(samples, 'token').flat()).toEqual(token);
    expect(valuesOf(samples, 'label')).toEqual([[0], [1], [2], [3], [4]]);
    expect(samples[0]?.values.get('x')?.shape).toEqual([1, 3, 2]);
  });

  test("are joined to the model's batch", async () => {
    const data = await openDataSet(fixture('rows.tfrecord'));
    const samples = await readAll(data, signature(input('x', 'float32', [2, 3, 2]), input('token', 'int64', [2, 4])));
    expect(samples.map(({ index, rows }) => [index, rows])).toEqual([
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    expect(valuesOf(samples, 'x').flat()).toEqual([...x, ...x.slice(-6)]);
  });

  test('may hold whole inputs, and sizes that the model leaves open', async () => {
    const data = await openDataSet(fixture('rows.tfrecord'));
    const whole = await readAll(data, signature(input('x', 'float32', [3, 2]), input('token', 'int64', [null])));
    expect(whole.map(({ values }) => [...values.values()].map(({ shape }) => shape))[4]).toEqual([[3, 2], [4]]);
    const open = await readAll(data, signature(input('x', 'float32', [1, null, 2])));
    expect(open[0]?.values.get('x')?.shape).toEqual([1, 3, 2]);
  });

  test('give labels whose dimensions are free', async () => {
    const data = await openDataSet(fixture('rows.tfrecord'));
    const samples = await readAll(data, signature(input('token', 'int64', [null]), input('x', 'float32', [null, 2])));
    expect(samples[0]?.values.get('token')?.shape).toEqual([4]);
    expect(samples[0]?.values.get('x')?.shape).toEqual([3, 2]);
  });

  test('give text as text', async () => {
    const [sample] = await readAll(
      await openDataSet(fixture('rows.tfrecord')),
      signature(input('raw', 'string', [null])),
    );
    expect(sample?.values.get('raw')?.strings[0]?.length).toBe(24);
  });
});

describe('what is wrong is named', () => {
  const opened = async (path: string, of = xOnly) => readAll(await openDataSet(path), of);
  const damaged = (at: number) =>
    changedFile('rows.tfrecord', (bytes) => {
      bytes[at] = (bytes[at] as number) ^ 1;
      return bytes;
    });

  test('a feature that is missing', async () => {
    expect(await refusal(opened(fixture('rows.tfrecord'), signature(input('tokens', 'int64', [null, 4]))))).toMatch(
      /^rows\.tfrecord: sample 0: the feature 'tokens' is missing; there is ('\w+'(, )?){4}$/,
    );
  });

  test.each([
    [input('x', 'int32', [null, 3, 2]), 'it is a list of floats; the input takes int32 [?x3x2]'],
    [input('token', 'float32', [null, 4]), 'it is a list of integers; the input takes float32 [?x4]'],
    [input('token', 'uint8', [null, 4]), /it is a list|its element \d is -\d, which is no uint8; the input takes/],
    [input('x', 'float32', [null, 4, 2]), 'it has 6 elements; the input takes float32 [?x4x2]'],
    [input('x', 'float32', [1, 7]), 'it has 6 elements, not 7; the input takes float32 [1x7]'],
    [input('raw', 'float64', [null, 2]), 'it has 3 elements; the input takes float64 [?x2]'],
  ])('a feature of another kind or size: %j', async (wanted, reason) => {
    const detail = await refusal(opened(fixture('rows.tfrecord'), signature(wanted)));
    expect(detail).toMatch(/^rows\.tfrecord: sample \d, '\w+': /);
    expect(detail.slice(detail.indexOf("': ") + 3)).toEqual(
      typeof reason === 'string' ? reason : expect.stringMatching(reason),
    );
  });

  test('damage', async () => {
    const length = readFileSync(fixture('rows.tfrecord')).length;
    expect(await refusal(opened(damaged(40)))).toBe('rows.tfrecord: record 0 is damaged: its checksum is wrong');
    const second = 16 + Number(readFileSync(fixture('rows.tfrecord')).readBigUInt64LE(0));
    expect(await refusal(opened(damaged(second)))).toBe(
      'rows.tfrecord: the length of record 1 is damaged: its checksum is wrong',
    );
    expect(await refusal(opened(changedFile('rows.tfrecord', (bytes) => bytes.subarray(0, length - 1))))).toBe(
      'rows.tfrecord: record 4: it ends early: 3 of 4 bytes',
    );
    expect(await refusal(opened(changedFile('rows.tfrecord.gz', (bytes) => bytes.subarray(0, 100))))).toMatch(
      /^rows\.tfrecord\.gz: its compression is damaged/,
    );
    expect(await refusal(opened(changedFile('rows.tfrecord', framed(Buffer.from([10, 200])))))).toMatch(
      /^rows\.tfrecord: sample 0 is no tf\.train\.Example: /,
    );
    expect(await refusal(opened(changedFile('rows.tfrecord.zlib', (bytes) => bytes.subarray(0, 100))))).toMatch(
      /^rows\.tfrecord\.zlib: its compression is damaged/,
    );
    expect(await refusal(opened(changedFile('bomb.tfrecord.gz', gzipSync(framed(Buffer.alloc(2 ** 28 + 1))))))).toBe(
      'bomb.tfrecord.gz: record 0 has 268435457 bytes; at most 256 MB can be read',
    );
    expect(await refusal(opened(changedFile('text.gz', gzipSync('no records in here at all'))))).toMatch(
      /the length of record 0 is damaged/,
    );
  });

  test('NaN', async () => {
    // Features { feature { key: "x" value { float_list { value: [NaN] } } } }
    const nan = [10, 4, 0, 0, 0xc0, 0x7f];
    const message = (field: number, content: number[]) => [(field << 3) | 2, content.length, ...content];
    const feature = message(2, nan);
    const entry = [...message(1, [...Buffer.from('x')]), ...message(2, feature)];
    const record = Uint8Array.from(message(1, message(1, entry)));
    const path = changedFile('nan.tfrecord', framed(record));
    expect(await refusal(opened(path, signature(input('x', 'float32', [null, 1]))))).toBe(
      "nan.tfrecord: sample 0, 'x': element 0 is NaN",
    );
  });
});
