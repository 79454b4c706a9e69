import { expect, test } from '@jest/globals';
import { asInput, numbersOf, rowsWithNaN } from '#evaluate/real-numbers.js';
import { Tensor } from '#tensor/tensor.js';

const info = { name: 'x', tensor: 0, shape: [4], quantization: { scales: [0.5], zeroPoints: [-2], axis: 0 } };

test('quantized numbers are rounded half away from zero, saturate, and become real numbers again', () => {
  const input = asInput(Tensor.float32([0, 1.25, -0.25, 1000]), { ...info, dtype: 'int8' });
  expect([...(input.data as Int8Array)]).toEqual([-2, 1, -3, 127]);
  expect(Array.from(numbersOf(input, info.quantization) ?? [])).toEqual([0, 1.5, -0.5, 64.5]);
});

test('those of a float model stay, and text is no numbers', () => {
  const values = Tensor.float32([1, 2]);
  expect(asInput(values, { name: 'x', tensor: 0, dtype: 'float32', shape: [2] })).toBe(values);
  expect(numbersOf(Tensor.fromStrings([1], [new Uint8Array(1)]), undefined)).toBeUndefined();
  expect(Array.from(numbersOf(Tensor.from('int64', [1], BigInt64Array.of(7n)), undefined) ?? [])).toEqual([7]);
});

test('half floats are numbers, not their bits', () => {
  expect(Array.from(numbersOf(Tensor.from('float16', [2], Uint16Array.of(0x3c00, 0xc000)), undefined) ?? [])).toEqual([
    1, -2,
  ]);
  expect(Array.from(numbersOf(Tensor.from('bfloat16', [1], Uint16Array.of(0x4040)), undefined) ?? [])).toEqual([3]);
});

test('rows with NaN are found among those of the data', () => {
  expect(rowsWithNaN([1, NaN, 2, 3, NaN, NaN, NaN, 4], 2, 3)).toEqual([0, 2]);
});
