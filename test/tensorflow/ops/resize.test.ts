import { describe, expect, test } from '@jest/globals';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const size = '%s = const [4, 3] : tensor<2xi32>';

describe('resizing', () => {
  test.each(['ResizeBilinear', 'ResizeNearestNeighbor'])('%s to a stated size', (name) => {
    expect(inferred('%x: tensor<?x5x7x2xf32>', `${size} %y = tf.${name}(%x, %s)`)).toBe('tensor<?x4x3x2xf32>');
    expect(inferred('%x: tensor<*xf32>, %s: tensor<2xi32>', `%y = tf.${name}(%x, %s)`)).toBe('tensor<?x?x?x?xf32>');
    expect(lowered('%x: tensor<?x5x7x2xf32>', `${size} %y = tf.${name}(%x, %s) {half_pixel_centers = true}`)).toContain(
      '{half_pixel_centers = true}',
    );
    const both = `${size} %y = tf.${name}(%x, %s) {half_pixel_centers = true, align_corners = true}`;
    expect(refusal('%x: tensor<?x5x7x2xf32>', both).help.join()).toContain('half_pixel_centers=True');
  });

  test('bilinear gives float32 of anything', () => {
    expect(inferred('%x: tensor<?x5x7x2xui8>', `${size} %y = tf.ResizeBilinear(%x, %s)`)).toBe('tensor<?x4x3x2xf32>');
    expect(loweredOps('%x: tensor<?x5x7x2xui8>', `${size} %y = tf.ResizeBilinear(%x, %s)`)).toEqual([
      'cast',
      'resize_bilinear',
    ]);
  });

  test('the nearest pixel of small integers goes through float32, that of others through its index', () => {
    const nearest = (attributes = '') => `${size} %y = tf.ResizeNearestNeighbor(%x, %s) {${attributes}}`;
    expect(loweredOps('%x: tensor<?x5x7x2xi16>', nearest())).toEqual(['cast', 'resize_nearest_neighbor', 'cast']);
    const integers = lowered('%x: tensor<?x5x7x2xi32>', nearest());
    expect(integers).toContain('const [0, 1, 2, 3] : tensor<4xi32>');
    expect(integers).toContain('const [0, 2, 4] : tensor<3xi32>');
    expect(lowered('%x: tensor<?x5x7x2xi32>', nearest('half_pixel_centers = true'))).toContain('const [1, 3, 5]');
    expect(lowered('%x: tensor<?x5x7x2xi32>', nearest('align_corners = true'))).toContain('const [0, 3, 6]');
    expect(refusal('%x: tensor<?x?x7x2xi32>', nearest()).help.join()).toContain('tf.cast');
  });
});
