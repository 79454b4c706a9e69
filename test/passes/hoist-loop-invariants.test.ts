import { describe, expect, test } from '@jest/globals';
import { hoistLoopInvariants } from '#passes/hoist-loop-invariants.js';
import { transform } from '../support/passes.js';
import { sameResults } from '../support/same-results.js';

const loop = (
  work: string,
  given = '%c',
): string => `signature "s" (%x: tensor<2xf32>, %w: tensor<2xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %1, %2, %3, %4 = tf.While(%i, %x, %w, %n) (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<2xf32>, %d: tensor<i32>) {
    %two = const 2 : tensor<i32>
    %end = tf.Minimum(%d, %two) {T = "int32"}
    %t = tf.Less(%a, %end) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<2xf32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    ${work}
    %z = tf.AddV2(%b, %v)
    return %next, %z, ${given}, %d
  }
  return %2
}`;

describe('hoist-loop-invariants', () => {
  test('what the body and the condition compute of values that are handed on is computed before', async () => {
    const text = loop('%s = tf.Sin(%c) %v = tf.Mul(%s, %c)');
    const result = transform(hoistLoopInvariants, text);
    expect(result.indexOf('tf.Sin')).toBeLessThan(result.indexOf('tf.While'));
    expect(result.indexOf('tf.Mul')).toBeLessThan(result.indexOf('tf.While'));
    expect(result.indexOf('tf.Minimum')).toBeLessThan(result.indexOf('tf.While'));
    await sameResults(hoistLoopInvariants, text);
  });

  test('what changes, or may fail where there is no round, stays', () => {
    const changing = transform(hoistLoopInvariants, loop('%v = tf.Sin(%c)', '%v'));
    expect(changing.indexOf('tf.Sin')).toBeGreaterThan(changing.indexOf('tf.While'));
    const division = loop('%q = tf.FloorDiv(%d, %d) {T = "int32"} %v = tf.Cast(%q) {SrcT = "int32", DstT = "float32"}');
    const result = transform(hoistLoopInvariants, division);
    expect(result.indexOf('tf.FloorDiv')).toBeGreaterThan(result.indexOf('tf.While'));
  });

  test('out of a loop within a loop', async () => {
    const text = `signature "s" (%x: tensor<2xf32>, %w: tensor<2xf32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %1, %2, %3 = tf.While(%i, %x, %w) (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<2xf32>) {
    %two = const 2 : tensor<i32> %t = tf.Less(%a, %two) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<2xf32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %zero = const 0 : tensor<i32>
    %4, %5, %6 = tf.While(%zero, %b, %c) (%d: tensor<i32>, %e: tensor<2xf32>, %f: tensor<2xf32>) {
      %three = const 3 : tensor<i32> %t = tf.Less(%d, %three) {T = "int32"}
      return %t
    } (%d: tensor<i32>, %e: tensor<2xf32>, %f: tensor<2xf32>) {
      %uno = const 1 : tensor<i32>
      %more = tf.AddV2(%d, %uno) {T = "int32"}
      %s = tf.Sin(%f)
      %z = tf.AddV2(%e, %s)
      return %more, %z, %f
    }
    return %next, %5, %c
  }
  return %2
}`;
    const result = transform(hoistLoopInvariants, text);
    expect(result.indexOf('tf.Sin')).toBeLessThan(result.indexOf('tf.While'));
    await sameResults(hoistLoopInvariants, text);
  });
});
