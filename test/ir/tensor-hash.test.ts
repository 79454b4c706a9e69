import { expect, test } from '@jest/globals';
import { contentHash, sameTensor, TensorNumbering } from '#ir/tensor-hash.js';
import { Tensor } from '#tensor/tensor.js';

test('equal tensors get equal numbers, also where only bytes between the samples differ', () => {
  const tensors = Array.from({ length: 6 }, (_, i) => {
    const values = new Float32Array(100_000);
    // Not a sampled place, two and two equal.
    values[1234] = Math.floor(i / 2);
    return Tensor.float32(values);
  });
  const numbering = new TensorNumbering();
  const numbers = tensors.map((tensor) => numbering.numberOf(tensor));
  expect(numbers).toEqual([0, 0, 1, 1, 2, 2]);
  expect(tensors.map((tensor) => numbering.numberOf(tensor))).toEqual(numbers);
  expect(numbering.numberOf((tensors[0] as Tensor).reshape([10, 10_000]))).toBe(3);
});

test('bytes at any offset hash alike', () => {
  const bytes = Uint8Array.from({ length: 11 }, (_, i) => i);
  const moved = new Uint8Array(12);
  moved.set(bytes, 1);
  const a = Tensor.fromBytes('int8', [11], bytes);
  const b = Tensor.fromBytes('int8', [11], moved.subarray(1));
  expect(contentHash(a)).toBe(contentHash(b));
  expect(sameTensor(a, b)).toBe(true);
});
