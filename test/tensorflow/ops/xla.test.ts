import { expect, test } from '@jest/globals';
import { inferred, loweredOps } from './lowered.js';

test('slices from a place that is kept inside', () => {
  const body = '%n = const [2, 3] : tensor<2xi32> %y = tf.XlaDynamicSlice(%x, %s, %n) {Tindices = "int32"}';
  expect(inferred('%x: tensor<4x5xf32>, %s: tensor<2xi32>', body)).toBe('tensor<2x3xf32>');
  expect(loweredOps('%x: tensor<4x5xf32>, %s: tensor<2xi32>', body)).toEqual(['sub', 'minimum', 'maximum', 'slice']);
});
