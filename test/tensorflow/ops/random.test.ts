import { expect, test } from '@jest/globals';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

test.each([
  ['RandomUniform', 'random_uniform'],
  ['RandomStandardNormal', 'random_standard_normal'],
])('%s', (op, name) => {
  const body = (dtype: string) => `%y = tf.${op}(%s) {seed = 3, seed2 = 4, dtype = "${dtype}", T = "int32"}`;
  expect(inferred('%s: tensor<2xi32>', body('float32'))).toBe('tensor<?x?xf32>');
  expect(inferred('', `%s = const [2, 3] : tensor<2xi32> ${body('float32')}`)).toBe('tensor<2x3xf32>');
  expect(lowered('%s: tensor<2xi32>', body('float32'))).toContain(`tfl.${name}(%arg0) {seed = 3, seed2 = 4}`);
  expect(loweredOps('%s: tensor<2xi32>', body('float16'))).toEqual([name, 'cast']);
  expect(refusal('%s: tensor<2xi32>', body('float64')).reason).toContain('float64');
});

test('whole numbers', () => {
  const body = '%y = tf.RandomUniformInt(%s, %a, %b) {Tout = "int32", T = "int64"}';
  expect(loweredOps('%s: tensor<2xi64>, %a: tensor<i32>, %b: tensor<i32>', body)).toEqual([
    ...['sub', 'cast', 'cast', 'random_uniform', 'mul', 'cast', 'add'],
  ]);
});
