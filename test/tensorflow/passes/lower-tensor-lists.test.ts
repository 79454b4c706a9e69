import { describe, expect, test } from '@jest/globals';
import { lowerTensorLists } from '#tensorflow/passes/lower-tensor-lists.js';
import { reasonsFor, transform } from '../../support/passes.js';

/** A loop that fills a list of rows as long as the batch. */
const filled = (shape: string): string => `signature "s" (%x: tensor<?x3xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %shape = const ${shape} : tensor<2xi32>
  %five = const 5 : tensor<i32>
  %l = tf.TensorListReserve(%shape, %five) {element_dtype = "float32"}
  %1, %2, %3 = tf.While(%i, %l, %x) (%a: tensor<i32>, %b: variant, %c: tensor<?x3xf32>) {
    %end = const 5 : tensor<i32>
    %t = tf.Less(%a, %end) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: variant, %c: tensor<?x3xf32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %r = tf.Sin(%c)
    %more = tf.TensorListSetItem(%b, %a, %r) {element_dtype = "float32"}
    return %next, %more, %c
  }
  %y = tf.TensorListStack(%2, %shape) {element_dtype = "float32", num_elements = 5}
  return %y
}`;

describe('lower-tensor-lists', () => {
  test('a list that a loop fills is a tensor; a size known at run time only is that of what is put in', () => {
    expect(transform(lowerTensorLists, filled('[-1, 3]'))).toMatchSnapshot();
  });

  test('slices, single elements and their number', () => {
    const text = `signature "s" (%x: tensor<4x3xf32>, %n: tensor<i32>) -> ("y", "z", "l") {
  %any = const -1 : tensor<i32>
  %l = tf.TensorListFromTensor(%x, %any) {element_dtype = "float32"}
  %y = tf.TensorListGetItem(%l, %n, %any) {element_dtype = "float32"}
  %k, %z = tf.TensorListPopBack(%l, %any) {element_dtype = "float32"}
  %c = tf.TensorListLength(%k)
  return %y, %z, %c
}`;
    expect(transform(lowerTensorLists, text)).toMatchSnapshot();
  });

  test.each([
    [
      'a list of lists',
      '%l = tf.TensorListReserve(%any, %n) {element_dtype = "variant"} %c = tf.TensorListLength(%l)',
      'its elements are variant',
    ],
    [
      'elements of unknown rank',
      '%l = tf.TensorListReserve(%any, %n) {element_dtype = "float32"} %c = tf.TensorListLength(%l)',
      'the number of dimensions of its elements is not known',
    ],
    [
      'a size that nothing tells',
      '%some = const [-1] : tensor<1xi32> %l = tf.TensorListReserve(%some, %n) {element_dtype = "float32"} %c = tf.TensorListLength(%l)',
      'size 0 of its elements is not known where it is made',
    ],
    [
      'elements that contradict each other',
      '%l = tf.TensorListFromTensor(%x, %three) {element_dtype = "float32"} %m = tf.TensorListPushBack(%l, %n) {element_dtype = "float32"} %c = tf.TensorListLength(%m)',
      'its elements have different shapes',
    ],
  ])('%s is left', (_, lists, reason) => {
    const text = `signature "s" (%x: tensor<4x3xf32>, %n: tensor<i32>) -> ("c") {
  %any = const -1 : tensor<i32> %three = const [3] : tensor<1xi32> ${lists} return %c }`;
    expect(reasonsFor(lowerTensorLists, text)[0]).toContain(reason);
  });
});
