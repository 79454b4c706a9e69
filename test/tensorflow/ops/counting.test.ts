import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

test('buckets', () => {
  const body = '%y = tf.Bucketize(%x) {boundaries = [0.5, 2], T = "float32"}';
  expect(inferred('%x: tensor<?x3xf32>', body)).toBe('tensor<?x3xi32>');
  expect(loweredOps('%x: tensor<?x3xf32>', body)).toEqual(['bucketize']);
});

test('counts', () => {
  const bins = (binary: boolean) =>
    `%s = const 7 : tensor<i32> %y = tf.DenseBincount(%x, %s, %w) {Tidx = "int32", T = "float32", binary_output = ${binary}}`;
  const args = '%x: tensor<?x3xi32>, %w: tensor<0xf32>';
  expect(inferred(args, bins(false))).toBe('tensor<?x7xf32>');
  expect(loweredOps(args, bins(false))).toEqual(['one_hot', 'sum']);
  expect(loweredOps(args, bins(true))).toEqual(['one_hot', 'reduce_max']);
  expect(loweredOps('%x: tensor<?x3xi32>, %w: tensor<?x3xf32>', bins(false))).toContain('mul');
  expect(refusal('%x: tensor<?x3xi32>, %w: tensor<*xf32>', bins(false)).reason).toContain('weights');
});

test('places in sorted rows, and among the best', () => {
  const rows = '%a: tensor<?x5xf32>, %b: tensor<?x2xf32>';
  expect(inferred(rows, '%y = tf.LowerBound(%a, %b)')).toBe('tensor<?x2xi32>');
  expect(loweredOps(rows, '%y = tf.UpperBound(%a, %b)')).toContain('less_equal');
  const top = '%y = tf.InTopK(%a, %b) {k = 2, T = "int32"}';
  expect(inferred('%a: tensor<?x5xf32>, %b: tensor<?xi32>', top)).toBe('tensor<?xi1>');
});
