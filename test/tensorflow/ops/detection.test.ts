import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

const args = '%b: tensor<?x4xf32>, %s: tensor<?xf32>, %n: tensor<i32>, %i: tensor<f32>, %t: tensor<f32>';

test('suppression, padded or not', () => {
  const body = (pad: boolean) =>
    `%y, %v = tf.NonMaxSuppressionV4(%b, %s, %n, %i, %t) {pad_to_max_output_size = ${pad}}`;
  expect(loweredOps(args, body(true))).toEqual(['non_max_suppression_v4']);
  expect(loweredOps(args, body(false))).toEqual(['non_max_suppression_v4', 'reshape', 'slice']);
  const constant = '%b: tensor<?x4xf32>, %s: tensor<?xf32>';
  const three = '%n = const 7 : tensor<i32> %y = tf.NonMaxSuppression(%b, %s, %n)';
  expect(inferred(constant, three)).toBe('tensor<?xi32>');
});

test('suppression class by class needs known numbers', () => {
  const limits =
    '%n = const 4 : tensor<i32> %m = const 9 : tensor<i32> %i = const 0.5 : tensor<f32> %t = const 0.1 : tensor<f32>';
  const body = `${limits} %y, %s, %c, %v = tf.CombinedNonMaxSuppression(%a, %b, %n, %m, %i, %t)`;
  const ops = loweredOps('%a: tensor<1x12x1x4xf32>, %b: tensor<1x12x3xf32>', body);
  expect(ops.filter((op) => op === 'non_max_suppression_v4')).toHaveLength(3);
  expect(refusal('%a: tensor<?x12x1x4xf32>, %b: tensor<?x12x3xf32>', body).help[0]).toContain('--input-shape');
  expect(refusal('%a: tensor<64x12x1x4xf32>, %b: tensor<64x12x90xf32>', body).reason).toContain('5760 suppressions');
});
