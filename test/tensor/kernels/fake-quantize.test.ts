import { describe, expect, test } from '@jest/globals';
import { extremes, nudgedGrid, roundToGrids, roundToMultiples, symmetricGrid } from '#tensor/kernels/fake-quantize.js';
import { Tensor } from '#tensor/tensor.js';

function values(tensor: Tensor): number[] {
  // −0 is as good as 0.
  return Array.from(tensor.data as Float32Array, (value) => value + 0);
}

describe('nudgedGrid', () => {
  test('moves the range so that zero is on the grid', () => {
    expect(nudgedGrid(-1, 2, 8, false)).toMatchObject({ scale: Math.fround(3 / 255), zeroPoint: 85 });
    const { least, greatest, zeroPoint } = nudgedGrid(-1.1, 2, 4, false) ?? {};
    expect(zeroPoint).toBe(5);
    expect([least, greatest].map((value) => value?.toFixed(4))).toEqual(['-1.0333', '2.0667']);
  });

  test('a range on one side of zero starts at zero, as wide as before', () => {
    expect(nudgedGrid(0.5, 2, 8, false)).toMatchObject({ least: 0, greatest: 1.5, zeroPoint: 0 });
    expect(nudgedGrid(-3, -1, 8, false)).toMatchObject({ least: -2, greatest: 0, zeroPoint: 255 });
  });

  test('a narrow one has one number less', () => {
    expect(nudgedGrid(-1.27, 1.27, 8, true)).toMatchObject({ zeroPoint: 128, scale: Math.fround(0.01) });
  });

  test('an empty range has no grid, but that of zero', () => {
    expect(nudgedGrid(1, 1, 8, false)).toBeUndefined();
    expect(nudgedGrid(2, 1, 8, false)).toBeUndefined();
    expect(nudgedGrid(Number.NaN, 1, 8, false)).toBeUndefined();
    expect(nudgedGrid(0, 0, 8, false)).toMatchObject({ scale: 0 });
  });
});

describe('rounding', () => {
  const grid = nudgedGrid(-2, 1, 2, false);

  test('to a grid: clamped, halves up', () => {
    expect(grid).toMatchObject({ least: -2, greatest: 1, scale: 1 });
    const x = Tensor.float32([-9, -1.5, -1.51, 0.4, 0.5, 9, Infinity, Number.NaN]);
    expect(values(roundToGrids(x, grid ? [grid] : [], 0))).toEqual([-2, -1, -2, 0, 1, 1, 1, Number.NaN]);
  });

  test('a grid for each index along an axis', () => {
    const grids = [1, 2].map((scale) => symmetricGrid(-3 * scale, 3 * scale, { bits: 3, signed: true, narrow: true }));
    const x = Tensor.float32([1.2, 1.2, 9, 9], [2, 2]);
    expect(values(roundToGrids(x, grids, 1))).toEqual([1, 2, 3, 6]);
    expect(values(roundToGrids(x, grids, 0))).toEqual([1, 1, 6, 6]);
  });

  test('to multiples: halves even or up, beyond the range or not', () => {
    const one = symmetricGrid(-2, 1, { bits: 2, signed: true, narrow: false });
    const round = (clamp: boolean, halfUp: boolean): number[] =>
      values(roundToMultiples(Tensor.float32([0.5, 1.5, 2.5, -0.5, -1.5]), [one], 0, { clamp, halfUp }));
    expect(round(false, false)).toEqual([0, 2, 2, 0, -2]);
    expect(round(false, true)).toEqual([1, 2, 3, 0, -1]);
    expect(round(true, false)).toEqual([0, 1, 1, 0, -2]);
  });

  test('to zero where the range is zero', () => {
    const zero = symmetricGrid(0, 0, { bits: 8, signed: true, narrow: false });
    expect(values(roundToGrids(Tensor.float32([3, -3]), [zero], 0)).map(Math.abs)).toEqual([0, 0]);
  });

  test('constants that are made late stay so', () => {
    const load = (): Uint8Array => new Uint8Array(Float32Array.of(0.6, 7).buffer);
    const x = Tensor.deferred('float32', [2], { load, key: 'x', sample: 'x' });
    const result = roundToGrids(x, grid ? [grid] : [], 0);
    expect(result.deferred).toBeDefined();
    expect(values(result)).toEqual([1, 1]);
  });
});

test('symmetricGrid takes the side that needs the greater step', () => {
  const signed = { bits: 8, signed: true, narrow: false };
  expect(symmetricGrid(-1, 2, signed)).toMatchObject({ scale: Math.fround(2 / 127), zeroPoint: 128 });
  expect(symmetricGrid(-4, 2, signed)).toMatchObject({ scale: 4 / 128, least: -4 });
  expect(symmetricGrid(-4, 2, { ...signed, narrow: true })).toMatchObject({ scale: Math.fround(4 / 127), least: -4 });
  expect(symmetricGrid(0, 2, { ...signed, signed: false })).toMatchObject({
    scale: Math.fround(2 / 255),
    zeroPoint: 0,
  });
});

test('extremes, of all elements or along an axis', () => {
  const x = Tensor.float32([1, -2, 3, 4, 5, -6], [2, 3]);
  expect(extremes(x, undefined)).toEqual([{ min: -6, max: 5 }]);
  expect(extremes(x, 0)).toEqual([
    { min: -2, max: 3 },
    { min: -6, max: 5 },
  ]);
  expect(extremes(x, 1)).toEqual([
    { min: 1, max: 4 },
    { min: -2, max: 5 },
    { min: -6, max: 3 },
  ]);
});
