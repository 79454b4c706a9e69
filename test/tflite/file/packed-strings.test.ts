import { expect, test } from '@jest/globals';
import { packStrings, unpackStrings } from '#tflite/file/packed-strings.js';

const texts = ['a', '', 'été'].map((text) => new Uint8Array(Buffer.from(text)));

test('strings are stored behind their number and offsets', () => {
  const bytes = packStrings(texts);
  expect([...new Int32Array(bytes.buffer.slice(0, 20))]).toEqual([3, 20, 21, 21, 26]);
  expect(unpackStrings(bytes, 3)?.map((text) => Buffer.from(text).toString())).toEqual(['a', '', 'été']);
  expect(unpackStrings(packStrings([]), 0)).toEqual([]);
  expect(unpackStrings(new Uint8Array(0), 0)).toEqual([]);
});

test('what does not hold that many is refused', () => {
  const bytes = packStrings(texts);
  expect(unpackStrings(bytes, 2)).toBeUndefined();
  expect(unpackStrings(bytes.subarray(0, 12), 3)).toBeUndefined();
  expect(unpackStrings(bytes.subarray(0, 22), 3)).toBeUndefined();
  const damaged = new Uint8Array(bytes);
  new DataView(damaged.buffer).setInt32(8, 4, true);
  expect(unpackStrings(damaged, 3)).toBeUndefined();
});
