import { expect, test } from '@jest/globals';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from '#tensor/float16.js';

test.each([
  ['float16', float16ToNumber, numberToFloat16],
  ['bfloat16', bfloat16ToNumber, numberToBfloat16],
])('all %s values survive', (_, toNumber, toBits) => {
  const lost: number[] = [];
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = toNumber(bits);
    const back = toBits(value);
    if (Number.isNaN(value) ? !Number.isNaN(toNumber(back)) : back !== bits) lost.push(bits);
  }
  expect(lost).toEqual([]);
});

test.each([
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [-1e9, 0xfc00],
  [2 ** -24, 1],
  [2 ** -25, 0],
  [2 ** -25 * 1.001, 1],
  [3 * 2 ** -25, 2],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [6.103e-5, 0x0400],
])('%d rounds to the nearest float16, ties to even', (value, bits) => {
  expect(numberToFloat16(value)).toBe(bits);
});

test.each([
  [1 + 2 ** -8, 0x3f80],
  [1 + 3 * 2 ** -8, 0x3f82],
  [3.4e38, 0x7f80],
  [-0.1, 0xbdcd],
])('%d rounds to the nearest bfloat16, ties to even', (value, bits) => {
  expect(numberToBfloat16(value)).toBe(bits);
});
