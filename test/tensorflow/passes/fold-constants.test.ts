import { describe, expect, test } from '@jest/globals';
import { foldConstants } from '#tensorflow/passes/fold-constants.js';
import { reasonsFor, transform } from '../../support/passes.js';

describe('fold-constants', () => {
  test('computes what hangs on constants only, in one walk', () => {
    const text = `signature "f" (%x: tensor<2xf32>) -> ("y") {
      %a = const [1, 2] : tensor<2xf32> %b = tf.Mul(%a, %a) loc("square")
      %c = tf.AddV2(%b, %a) %i = tf.Identity(%x) %y = tf.Sub(%i, %c) return %y }`;
    expect(transform(foldConstants, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %c0 = const [2, 6] : tensor<2xf32>
  %0 = tf.Sub(%arg0, %c0) : tensor<2xf32>
  return %0
}
"
`);
  });

  test('in the bodies of control flow, too', () => {
    const text = `signature "f" (%x: tensor<f32>) -> ("y") { %y = tf.Identity(%x) %z = tf.Identity(%y) return %z }`;
    expect(transform(foldConstants, text)).toContain('return %arg0');
  });

  test('not what would take much more room', () => {
    const text = `signature "f" (%x: tensor<1000x1000xf32>) -> ("y") {
      %d = const [1000, 1000] : tensor<2xi32> %v = const 1 : tensor<f32>
      %b = tf.Fill(%d, %v) {index_type = "int32"} %y = tf.AddV2(%x, %b) return %y }`;
    expect(reasonsFor(foldConstants, text)).toEqual(['tf.Fill: its result is much larger than its operands']);
  });
});
