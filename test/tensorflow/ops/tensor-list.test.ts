import { expect, test } from '@jest/globals';
import { inferred } from './lowered.js';

test('elements have the shape that an operand states', () => {
  const get = '%y = tf.TensorListGetItem(%l, %i, %s) {element_dtype = "float32"}';
  expect(inferred('%l: variant, %i: tensor<i32>', `%s = const [-1, 3] : tensor<2xi32> ${get}`)).toBe('tensor<?x3xf32>');
  expect(inferred('%l: variant, %i: tensor<i32>', `%s = const -1 : tensor<i32> ${get}`)).toBe('tensor<*xf32>');
  expect(inferred('%l: variant, %i: tensor<i32>, %s: tensor<2xi32>', get)).toBe('tensor<?x?xf32>');
});

test('stacked, gathered and joined they have one dimension more, or a longer one', () => {
  const shape = '%s = const [4, 3] : tensor<2xi32>';
  const stack = '%y = tf.TensorListStack(%l, %s) {element_dtype = "float32", num_elements = 5}';
  expect(inferred('%l: variant', `${shape} ${stack}`)).toBe('tensor<5x4x3xf32>');
  const gather = '%y = tf.TensorListGather(%l, %i, %s) {element_dtype = "float32"}';
  expect(inferred('%l: variant, %i: tensor<2xi32>', `${shape} ${gather}`)).toBe('tensor<2x4x3xf32>');
  const concat = '%y, %n = tf.TensorListConcatV2(%l, %s, %d) {element_dtype = "float32"}';
  expect(inferred('%l: variant, %d: tensor<0xi64>', `${shape} ${concat}`)).toBe('tensor<?x3xf32>');
});
