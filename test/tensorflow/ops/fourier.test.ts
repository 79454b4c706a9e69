import { describe, expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

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

  test('of other lengths are products with a matrix', () => {
    expect(loweredOps('%a: tensor<?x6xf32>', rfft(6))).toEqual(['fully_connected', 'reshape', 'bitcast']);
    const inverse = '%n = const [6] : tensor<1xi32> %y = tf.IRFFT(%a, %n)';
    expect(inferred('%a: tensor<?x4xc64>', inverse)).toBe('tensor<?x6xf32>');
    expect(loweredOps('%a: tensor<?x4xc64>', inverse)).toEqual(['bitcast', 'reshape', 'fully_connected']);
    expect(loweredOps('%a: tensor<?x5x6xc64>', '%y = tf.FFT2D(%a)')).toContain('transpose');
  });

  test('are refused where a matrix is not known or too large', () => {
    expect(refusal('%a: tensor<?x6xf32>, %n: tensor<1xi32>', '%y = tf.RFFT(%a, %n)').reason).toContain('not known');
    expect(refusal('%a: tensor<?x?xc64>', '%y = tf.FFT(%a)').help[0]).toContain('fixed size');
    expect(refusal('%a: tensor<?x5000xc64>', '%y = tf.IFFT(%a)').help[0]).toContain('2048');
    expect(refusal('%a: tensor<4xc128>', '%y = tf.FFT(%a) {Tcomplex = "complex128"}').reason).toContain('complex128');
  });
});
