import { describe, expect, test } from '@jest/globals';
import { ErrorStatistics } from '#quantize/debug/error-statistics.js';
import { real, type Storage, stored } from '#quantize/debug/real-values.js';
import { Tensor } from '#tensor/tensor.js';

const int8: Storage = { dtype: 'int8', scale: 0.5, zeroPoint: -128 };

function statistics(expected: number[], actual: Tensor, storage: Storage): ErrorStatistics {
  const sums = new ErrorStatistics();
  sums.add(Tensor.float32(expected), actual, storage);
  return sums;
}

describe('figures', () => {
  test('of known errors', () => {
    const figures = statistics([3, 4, 0], Tensor.float32([3, 4, 0.5]), { dtype: 'float32' }).figures();
    expect(figures).toMatchObject({ elements: 3, noise: 0.01, maxError: 0.5, saturated: 0, clipped: 0 });
    expect(figures.sqnr).toBeCloseTo(20, 10);
    expect(figures.meanError).toBeCloseTo(0.5 / 3, 10);
    expect(figures.cosine).toBeCloseTo(5 / Math.sqrt(25.25), 10);
  });

  test('ends of the range, and what lies outside of it', () => {
    const values = [0, 127.5, 200, -0.2, -3, 10];
    const { saturated, clipped } = statistics(values, stored(Tensor.float32(values), int8), int8).figures();
    expect([saturated, clipped]).toEqual([5 / 6, 2 / 6]);
  });

  test('without any error, without any signal, without any element', () => {
    const exact = statistics([1, Number.POSITIVE_INFINITY], Tensor.float32([1, Number.POSITIVE_INFINITY]), {
      dtype: 'float32',
    }).figures();
    expect([exact.noise, exact.sqnr, exact.maxError]).toEqual([0, Number.POSITIVE_INFINITY, 0]);
    const silent = statistics([0], Tensor.float32([1]), { dtype: 'float32' }).figures();
    expect([silent.sqnr, silent.cosine]).toEqual([Number.NEGATIVE_INFINITY, 0]);
    expect(new ErrorStatistics().figures()).toMatchObject({ elements: 0, noise: 0, meanError: 0, cosine: 1 });
  });

  test('merged parts are the whole', () => {
    const [a, b] = [
      [0.3, 1.7, 80],
      [-4, 90.1],
    ];
    const whole = new ErrorStatistics();
    const parts = [a, b].map((values) => {
      whole.add(Tensor.float32(values), stored(Tensor.float32(values), int8), int8);
      return statistics(values, stored(Tensor.float32(values), int8), int8);
    });
    const merged = new ErrorStatistics();
    for (const part of parts) merged.merge(part);
    expect(merged.figures()).toEqual(whole.figures());
  });
});

test('integers and back', () => {
  const values = stored(Tensor.float32([0.25, -0.25, 1000, -1000, 3]), { dtype: 'int16', scale: 0.5, zeroPoint: 0 });
  expect([...(values.data as Int16Array)]).toEqual([1, -1, 2000, -2000, 6]);
  expect([...(real(values, { dtype: 'int16', scale: 0.5, zeroPoint: 0 }).data as Float32Array)]).toEqual([
    0.5, -0.5, 1000, -1000, 3,
  ]);
  expect([...(stored(Tensor.float32([1000, -1000]), int8).data as Int8Array)]).toEqual([127, -128]);
});
