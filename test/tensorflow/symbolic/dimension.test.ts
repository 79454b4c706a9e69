import { expect, test } from '@jest/globals';
import {
  constantDimension as constant,
  divideExactly,
  freshDimension,
  knownSize,
  multiply,
  product,
  sameDimension,
} from '#tensorflow/symbolic/dimension.js';

const [a, b] = [freshDimension(), freshDimension()];

test('products of the same sizes are the same, in any order', () => {
  expect(sameDimension(multiply(a, multiply(constant(4), b)), product([b, constant(2), a, constant(2)]))).toBe(true);
  expect(sameDimension(multiply(a, a), a)).toBe(false);
  expect(sameDimension(a, b)).toBe(false);
  expect(sameDimension(undefined, undefined)).toBe(false);
});

test('only numbers are known', () => {
  expect(knownSize(product([constant(2), constant(3)]))).toBe(6);
  expect(knownSize(multiply(a, constant(3)))).toBeUndefined();
  expect(knownSize(multiply(a, constant(0)))).toBe(0);
  expect(knownSize(undefined)).toBeUndefined();
});

test('a quotient is given where it is a whole number at every run', () => {
  expect(divideExactly(product([a, b, constant(6)]), multiply(b, constant(3)))).toEqual(multiply(a, constant(2)));
  expect(divideExactly(a, constant(2))).toBeUndefined();
  expect(divideExactly(a, b)).toBeUndefined();
  expect(divideExactly(a, multiply(a, a))).toBeUndefined();
  expect(divideExactly(a, constant(0))).toBeUndefined();
});
