import { describe, expect, test } from '@jest/globals';
import { placeConstantsInBodies } from '#passes/place-constants-in-bodies.js';
import { transform } from '../support/passes.js';
import { sameResults } from '../support/same-results.js';

const loop = `signature "s" (%x: tensor<2xf32>, %n: tensor<i32>) -> ("y", "w") {
  %i = const 0 : tensor<i32>
  %w = const [2, 3] : tensor<2xf32>
  %1, %2, %3, %4 = tf.While(%i, %x, %w, %n) (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<2xf32>, %d: tensor<i32>) {
    %t = tf.Less(%a, %d) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %c: tensor<2xf32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %z = tf.Mul(%b, %c)
    return %next, %z, %c, %d
  }
  return %2, %3
}`;

describe('place-constants-in-bodies', () => {
  test('a constant that a loop hands on is made in its body, and what comes out is what came in', async () => {
    expect(transform(placeConstantsInBodies, loop)).toMatchSnapshot();
    await sameResults(placeConstantsInBodies, loop);
  });

  test('branches have constants of their own; what both hand on is their operand', async () => {
    const text = `signature "s" (%x: tensor<2xf32>, %q: tensor<f32>) -> ("y", "z") {
  %zero = const 0 : tensor<f32>
  %p = tf.Greater(%q, %zero)
  %w = const [2, 3] : tensor<2xf32>
  %1, %2 = tf.If(%p, %x, %w) (%a: tensor<2xf32>, %b: tensor<2xf32>) {
    %r = tf.Mul(%a, %b)
    return %r, %a
  } (%a: tensor<2xf32>, %b: tensor<2xf32>) {
    return %b, %a
  }
  return %1, %2
}`;
    expect(transform(placeConstantsInBodies, text)).toMatchSnapshot();
    await sameResults(placeConstantsInBodies, text);
  });

  test('a constant that only starts a value stays outside', () => {
    const text = loop.replace('return %next, %z, %c, %d', 'return %next, %c, %b, %d');
    expect(transform(placeConstantsInBodies, text)).toContain('tf.While(%c0, %arg0, %c1, %arg1)');
  });
});
