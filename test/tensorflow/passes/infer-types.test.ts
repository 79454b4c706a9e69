import { expect, test } from '@jest/globals';
import { inferTypes } from '#tensorflow/passes/infer-types.js';
import { findings, transform } from '../../support/passes.js';

test('shapes flow forwards, and what was known stays', () => {
  const text = `signature "f" (%x: tensor<2x3xf32>) -> ("y") {
    %a = tf.Relu(%x) : tensor<*xf32> %b = tf.Neg(%a) : tensor<?x?xf32> %y = tf.AddV2(%b, %b) : tensor<?x3xf32>
    return %y }`;
  expect(transform(inferTypes, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2x3xf32>) -> ("y") {
  %0 = tf.Relu(%arg0) : tensor<2x3xf32>
  %1 = tf.Neg(%0) : tensor<2x3xf32>
  %2 = tf.AddV2(%1, %1) : tensor<2x3xf32>
  return %2
}
"
`);
});

test('every contradiction is reported, with its node', () => {
  const text = `signature "f" (%x: tensor<2x3xf32>, %z: tensor<4x5xf32>) -> ("y") {
    %a = tf.MatMul(%x, %z) : tensor<2x5xf32> loc("dense/MatMul")
    %y = tf.AddV2(%x, %z) : tensor<2x3xf32> loc("add") return %y }`;
  expect(findings(inferTypes, text)).toMatchInlineSnapshot(`
[
  "invalid-graph: Node "dense/MatMul" (MatMul): 2x3 and 4x5 do not multiply: 3 against 4.",
  "invalid-graph: Node "add" (AddV2): shapes 2x3 and 4x5 do not broadcast.",
]
`);
});

test('types that contradict what was recorded', () => {
  const text = `signature "f" (%x: tensor<2x3xf32>) -> ("y") { %y = tf.Relu(%x) : tensor<2x4xf32> loc("relu") return %y }`;
  expect(findings(inferTypes, text)).toMatchInlineSnapshot(`
[
  "invalid-graph: Node "relu" (Relu): gives a shape that contradicts what was known.",
]
`);
});
