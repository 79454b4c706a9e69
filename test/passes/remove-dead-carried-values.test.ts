import { describe, expect, test } from '@jest/globals';
import { removeDeadCarriedValues } from '#passes/remove-dead-carried-values.js';
import { transform } from '../support/passes.js';
import { sameResults } from '../support/same-results.js';

const loop = (outputs: string): string => `signature "s" (%x: tensor<2xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %1, %2, %3, %4 = tf.While(%i, %x, %i, %n) (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<i32>, %d: tensor<i32>) {
    %t = tf.Less(%a, %d) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<i32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %other = tf.AddV2(%c, %one) {T = "int32"}
    %z = tf.Mul(%b, %b)
    return ${outputs}
  }
  return %2
}`;

describe('remove-dead-carried-values', () => {
  test('a counter that counts for nobody goes, and all that it took', async () => {
    const text = loop('%next, %z, %other, %d');
    const result = transform(removeDeadCarriedValues, text);
    expect(result).toContain('tf.While(%c0, %arg0, %arg1)');
    expect(result.match(/tf\.AddV2/g)).toHaveLength(1);
    await sameResults(removeDeadCarriedValues, text);
  });

  test('what the condition asks for, if only in a later round, stays', async () => {
    const text = loop('%next, %z, %other, %c');
    expect(transform(removeDeadCarriedValues, text)).toContain('tf.While(%c0, %arg0, %c0, %arg1)');
    await sameResults(removeDeadCarriedValues, loop('%c, %z, %other, %d'));
  });

  test('results and operands of branches', async () => {
    const text = `signature "s" (%x: tensor<2xf32>, %q: tensor<f32>) -> ("y") {
  %zero = const 0 : tensor<f32>
  %p = tf.Greater(%q, %zero)
  %1, %2 = tf.If(%p, %x, %x) (%a: tensor<2xf32>, %b: tensor<2xf32>) {
    %r = tf.Mul(%a, %a)
    %s = tf.Sin(%b)
    return %r, %s
  } (%a: tensor<2xf32>, %b: tensor<2xf32>) {
    return %a, %b
  }
  return %1
}`;
    const result = transform(removeDeadCarriedValues, text);
    expect(result).toContain('tf.If(%0, %arg0) (%arg0: tensor<2xf32>) {');
    expect(result).not.toContain('tf.Sin');
    await sameResults(removeDeadCarriedValues, text);
  });
});
