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

  test('what has no elements is known', () => {
    const text = `signature "f" (%x: tensor<2x0xf32>) -> ("y") { %y = tf.Exp(%x) {T = "float32"} return %y }`;
    expect(transform(foldConstants, text)).toContain('const');
    expect(transform(foldConstants, text.replace('2x0', '?x0'))).toContain('tf.Exp');
  });

  test('zeros times what is finite', () => {
    const text = `signature "f" (%x: tensor<2xf32>) -> ("y") {
      %z = const [0, 0] : tensor<2xf32> %s = tf.Sigmoid(%x) {T = "float32"} %y = tf.Mul(%s, %z) {T = "float32"} return %y }`;
    expect(transform(foldConstants, text)).not.toContain('tf.Mul');
    expect(transform(foldConstants, text.replace('Sigmoid', 'Exp'))).toContain('tf.Mul');
    const part = '%a = const 0 : tensor<i32> %b = tf.Tanh(%x) %s = tf.Split(%a, %b) {T = "float32", num_split = 1}';
    expect(transform(foldConstants, text.replace(/%s = [^%]*%x\) \{.*?\}/, part))).not.toContain('tf.Mul');
    expect(
      transform(
        foldConstants,
        text.replaceAll('xf32', 'x?xf32').replace('[0, 0] : tensor<2x?xf32>', '0 : tensor<f32>'),
      ),
    ).toContain('tf.Mul');
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
