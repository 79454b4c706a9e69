import { expect, test } from '@jest/globals';
import { loweredOps, refusal } from './lowered.js';

test('planes are taken apart and put together again', () => {
  const ops = loweredOps('%x: tensor<?x4x5x3xf32>', '%y = tf.RGBToHSV(%x)');
  expect([ops[0], ops.at(-1)]).toEqual(['split', 'concatenation']);
  expect(refusal('%x: tensor<*xf32>', '%y = tf.RGBToHSV(%x)').reason).toContain('rank');
  expect(refusal('%x: tensor<4x5x3xf64>', '%y = tf.HSVToRGB(%x) {T = "float64"}').reason).toContain('float64');
});

test('contrast', () => {
  const body = '%y = tf.AdjustContrastv2(%x, %c)';
  expect(loweredOps('%x: tensor<?x4x5x3xf32>, %c: tensor<f32>', body)).toEqual(['mean', 'sub', 'mul', 'add']);
});
