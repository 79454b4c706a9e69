import { expect, test } from '@jest/globals';
import { decodeFlex, encodeFlex } from '#wire/flatbuffers/flexbuffers.js';
import { FlatBufferError } from '#wire/flatbuffers/reader.js';

const value = { Truncate: 0.5, n: -3, names: ['a', 'b'], flag: true, nested: { x: [1, 2, 3] } };

test('a value says the same after encoding and decoding', () => {
  expect(decodeFlex(encodeFlex(value))).toEqual(value);
});

test('bytes of the official Python encoder are decoded', () => {
  // flexbuffers.Dumps({'n': -3, 'names': ['a', 'b'], 'x': 0.5})
  const bytes = Buffer.from(
    '6e006e616d6573000161000162000206041414780003161505000000060000000100000003000000fdffffff1d0000000000003f06280e0f2601',
    'hex',
  );
  expect(decodeFlex(bytes)).toEqual({ n: -3, names: ['a', 'b'], x: 0.5 });
});

test('damaged bytes are a FlatBufferError, whatever they say', () => {
  const bytes = encodeFlex(value);
  let refused = 0;
  for (let position = 0; position < bytes.length; position++) {
    for (const byte of [0, 1, 0x7f, 0xff]) {
      const damaged = bytes.slice();
      damaged[position] = byte;
      try {
        decodeFlex(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(FlatBufferError);
        refused++;
      }
    }
  }
  expect(refused).toBeGreaterThan(10);
  expect(() => decodeFlex(new Uint8Array(0))).toThrow(FlatBufferError);
});
