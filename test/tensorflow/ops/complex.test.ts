import { describe, expect, test } from '@jest/globals';
import { foldedTensor } from './constants.js';
import { inferred, loweredOps, refusal } from './lowered.js';

test.each([
  ['Real', 'real', [3]],
  ['Imag', 'imag', [-4]],
  ['ComplexAbs', 'complex_abs', [5]],
])('%s', (op, name, values) => {
  const body = `%y = tf.${op}(%a) {T = "complex64", Tout = "float32"}`;
  expect(inferred('%a: tensor<?xc64>', body)).toBe('tensor<?xf32>');
  expect(loweredOps('%a: tensor<?xc64>', body)).toEqual([name]);
  const wide = `%y = tf.${op}(%a) {T = "complex128", Tout = "float64"}`;
  expect(loweredOps('%a: tensor<?xc128>', wide)).toEqual([name]);
  expect([...(foldedTensor(`%a = const [(3, -4)] : tensor<1xc64> ${body}`)?.data ?? [])]).toEqual(values);
});

describe('Fourier transforms', () => {
  const rfft = (length: number) => `%n = const [${length}] : tensor<1xi32> %y = tf.RFFT(%a, %n)`;

  test('of one dimension are rows of two', () => {
    expect(inferred('%a: tensor<?x8xf32>', rfft(8))).toBe('tensor<?x5xc64>');
    expect(inferred('%a: tensor<*xf32>', rfft(8))).toBe('tensor<*xc64>');
    expect(loweredOps('%a: tensor<?x8xf32>', rfft(8))).toEqual(['reshape', 'rfft2d', 'reshape']);
    expect(loweredOps('%a: tensor<?x?x8xf32>', rfft(8))).toEqual(['expand_dims', 'rfft2d', 'squeeze']);
  });

  test('of two dimensions', () => {
    const body = '%n = const [4, 8] : tensor<2xi32> %y = tf.RFFT2D(%a, %n)';
    expect(inferred('%a: tensor<?x4x8xf32>', body)).toBe('tensor<?x4x5xc64>');
    expect(loweredOps('%a: tensor<?x4x8xf32>', body)).toEqual(['rfft2d']);
  });

  test('of other lengths are refused', () => {
    expect(refusal('%a: tensor<?x6xf32>', rfft(6)).reason).toContain('powers of two only, not 6');
    expect(refusal('%a: tensor<?x6xf32>, %n: tensor<1xi32>', '%y = tf.RFFT(%a, %n)').reason).toContain('not constant');
  });
});
