import { expect, test } from '@jest/globals';
import { type LinearLayer, positionsAlong } from '#quantize/refine/linear-layer.js';
import { Patches } from '#quantize/refine/patches.js';

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

test('takes each position once where there are few', () => {
  const patches = new Patches(layer({}), 10);
  patches.take(image, [1, 3, 3, 2], 4);
  expect(patches.rows).toBe(4);
  const rows = Array.from({ length: 4 }, (_, r) => [...patches.data.subarray(r * 8, r * 8 + 8)]);
  expect(rows[0]).toEqual([1, 2, 3, 4, 7, 8, 9, 10]);
  expect(rows[3]).toEqual([9, 10, 11, 12, 15, 16, 17, 18]);
});

test('padding is zeros, dilation leaves out', () => {
  const patches = new Patches(layer({ height: axis(2, 1, 2), width: axis(1), samePadding: true }), 10);
  patches.take(image, [1, 3, 3, 2], 9);
  // The first row of windows: one row above the image, and its second row.
  expect([...patches.data.subarray(0, 4)]).toEqual([0, 0, 7, 8]);
});

test('ends when it is full', () => {
  const patches = new Patches(layer({}), 3);
  patches.take(image, [1, 3, 3, 2], 2);
  expect(patches.isFull).toBe(false);
  patches.take(image, [1, 3, 3, 2], 2);
  expect([patches.rows, patches.isFull]).toEqual([3, true]);
});

test('a layer without a window sees rows of channels', () => {
  const patches = new Patches(layer({ height: axis(1), width: axis(1), channels: 3, windowed: false }), 10);
  patches.take(image, [2, 3, 3], 10);
  expect(patches.rows).toBe(6);
  expect([...patches.data.subarray(15, 18)]).toEqual([16, 17, 18]);
});
