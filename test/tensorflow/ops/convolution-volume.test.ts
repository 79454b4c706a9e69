import { describe, expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

describe('Conv3D', () => {
  const body = '%y = tf.Conv3D(%x, %w) {strides = [1, 1, 2, 2, 1], padding = "SAME"}';

  test('the result of a convolution', () => {
    expect(inferred('%x: tensor<?x4x5x6x3xf32>, %w: tensor<2x2x2x3x7xf32>', body)).toBe('tensor<?x4x3x3x7xf32>');
    expect(inferred('%x: tensor<*xf32>, %w: tensor<*xf32>', body)).toBe('tensor<?x?x?x?x?xf32>');
  });

  test('one op, whatever its filter comes from', () => {
    expect(loweredOps('%x: tensor<?x4x5x6x3xf32>, %w: tensor<2x2x2x3x7xf32>', body)).toEqual(['conv_3d']);
  });

  test('groups are refused', () => {
    const { reason, help } = refusal('%x: tensor<?x4x5x6x4xf32>, %w: tensor<2x2x2x2x6xf32>', body);
    expect(reason).toContain('CONV_3D has no groups');
    expect(help.join()).toContain('groups=1');
  });
});
