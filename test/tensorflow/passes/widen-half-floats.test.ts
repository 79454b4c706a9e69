import { describe, expect, test } from '@jest/globals';
import { printModule } from '#ir/print.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { runPasses } from '#passes/run-passes.js';
import { widenHalfFloats } from '#tensorflow/passes/widen-half-floats.js';
import { parse } from '../../support/dialects.js';

function widened(body: string): string {
  const module = parse(`signature "f" (%x: tensor<?x3xf32>, %w: tensor<3x4xf16>) -> ("y") { ${body} return %y }`);
  runPasses(module, [widenHalfFloats, removeDeadOps]);
  return printModule(module);
}

describe('widen-half-floats', () => {
  test('everything between the casts of a model is computed in float32', () => {
    const body = `%h = tf.Cast(%x) {SrcT = "float32", DstT = "float16"}
      %p = tf.MatMul(%h, %w) {T = "float16"} %r = tf.Relu(%p) {T = "float16"}
      %y = tf.Cast(%r) {SrcT = "float16", DstT = "float32"}`;
    expect(widened(body)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>, %arg1 "w": tensor<3x4xf16>) -> ("y") {
  %0 = tf.Cast(%arg1) {SrcT = "float16", DstT = "float32"} : tensor<3x4xf32>
  %1 = tf.MatMul(%arg0, %0) {T = "float32"} : tensor<?x4xf32>
  %2 = tf.Relu(%1) : tensor<?x4xf32>
  %3 = tf.Cast(%2) {SrcT = "float32", DstT = "float32"} : tensor<?x4xf32>
  return %3
}
"
`);
  });

  test('results stay what they are', () => {
    const body = `%h = tf.Cast(%x) {SrcT = "float32", DstT = "float16"} %y = tf.MatMul(%h, %w) {T = "float16"}`;
    expect(widened(body)).toContain('return %2');
    expect(widened(body)).toContain('tensor<?x4xf16>');
  });

  test('ops that have kernels for it are left alone', () => {
    const body = `%h = tf.Cast(%x) {SrcT = "float32", DstT = "float16"} %y = tf.AddV2(%h, %h) {T = "float16"}`;
    expect(widened(body)).toContain('tf.AddV2(%0, %0) {T = "float16"}');
  });
});
