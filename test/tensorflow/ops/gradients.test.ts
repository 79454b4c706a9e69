import { expect, test } from '@jest/globals';
import { inferred, loweredOps, refusal } from './lowered.js';

const args = '%a: tensor<3xf32>, %b: tensor<3xf32>';

test('from results', () => {
  expect(loweredOps(args, '%y = tf.SigmoidGrad(%a, %b)')).toEqual(['sub', 'mul', 'mul']);
  expect(loweredOps(args, '%y = tf.TanhGrad(%a, %b)')).toEqual(['mul', 'sub', 'mul']);
  expect(loweredOps(args, '%y = tf.ReluGrad(%a, %b)')).toEqual(['greater', 'select_v2']);
  const half = '%a: tensor<3xf16>, %b: tensor<3xf16>';
  expect(loweredOps(half, '%y = tf.SqrtGrad(%a, %b) {T = "float16"}')).toEqual(['cast', 'cast', 'mul', 'div', 'cast']);
  const double = '%a: tensor<3xf64>, %b: tensor<3xf64>';
  expect(refusal(double, '%y = tf.SqrtGrad(%a, %b) {T = "float64"}').help[0]).toContain('float32');
});

test('of a bias', () => {
  const body = (format: string) => `%y = tf.BiasAddGrad(%a) {data_format = "${format}"}`;
  expect(inferred('%a: tensor<?x4x5x6xf32>', body('NHWC'))).toBe('tensor<6xf32>');
  expect(inferred('%a: tensor<?x4x5x6xf32>', body('NCHW'))).toBe('tensor<4xf32>');
  expect(loweredOps('%a: tensor<?x4x5x6xf32>', body('NHWC'))).toEqual(['sum']);
  expect(refusal('%a: tensor<*xf32>', body('NHWC')).reason).toContain('rank');
});
