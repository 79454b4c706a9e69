import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

const range = (mode: string) =>
  `%l = const -1 : tensor<f32> %h = const 3 : tensor<f32> %y = tf.Dequantize(%x, %l, %h) {T = "uint8", mode = "${mode}"}`;

test('a factor, and a term where 0 does not stand for 0', () => {
  expect(inferred('%x: tensor<?x3xui8>', range('SCALED'))).toBe('tensor<?x3xf32>');
  expect(loweredOps('%x: tensor<?x3xui8>', range('SCALED'))).toEqual(['cast', 'mul']);
  expect(loweredOps('%x: tensor<?x3xui8>', range('MIN_COMBINED'))).toEqual(['cast', 'mul', 'add']);
});

test('a range that is computed is refused', () => {
  const body = '%y = tf.Dequantize(%x, %l, %h) {T = "uint8"}';
  expect(refusal('%x: tensor<3xui8>, %l: tensor<f32>, %h: tensor<f32>', body).help[0]).toContain('constants');
});
