import { expect, test } from '@jest/globals';
import { lowered } from './lowered.js';

test('a part is written over', () => {
  const update = '%y = tf.XlaDynamicUpdateSlice(%x, %u, %i) {Tindices = "int32"}';
  const text = lowered('%x: tensor<4x3xf32>, %u: tensor<1x3xf32>, %i: tensor<2xi32>', update);
  expect(text).toContain('tfl.dynamic_update_slice(%arg0, %arg1, %arg2) : tensor<4x3xf32>');
});
