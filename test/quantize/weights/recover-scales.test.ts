import { describe, expect, test } from '@jest/globals';
import { channelsOf, greatestOf } from '#quantize/weights/channels.js';
import { recoverScales } from '#quantize/weights/recover-scales.js';

function recovered(values: readonly number[], shape: readonly number[], axis: number | null, limit = 127): number[] {
  const data = Float32Array.from(values);
  const channels = channelsOf(shape, axis);
  return [...recoverScales(data, channels, greatestOf(data, channels), limit)];
}

describe('recoverScales', () => {
  test('the step of each slice', () => {
    const steps = [1, -3, 120, 7, 2, 64, -127, 33, 2, 5, -90, 33, 11, -1, 99, 4];
    const values = steps.map((step, i) => Math.fround(step * (i < 8 ? 0.013 : 0.0007)));
    const scales = recovered(values, [2, 8], 0);
    expect(scales[0]).toBeCloseTo(0.013, 6);
    expect(scales[1]).toBeCloseTo(0.0007, 8);
  });

  test('the finest one that fits: biases are stored by it, too', () => {
    expect(recovered([0.5, -1, 1.5, 0, 0, 0.5, 0.5, 1], [8], null)).toEqual([1.5 / 126]);
    expect(recovered(new Array<number>(8).fill(-2), [8], null)).toEqual([2 / 127]);
  });

  test('none of weights on no grid, or on a finer one, or of few', () => {
    expect(recovered([0.1234, 0.777, -0.3219, 0.5551, 0.9, 0.4, 0.1, 0.3], [8], null)).toEqual([0]);
    expect(recovered([1, 127, 3, 4, 5, 6, 7, 8], [8], null, 7)).toEqual([0]);
    expect(recovered([1, 0.0005, -0.0004, 0, 0, 0, 0, 0], [8], null)).toEqual([0]);
    expect(recovered(new Array<number>(8).fill(0), [8], null)).toEqual([0]);
    expect(recovered([1, 2, 3], [3], null)).toEqual([0]);
  });
});
