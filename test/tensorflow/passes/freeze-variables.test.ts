import { describe, expect, test } from '@jest/globals';
import { Tensor } from '#tensor/tensor.js';
import { freezeVariables } from '#tensorflow/passes/freeze-variables.js';
import { findings, reasonsFor, transform } from '../../support/passes.js';
import { savedModel } from '../../support/saved-models.js';

const freeze = () => freezeVariables(savedModel({ nodes: [], variables: { w: Tensor.float32([1, 2, 3, 4], [2, 2]) } }));

const f = (body: string, variable = 'w'): string => `signature "f" (%x: tensor<2xf32>, %i: tensor<1xi32>) -> ("y") {
  %h = tf.VarHandleOp() {dtype = "float32", shape = [2, 2], variable = "${variable}"} ${body} return %y }`;

describe('freeze-variables', () => {
  test('reads become constants, all with one tensor', () => {
    const text = f(
      '%a = tf.ReadVariableOp(%h) {dtype = "float32"} %b = tf.ReadVariableOp(%h) {dtype = "float32"} %y = tf.AddV2(%a, %b)',
    );
    expect(transform(freeze(), text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2xf32>, %arg1 "i": tensor<1xi32>) -> ("y") {
  %c0 = const [[1, 2], [3, 4]] : tensor<2x2xf32>
  %c1 = const [[1, 2], [3, 4]] : tensor<2x2xf32>
  %0 = tf.AddV2(%c0, %c1) : tensor<2x2xf32>
  return %0
}
"
`);
  });

  test('every variable is found, though ops behind one are erased with it', () => {
    const read = (name: string) =>
      `%h${name} = tf.VarHandleOp() {dtype = "float32", shape = [2, 2], variable = "w"} %${name} = tf.ReadVariableOp(%h${name}) {dtype = "float32"}`;
    const text = `signature "f" () -> ("y") { ${read('a')} ${read('b')} %y = tf.AddV2(%a, %b) return %y }`;
    expect(transform(freeze(), text)).not.toContain('tf.VarHandleOp');
  });

  test('rows of a variable, and a variable of TensorFlow 1', () => {
    expect(
      transform(freeze(), f('%y = tf.ResourceGather(%h, %i) {dtype = "float32", Tindices = "int32"}')),
    ).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<2xf32>, %arg1 "i": tensor<1xi32>) -> ("y") {
  %c0 = const [[1, 2], [3, 4]] : tensor<2x2xf32>
  %c1 = const 0 : tensor<i32>
  %0 = tf.GatherV2(%c0, %arg1, %c1) {Tparams = "float32", Tindices = "int32", Taxis = "int32"} : tensor<1x2xf32>
  return %0
}
"
`);
    const old =
      'signature "f" () -> ("y") { %v = tf.VariableV2() {dtype = "float32", shape = [2, 2], variable = "w"} %y = tf.Neg(%v) return %y }';
    expect(transform(freeze(), old)).toMatchInlineSnapshot(`
"signature "f" () -> ("y") {
  %c0 = const [[1, 2], [3, 4]] : tensor<2x2xf32>
  %0 = tf.Neg(%c0) : tensor<2x2xf32>
  return %0
}
"
`);
  });

  test('one that is written stays', () => {
    const text = f('%y = tf.ReadVariableOp(%h) {dtype = "float32"} %o = tf.Identity(%h) {T = "resource"} loc("other")');
    expect(reasonsFor(freeze(), text)).toMatchInlineSnapshot(`
[
  "tf.VarHandleOp: tf.Identity at other may write it",
]
`);
  });

  test('one without a value is reported once', () => {
    const text = f(
      '%a = tf.ReadVariableOp(%h) {dtype = "float32"} %b = tf.ReadVariableOp(%h) {dtype = "float32"} %y = tf.AddV2(%a, %b)',
      'gone',
    );
    expect(findings(freeze(), text)).toMatchInlineSnapshot(`
[
  "variable-without-value: The variable "gone" is read, but the checkpoint holds no value for it.",
]
`);
  });
});
