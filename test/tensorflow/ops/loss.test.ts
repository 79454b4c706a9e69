import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

test('cross-entropy with labels that are probabilities, and with classes', () => {
  const dense = '%y, %g = tf.SoftmaxCrossEntropyWithLogits(%a, %b)';
  expect(inferred('%a: tensor<?x5xf32>, %b: tensor<1x5xf32>', dense)).toBe('tensor<?xf32>');
  expect(loweredOps('%a: tensor<?x5xf32>, %b: tensor<?x5xf32>', dense)).toEqual(['log_softmax', 'mul', 'sum', 'neg']);
  const sparse = '%y, %g = tf.SparseSoftmaxCrossEntropyWithLogits(%a, %b) {Tlabels = "int64"}';
  expect(loweredOps('%a: tensor<?x?xf32>, %b: tensor<?xi64>', sparse)).toContain('one_hot');
  expect(() => inferred('%a: tensor<3x5xf32>, %b: tensor<4xi64>', sparse)).toThrow('number of rows');
  const half = '%y, %g = tf.SoftmaxCrossEntropyWithLogits(%a, %b) {T = "float64"}';
  expect(refusal('%a: tensor<3x5xf64>, %b: tensor<3x5xf64>', half).reason).toContain('float64');
});
