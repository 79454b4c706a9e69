import { expect, test } from '@jest/globals';
import { balanceRounding } from '#quantize/weights/balance-rounding.js';
import { quantizeWeights } from '#quantize/weights/quantize-weights.js';
import { Tensor } from '#tensor/tensor.js';

const errorsOf = (weights: readonly number[], rounded: Int8Array, scale: number): number[] =>
  weights.map((value, i) => (rounded[i] as number) - value / scale);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('the weights nearest to the middle are rounded the other way, until errors add up to half a step', () => {
  const weights = [0.45, 0.3, 1.4, 2.48, -0.6, 3];
  const rounded = Int8Array.from([0, 0, 1, 2, -1, 3]);
  expect(sum(errorsOf(weights, rounded, 1))).toBeCloseTo(-2.03);
  balanceRounding(Float32Array.from(weights), rounded, { outer: 1, size: 1, inner: 6 }, [1], 127);
  expect([...rounded]).toEqual([1, 0, 1, 3, -1, 3]);
  expect(Math.abs(sum(errorsOf(weights, rounded, 1)))).toBeLessThanOrEqual(0.5);
});

test('what is cut off stays at the limit, and nothing goes beyond it', () => {
  const rounded = Int8Array.from([7, 7, 7]);
  balanceRounding(Float32Array.of(9, 7.4, 7.4), rounded, { outer: 1, size: 1, inner: 3 }, [1], 7);
  expect([...rounded]).toEqual([7, 7, 7]);
});

test.each([
  ['a scale for each result', 0, 0],
  ['one scale', null, 0],
  ['results along the last axis', 1, 1],
])('slices are balanced each by itself: %s', (_, axis, balanced) => {
  const weights = Tensor.float32(
    Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * i) + (i % 5 === 0 ? 0.8 : 0)),
    [8, 8],
  );
  const { tensor, quantization } = quantizeWeights(weights, { axis, bits: 8, algorithm: 'min-max', balanced });
  const steps = tensor.data as Int8Array;
  for (let slice = 0; slice < 8; slice++) {
    let total = 0;
    for (let i = 0; i < 8; i++) {
      const at = balanced === 0 ? slice * 8 + i : i * 8 + slice;
      const scale = quantization.scale[axis === null ? 0 : slice] as number;
      const error = (steps[at] as number) - (weights.data[at] as number) / scale;
      expect(Math.abs(error)).toBeLessThan(1);
      total += error;
    }
    expect(Math.abs(total)).toBeLessThanOrEqual(0.5 + 1e-6);
  }
});
