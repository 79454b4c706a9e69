import { describe, expect, test } from '@jest/globals';
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

describe('regions', () => {
  const loop = (next: string): string => `signature "s" (%x: tensor<2x3xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %1, %2, %3 = tf.While(%i, %x, %n) (%a: tensor<i32>, %b: tensor<*xf32>, %d: tensor<i32>) {
    %t = tf.Less(%a, %d) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<*xf32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %axis = const 0 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %z = ${next}
    return %next, %z, %d
  } : tensor<i32>, tensor<*xf32>, tensor<i32>
  return %2
}`;

  test('what a loop carries keeps its shape, if the body does', () => {
    const text = transform(inferTypes, loop('tf.Sin(%b) : tensor<*xf32>'));
    expect(text).toContain('%arg1: tensor<2x3xf32>');
    expect(text).toContain('} : tensor<i32>, tensor<2x3xf32>, tensor<i32>');
  });

  test('and loses the sizes that grow', () => {
    const text = transform(inferTypes, loop('tf.ConcatV2(%b, %b, %axis) {N = 2} : tensor<*xf32>'));
    expect(text).toContain('%arg1: tensor<?x3xf32>');
    expect(text).toContain('} : tensor<i32>, tensor<?x3xf32>, tensor<i32>');
  });

  test('branches know what they are given', () => {
    const text = `signature "s" (%x: tensor<2x3xf32>, %p: tensor<i1>) -> ("y") {
  %1 = tf.If(%p, %x) (%a: tensor<*xf32>) { %r = tf.Sin(%a) : tensor<*xf32> return %r } (%a: tensor<?x3xf32>) { return %a } : tensor<*xf32>
  return %1
}`;
    expect(transform(inferTypes, text)).toContain('} : tensor<2x3xf32>');
  });
});
