import { describe, expect, test } from '@jest/globals';
import { textOf } from '#saved-model/strings.js';
import { tensorFromProto } from '#saved-model/tensor-proto.js';
import type { Tensor } from '#tensor/tensor.js';
import { failureOf, fromBase64, messages } from './fixtures.js';

function constant(text: string): Tensor {
  return tensorFromProto('saved_model.pb', fromBase64(text));
}

/** 0 to 5 in this dtype's own representation. */
const bits: Record<string, unknown[]> = {
  float16: [0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500],
  bfloat16: [0, 0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0],
  bool: [0, 1, 0, 1, 0, 1],
  int64: [0n, 1n, 2n, 3n, 4n, 5n],
  uint64: [0n, 1n, 2n, 3n, 4n, 5n],
  complex64: [0, -0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5],
  complex128: [0, -0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5],
  int4: [0x10, 0x32, 0x54],
};

const repeatedBits: Record<string, unknown[]> = {
  float16: [0x4200, 0x4200, 0x4200, 0x4200, 0x4200],
  bfloat16: [0x4040, 0x4040, 0x4040, 0x4040, 0x4040],
  bool: [1, 1, 1, 1, 1],
  int64: [3n, 3n, 3n, 3n, 3n],
  uint64: [3n, 3n, 3n, 3n, 3n],
  complex64: [3, -3, 3, -3, 3, -3, 3, -3, 3, -3],
  complex128: [3, -3, 3, -3, 3, -3, 3, -3, 3, -3],
  int4: [0x33, 0x33, 0x03],
};

const numeric = [
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'int4',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'complex64',
  'complex128',
];

describe('tensorFromProto', () => {
  test.each(numeric)('reads %s', (dtype) => {
    const { array, repeated } = messages.constants[dtype] as { array: string; repeated: string };
    const whole = constant(array);
    expect(whole.dtype).toBe(dtype);
    expect(whole.shape).toEqual([2, 3]);
    // Complex zeros are 0 - 0j, whose sign NumPy may or may not keep.
    const plain = (values: Iterable<unknown>) => [...values].map((value) => (value === 0 ? 0 : value));
    expect(plain(whole.data as Iterable<unknown>)).toEqual(plain(bits[dtype] ?? [0, 1, 2, 3, 4, 5]));
    const filled = constant(repeated);
    expect(filled.shape).toEqual([5]);
    expect([...(filled.data as Iterable<unknown>)]).toEqual(repeatedBits[dtype] ?? [3, 3, 3, 3, 3]);
  });

  test('reads strings', () => {
    const { array, repeated } = messages.constants['string'] as { array: string; repeated: string };
    expect(constant(array).strings.map(textOf)).toEqual(['', 'a', 'aa', 'aaa', 'aaaa', 'aaaaa']);
    expect(constant(repeated).strings.map(textOf)).toEqual(['aaa', 'aaa', 'aaa', 'aaa', 'aaa']);
  });

  test('uses content in place', () => {
    const bytes = fromBase64((messages.constants['float32'] as { array: string }).array);
    expect(tensorFromProto('saved_model.pb', bytes).bytes.buffer).toBe(bytes.buffer);
  });

  test('fills up with the last value, or with zeros', () => {
    expect([...(constant(messages.constants['uneven'] as string).data as Float32Array)]).toEqual([1, 2, 2, 2]);
    expect([...(constant(messages.constants['zeros'] as string).data as BigInt64Array)]).toEqual([0n, 0n, 0n]);
  });

  test('takes quantized types for the integers that they are stored as', () => {
    expect(constant(messages.constants['quantized'] as string).dtype).toBe('int8');
  });

  test('refuses what no tensor can be', () => {
    expect(failureOf(() => constant(Buffer.from('08181200220100', 'hex').toString('base64')))).toMatchObject({
      code: 'unsupported-model',
      detail: 'The graph holds a constant of type float8_e5m2, which TFLite has not.',
    });
    expect(failureOf(() => constant(messages.constants['large'] as string)).code).toBe('corrupt-file');
    // dtype 1 (float), a shape of [2], three values
    expect(
      failureOf(() =>
        constant(Buffer.from('0801120412020802' + '2a0c000000000000000000000000', 'hex').toString('base64')),
      ).detail,
    ).toBe('saved_model.pb: a constant of 2 float32 elements has 3 values.');
    // the same with five bytes of content
    expect(
      failureOf(() => constant(Buffer.from('0801120412020802' + '22050000000000', 'hex').toString('base64'))).detail,
    ).toBe('saved_model.pb: a constant of float32[2] has 5 bytes of content.');
  });
});
