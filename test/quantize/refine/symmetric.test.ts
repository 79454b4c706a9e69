import { expect, test } from '@jest/globals';
import { factorize, gramMatrix } from '#quantize/refine/symmetric.js';

const data = Float64Array.from({ length: 7 * 6 }, (_, i) => ((i * 37) % 11) - 5);

const valueAt = (row: number, column = 0): number => data[row * 6 + column] as number;

test('products of columns, and their factor', () => {
  // Columns in another order.
  const order = [3, 0, 5, 1, 4, 2];
  const gram = gramMatrix(data, 7, order);
  const factor = gram.slice();
  for (let i = 0; i < 6; i++) factor[i * 6 + i] = (factor[i * 6 + i] as number) + 1;
  const shifted = factor.slice();
  expect(factorize(factor, 6)).toBe(true);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let r = 0; r < 7; r++) product += valueAt(r, order[i]) * valueAt(r, order[j]);
      // To the last bit: the same sums in the same order.
      expect(gram[i * 6 + j]).toBe(product / 7);
      let back = 0;
      for (let k = 0; k <= j; k++) back += (factor[i * 6 + k] as number) * (factor[j * 6 + k] as number);
      expect(back).toBeCloseTo(shifted[i * 6 + j] as number, 12);
    }
  }
});

test('what is not positive definite has no factor', () => {
  expect(factorize(Float64Array.of(1, 0, 2, 1), 2)).toBe(false);
});
