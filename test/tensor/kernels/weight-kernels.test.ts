import { describe, expect, test } from '@jest/globals';
import { holdLent, isLent, lend, scaleColumns } from '#tensor/kernels/weight-kernels.js';

const factors = Float32Array.from({ length: 8 }, (_, i) => 0.3 * i - 1);
const values = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i) / 3);
const expected = values.map((value, i) => value * (factors[i % 8] as number));

const bytesOf = (array: Float32Array): Uint8Array => new Uint8Array(array.slice().buffer);
const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);

describe('scaleColumns', () => {
  test('multiplies in memory of its own', () => {
    const bytes = bytesOf(values);
    expect(scaleColumns(bytes, factors)).toBe(true);
    expect(floatsOf(bytes)).toEqual(expected);
  });

  test('multiplies in lent memory, and leaves what else is lent and held', () => {
    const held = lend(96);
    held.set(bytesOf(values));
    const release = holdLent(held);
    const bytes = lend(96);
    bytes.set(bytesOf(values));
    expect(isLent(bytes)).toBe(true);
    expect(scaleColumns(bytes, factors)).toBe(true);
    expect(scaleColumns(bytesOf(values), factors)).toBe(true);
    expect(floatsOf(bytes)).toEqual(expected);
    expect(floatsOf(held)).toEqual(values);
    release();
  });

  test('refuses rows that are not whole blocks of four', () => {
    const bytes = bytesOf(values.slice(0, 6));
    expect(scaleColumns(bytes, factors.slice(0, 6))).toBe(false);
    expect(floatsOf(bytes)).toEqual(values.slice(0, 6));
  });

  test('refuses where all lent memory is held', () => {
    const releases = [lend(96), lend(96), lend(96)].map(holdLent);
    expect(scaleColumns(bytesOf(values), factors)).toBe(false);
    for (const release of releases) release();
    expect(scaleColumns(bytesOf(values), factors)).toBe(true);
  });
});
