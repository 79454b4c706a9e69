import { describe, expect, test } from '@jest/globals';
import { copyOverlap, isWhole, parseShapeAndSlice, sliceKey, wholeOf } from '#saved-model/tensor-slice.js';

describe('parseShapeAndSlice', () => {
  test('reads shapes and extents', () => {
    expect(parseShapeAndSlice('')).toBeNull();
    expect(parseShapeAndSlice('10 4 0,5:-')).toEqual({ fullShape: [10, 4], start: [0, 0], length: [5, 4] });
    expect(parseShapeAndSlice('7 6,1')).toEqual({ fullShape: [7], start: [6], length: [1] });
  });

  test.each(['10 4', '10 4 0,5', '10 8,5', '10 -1,5', 'a 0,1', '10 0,1:0,1', '10 ', ' '])('refuses "%s"', (text) => {
    expect(parseShapeAndSlice(text)).toBeUndefined();
  });
});

describe('copyOverlap', () => {
  const source = Uint8Array.from({ length: 24 }, (_, i) => i);

  test('copies what two slices share', () => {
    const whole = wholeOf([2, 3, 4]);
    const part = { fullShape: [2, 3, 4], start: [1, 1, 1], length: [1, 2, 2] };
    const target = new Uint8Array(4);
    expect(copyOverlap(source, whole, target, part, 1)).toBe(4);
    expect([...target]).toEqual([17, 18, 21, 22]);
    const back = new Uint8Array(24);
    expect(copyOverlap(target, part, back, whole, 1)).toBe(4);
    expect([17, 18, 21, 22].map((i) => back[i])).toEqual([17, 18, 21, 22]);
    expect(back.reduce((sum, value) => sum + value)).toBe(17 + 18 + 21 + 22);
  });

  test('copies nothing where they share nothing', () => {
    const first = { fullShape: [4], start: [0], length: [2] };
    const last = { fullShape: [4], start: [2], length: [2] };
    expect(copyOverlap(source, first, new Uint8Array(2), last, 1)).toBe(0);
  });

  test('copies scalars and whole elements', () => {
    const target = new Uint8Array(4);
    expect(copyOverlap(source.subarray(4), wholeOf([]), target, wholeOf([]), 4)).toBe(1);
    expect([...target]).toEqual([4, 5, 6, 7]);
  });
});

test('isWhole', () => {
  expect(isWhole(wholeOf([2, 3]))).toBe(true);
  expect(isWhole({ fullShape: [2, 3], start: [0, 1], length: [2, 2] })).toBe(false);
});

test('sliceKey escapes what would end the name', () => {
  expect(sliceKey('a\x00b\xff', [])).toBe('\x00a\x00\xffb\xff\x00\x00\x01\x00');
  expect(sliceKey('w', [{ start: 0, length: undefined }])).toBe('\x00w\x00\x01\x01\x01\x80\x7f');
});
