import { describe, expect, test } from '@jest/globals';
import { affineOf, rangeOf, unite } from '#quantize/affine.js';

describe('scale and zero point of a range', () => {
  test.each([
    [{ min: -1, max: 1 }, 'int8', Math.fround(2 / 255), -1],
    [{ min: 0, max: 6 }, 'int8', Math.fround(6 / 255), -128],
    [{ min: -6, max: 0 }, 'int8', Math.fround(6 / 255), 127],
    [{ min: 0, max: 6 }, 'uint8', Math.fround(6 / 255), 0],
    [{ min: -3, max: 2 }, 'int16', Math.fround(3 / 32767), 0],
  ] as const)('%j as %s', (range, dtype, scale, zeroPoint) => {
    expect(affineOf(range, dtype)).toEqual({ scale, zeroPoint });
  });

  test('zero is always one of the numbers', () => {
    expect(affineOf({ min: 2, max: 4 }, 'int8')).toEqual({ scale: Math.fround(4 / 255), zeroPoint: -128 });
    expect(affineOf({ min: -4, max: -2 }, 'int8')).toEqual({ scale: Math.fround(4 / 255), zeroPoint: 127 });
  });

  test('zeros alone and the tiniest ranges give scales that kernels can compute with', () => {
    expect(affineOf({ min: 0, max: 0 }, 'int8')).toEqual({ scale: 2 ** -8, zeroPoint: -128 });
    expect(affineOf({ min: 0, max: 0 }, 'int16')).toEqual({ scale: 2 ** -8, zeroPoint: 0 });
    expect(affineOf({ min: 0, max: 1e-44 }, 'int8').scale).toBe(2 ** -100);
  });

  test('the range that they stand for', () => {
    expect(rangeOf({ scale: 0.5, zeroPoint: -128 }, 'int8')).toEqual({ min: 0, max: 127.5 });
    expect(unite({ min: 0, max: 1 }, { min: -1, max: 0 })).toEqual({ min: -1, max: 1 });
    expect(unite(undefined, { min: -1, max: 0 })).toEqual({ min: -1, max: 0 });
  });
});
