import { expect, test } from '@jest/globals';
import { type LinearLayer, positionsAlong } from '#quantize/refine/linear-layer.js';
import { Patches, windowRows } from '#quantize/refine/patches.js';

const axis = (size: number, stride = 1, dilation = 1) => ({ size, stride, dilation });
const layer = (changes: Partial<LinearLayer>): LinearLayer => ({
  input: 0,
  weights: 1,
  bias: 2,
  height: axis(2),
  width: axis(2),
  samePadding: false,
  channels: 2,
  units: 1,
  depthwise: false,
  windowed: true,
  ...changes,
});
const image = Float32Array.from({ length: 3 * 3 * 2 }, (_, i) => i + 1);

test.each([
  [5, axis(3), true, { count: 5, before: 1 }],
  [5, axis(3), false, { count: 3, before: 0 }],
  [6, axis(3, 2), true, { count: 3, before: 0 }],
  [7, axis(3, 2), true, { count: 4, before: 1 }],
  [7, axis(3, 1, 2), false, { count: 3, before: 0 }],
  [2, axis(3), false, { count: 0, before: 0 }],
])('along %i a window of %j (same: %s) has positions %j', (length, window, same, expected) => {
  expect(positionsAlong(length, window, same)).toEqual(expected);
});

test('windows are rows of the input, each position once where there are few', () => {
  const rows = windowRows(layer({}), [1, 3, 3, 2], 4);
  expect([...rows]).toEqual([0, 1, 3, 4, 1, 2, 4, 5, 3, 4, 6, 7, 4, 5, 7, 8]);
  const patches = new Patches(layer({}), 10, 1);
  patches.take(image, rows, false);
  expect(patches.rows).toBe(4);
  const taken = Array.from({ length: 4 }, (_, r) => [...patches.data.subarray(r * 8, r * 8 + 8)]);
  expect(taken[0]).toEqual([1, 2, 3, 4, 7, 8, 9, 10]);
  expect(taken[3]).toEqual([9, 10, 11, 12, 15, 16, 17, 18]);
});

test('of many positions an even choice is taken, in all images of a batch', () => {
  const rows = windowRows(layer({ height: axis(1), width: axis(1) }), [2, 10, 10, 2], 40);
  expect(rows.length).toBe(40);
  expect(new Set(rows).size).toBe(40);
  for (let part = 0; part < 4; part++) {
    expect(rows.filter((row) => Math.floor(row / 50) === part).length).toBeGreaterThan(8);
  }
});

test('padding is zeros, dilation leaves out', () => {
  const dilated = layer({ height: axis(2, 1, 2), width: axis(1), samePadding: true });
  const patches = new Patches(dilated, 10, 1);
  const rows = windowRows(dilated, [1, 3, 3, 2], 9);
  // The first row of windows: one row above the image, and its second row.
  expect([...rows.subarray(0, 2)]).toEqual([-1, 3]);
  patches.take(image, rows, false);
  expect([...patches.data.subarray(0, 4)]).toEqual([0, 0, 7, 8]);
});

test('rows that were gathered give the same windows as all rows', () => {
  const same = layer({ samePadding: true });
  const rows = windowRows(same, [1, 3, 3, 2], 5);
  const [whole, gathered] = [new Patches(same, 5, 1), new Patches(same, 5, 1)];
  whole.take(image, rows, false);
  const values = Float32Array.from(
    [...rows].flatMap((row) => [...image.subarray(2 * Math.max(row, 0)).subarray(0, 2)]),
  );
  gathered.take(values, rows, true);
  expect(gathered.data).toEqual(whole.data);
});

test('of more samples than there is room for, those at even distances stay', () => {
  const point = layer({ height: axis(1), width: axis(1), channels: 1, windowed: false });
  const patches = new Patches(point, 4, 4);
  expect(patches.share).toBe(1);
  for (let sample = 0; sample < 11; sample++) patches.take(Float32Array.of(sample), Int32Array.of(0), true);
  expect([...patches.data.subarray(0, patches.rows)]).toEqual([0, 4, 8]);
});

test('a layer without a window sees rows of channels', () => {
  const dense = layer({ height: axis(1), width: axis(1), channels: 3, windowed: false });
  const patches = new Patches(dense, 10, 1);
  patches.take(image, windowRows(dense, [2, 3, 3], 10), false);
  expect(patches.rows).toBe(6);
  expect([...patches.data.subarray(15, 18)]).toEqual([16, 17, 18]);
});
