import { describe, expect, test } from '@jest/globals';
import { mergeEqualCarriedValues } from '#passes/merge-equal-carried-values.js';
import { removeDeadCarriedValues } from '#passes/remove-dead-carried-values.js';
import { transform } from '../support/passes.js';
import { sameResults } from '../support/same-results.js';

const loop = (second: string): string => `signature "s" (%x: tensor<2xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %j = const 0 : tensor<i32>
  %1, %2, %3, %4 = tf.While(%i, %x, %j, %n) (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<i32>, %d: tensor<i32>) {
    %t = tf.Less(%a, %d) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<i32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    ${second}
    %f = tf.Cast(%c) {SrcT = "int32", DstT = "float32"}
    %z = tf.AddV2(%b, %f)
    return %next, %z, %other, %d
  }
  return %2
}`;
const both = [mergeEqualCarriedValues, removeDeadCarriedValues];

describe('merge-equal-carried-values', () => {
  test('a counter and a time step are one', async () => {
    const text = loop('%uno = const 1 : tensor<i32> %other = tf.AddV2(%c, %uno) {T = "int32"}');
    expect(transform(mergeEqualCarriedValues, text)).toContain('tf.Cast(%arg0)');
    await sameResults(both, text);
  });

  test('what the body tells apart, at once or by another value, stays', () => {
    const two = loop('%two = const 2 : tensor<i32> %other = tf.AddV2(%c, %two) {T = "int32"}');
    expect(transform(mergeEqualCarriedValues, two)).toContain('tf.Cast(%arg2)');
    const swapped = loop('%other = tf.AddV2(%d, %c) {T = "int32"}');
    expect(transform(mergeEqualCarriedValues, swapped)).toContain('tf.Cast(%arg2)');
  });
});
