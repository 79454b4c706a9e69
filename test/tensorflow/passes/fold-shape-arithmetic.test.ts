import { describe, expect, test } from '@jest/globals';
import { foldShapeArithmetic } from '#tensorflow/passes/fold-shape-arithmetic.js';
import { runPass, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const f = (body: string, args = '%x: tensor<?x4x6xf32>'): string => `signature "f" (${args}) -> ("y") {
  %z = const 0 : tensor<i32> %shape = tf.Shape(%x) %n, %h, %w = tf.Unpack(%shape) {T = "int32", num = 3}
  ${body} return %y }`;

describe('fold-shape-arithmetic', () => {
  test('a target with one free size', async () => {
    const text = f(
      `%m = tf.Mul(%h, %w) {T = "int32"} %t = tf.Pack(%n, %m) {T = "int32", N = 2} %y = tf.Reshape(%x, %t)`,
    );
    expect(transform(foldShapeArithmetic, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x4x6xf32>) -> ("y") {
  %c0 = const 0 : tensor<i32>
  %c1 = const [-1, 24] : tensor<2xi32>
  %0 = tf.Reshape(%arg0, %c1) : tensor<?x24xf32>
  return %0
}
"
`);
    await sameResults(foldShapeArithmetic, text);
  });

  test('the known ones of several results', () => {
    const text = `signature "f" (%x: tensor<?x4x6xf32>, %one: tensor<f32>) -> ("y", "z") {
      %shape = tf.Shape(%x) %n, %h, %w = tf.Unpack(%shape) {T = "int32", num = 3}
      %t = tf.Pack(%w, %h) {T = "int32", N = 2} %y = tf.Fill(%t, %one)
      %v = tf.Pack(%n, %h) {T = "int32", N = 2} %z = tf.Fill(%v, %one) return %y, %z }`;
    expect(transform(foldShapeArithmetic, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x4x6xf32>, %arg1 "one": tensor<f32>) -> ("y", "z") {
  %0 = tf.Shape(%arg0) : tensor<3xi32>
  %c0 = const 4 : tensor<i32>
  %1, %2, %3 = tf.Unpack(%0) {T = "int32", num = 3} : tensor<i32>, tensor<i32>, tensor<i32>
  %c1 = const [6, 4] : tensor<2xi32>
  %4 = tf.Fill(%c1, %arg1) : tensor<6x4xf32>
  %5 = tf.Pack(%1, %c0) {T = "int32", N = 2} : tensor<2xi32>
  %6 = tf.Fill(%5, %arg1) : tensor<?x4xf32>
  return %4, %6
}
"
`);
  });

  test('a reshape or broadcast to the same shape goes', () => {
    const text = f('%r = tf.Reshape(%x, %shape) %y = tf.BroadcastTo(%r, %shape)');
    expect(transform(foldShapeArithmetic, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x4x6xf32>) -> ("y") {
  %c0 = const 0 : tensor<i32>
  return %arg0
}
"
`);
  });

  test('types learn sizes', () => {
    const text = f(`%s = tf.Reshape(%x, %t) : tensor<?x?x?xf32> %y = tf.Relu(%s)`, '%x: tensor<?x4x6xf32>').replace(
      '%s =',
      '%t = tf.Pack(%h, %n, %w) {T = "int32", N = 3} %s =',
    );
    expect(transform(foldShapeArithmetic, text)).toContain('tensor<4x?x6xf32>');
  });

  test('the sizes of a Slice', async () => {
    const text =
      f(`%b = const [0, 1, 0] : tensor<3xi32> %one = const 1 : tensor<i32> %l = tf.Pack(%n, %one, %w) {T = "int32", N = 3}
      %y = tf.Slice(%x, %b, %l) {Index = "int32"}`);
    expect(transform(foldShapeArithmetic, text)).toContain('const [-1, 1, 6] : tensor<3xi32>');
    await sameResults(foldShapeArithmetic, text);
  });

  test('int64 shapes', () => {
    const text = f(`%l = tf.Cast(%shape) {SrcT = "int32", DstT = "int64"} %k = const [2, 1, 0] : tensor<3xi32>
      %t = tf.GatherV2(%l, %k, %z) {Tparams = "int64", Tindices = "int32", Taxis = "int32"} %y = tf.Reshape(%x, %t) {Tshape = "int64"}`);
    expect(transform(foldShapeArithmetic, text)).toContain('const [6, 4, -1] : tensor<3xi64>');
  });

  test('not with two free sizes, nor one beside a 0', () => {
    const two = f('%t = tf.Pack(%n, %w, %h) {T = "int32", N = 3} %y = tf.Reshape(%x, %t)', '%x: tensor<?x4x?xf32>');
    expect(runPass(foldShapeArithmetic, two).reasons).toEqual([
      'tf.Reshape: 2 of its sizes are known at run time only',
    ]);
    const zero = f('%t = tf.Pack(%z, %n) {T = "int32", N = 2} %y = tf.Reshape(%x, %t)', '%x: tensor<?x0x6xf32>');
    expect(transform(foldShapeArithmetic, zero)).toContain('tf.Reshape(%arg0, %');
    expect(transform(foldShapeArithmetic, zero)).not.toContain('[0, -1]');
  });
});
