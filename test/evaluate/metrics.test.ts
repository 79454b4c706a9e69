import { describe, expect, test } from '@jest/globals';
import { dropOf } from '#evaluate/metrics.js';
import { OutputAgreement } from '#evaluate/output-agreement.js';
import { asInput, numbersOf } from '#evaluate/real-numbers.js';
import { TopOne } from '#evaluate/top-one.js';
import { Tensor } from '#tensor/tensor.js';

describe('top-1', () => {
  test('the first of equal scores counts, NaN is never right', () => {
    const count = new TopOne();
    count.add([0, 3, 3], 1);
    count.add([0, 3, 3], 2);
    count.add([Number.NaN, Number.NaN], 0);
    const other = new TopOne();
    other.add([5, 1], 0);
    count.merge(other);
    expect(count.accuracy).toBe(0.5);
    expect(new TopOne().accuracy).toBeNaN();
  });
});

describe('agreement of outputs', () => {
  test('numbers done by hand, in two parts', () => {
    const sums = new OutputAgreement();
    sums.add([3], [4]);
    const rest = new OutputAgreement();
    rest.add([4], [1]);
    sums.merge(rest);
    expect(sums.mae).toBe(2);
    expect(sums.rmse).toBeCloseTo(Math.sqrt(5), 12);
    expect(sums.cosine).toBeCloseTo(16 / Math.sqrt(25 * 17), 12);
    expect(sums.sqnr).toBeCloseTo(10 * Math.log10(2.5), 12);
  });

  test('equal outputs, and such that are no numbers', () => {
    const sums = new OutputAgreement();
    sums.add([0, 0], [0, 0]);
    expect([sums.mae, sums.cosine, sums.sqnr]).toEqual([0, 1, Number.POSITIVE_INFINITY]);
    sums.add([1], [Number.NaN]);
    for (const metric of ['mae', 'rmse', 'cosine', 'sqnr'] as const) expect(dropOf(metric, sums[metric], 1)).toBeNaN();
  });
});

test.each([
  ['top-1', 0.97, 0.99, 0.02],
  ['mae', 0.5, 0, 0.5],
  ['rmse', 0.25, 0, 0.25],
  ['cosine', 0.75, 1, 0.25],
  ['cosine', 1.0000001, 1, 0],
  ['sqnr', 20, Number.POSITIVE_INFINITY, 0.01],
  ['sqnr', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0],
] as const)('the loss of %s %d where float has %d is %d', (metric, value, float, drop) => {
  expect(dropOf(metric, value, float)).toBeCloseTo(drop, 12);
});

describe('quantized inputs and outputs', () => {
  const info = { name: 'x', tensor: 0, shape: [4], quantization: { scales: [0.5], zeroPoints: [-2], axis: 0 } };

  test('are rounded half away from zero, saturate, and become real numbers again', () => {
    const input = asInput(Tensor.float32([0, 1.25, -0.25, 1000]), { ...info, dtype: 'int8' });
    expect([...(input.data as Int8Array)]).toEqual([-2, 1, -3, 127]);
    expect(Array.from(numbersOf(input, info.quantization) ?? [])).toEqual([0, 1.5, -0.5, 64.5]);
  });

  test('of a float model they stay, and text is no numbers', () => {
    const values = Tensor.float32([1, 2]);
    expect(asInput(values, { name: 'x', tensor: 0, dtype: 'float32', shape: [2] })).toBe(values);
    expect(numbersOf(Tensor.fromStrings([1], [new Uint8Array(1)]), undefined)).toBeUndefined();
    expect(numbersOf(Tensor.from('int64', [1], BigInt64Array.of(7n)), undefined)).toEqual([7]);
  });
});
