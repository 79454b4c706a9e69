import { describe, expect, test } from '@jest/globals';
import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import { parseModule } from '#ir/parse.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { signatureOp } from '#tensorflow/flex/signature-op.js';
import { unknownOp } from '#tensorflow/import/unknown-op.js';
import { lowerToTflite, lowerToTfliteWith } from '#tensorflow/passes/lower-to-tflite.js';
import { bothDialects } from '../../support/dialects.js';
import { transform } from '../../support/passes.js';

test('every op becomes TFLite ops at its place, ops that TFLite has already stay', () => {
  const text = `signature "f" (%x: tensor<?x3xf32>) -> ("y") {
    %c = const [1, 2, 3] : tensor<3xf32> %a = tf.AddV2(%x, %c) loc("dense/add")
    %b = tfl.relu(%a) loc("relu") %y = tf.Tanh(%b) loc("tanh") return %y }`;
  expect(transform(lowerToTflite, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>) -> ("y") {
  %c0 = const [1, 2, 3] : tensor<3xf32>
  %0 = tfl.add(%arg0, %c0) : tensor<?x3xf32> loc("dense/add")
  %1 = tfl.relu(%0) : tensor<?x3xf32> loc("relu")
  %2 = tfl.tanh(%1) : tensor<?x3xf32> loc("tanh")
  return %2
}
"
`);
});

test('all ops without an equivalent are reported together', () => {
  const text = `signature "f" (%x: tensor<?x3xf32>) -> ("y") {
    %a = tf.Mystery(%x) : tensor<?x3xf32> loc("layer/Mystery") %b = tf.Mystery(%a) : unknown loc("layer/Mystery_1")
    %c = tf.Relu(%a) %y = tf.Other(%c, %b) : tensor<3xf32> loc("other") return %y }`;
  const module = parseModule(text, (name) =>
    name === 'tf.Mystery' || name === 'tf.Other' ? unknownOp(name.slice(3)) : bothDialects(name),
  );
  const collector = new Collector();
  expect(() => runPasses(module, [lowerToTflite], [], collector)).toThrow();
  expect(
    collector.diagnostics.map(({ code, op, detail, locations }) => [code, op, detail, locations[0]?.node]),
  ).toMatchInlineSnapshot(`
[
  [
    "unsupported-op",
    "Mystery",
    "TFLite has no op for it",
    "layer/Mystery",
  ],
  [
    "unsupported-op",
    "Mystery",
    "TFLite has no op for it",
    "layer/Mystery_1",
  ],
  [
    "unsupported-op",
    "Other",
    "TFLite has no op for it",
    "other",
  ],
]
`);
});

describe('with foreign kernels', () => {
  const lowered = (text: string, flex: boolean, ...custom: string[]) => {
    const module = parseModule(
      text,
      (name) => bothDialects(name) ?? signatureOp(name.slice(3), everyAttribute) ?? unknownOp(name.slice(3)),
    );
    const collector = new Collector();
    try {
      runPasses(module, [lowerToTfliteWith({ flex, custom: new Set(custom) })], [verifyObserver()], collector);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
    return {
      codes: [...module.ops()].map((op) => String(op.attributes['custom_code'] ?? op.name)),
      findings: collector.diagnostics.map(({ code, detail }) => `${code}: ${detail}`),
    };
  };
  /** The text form writes all of them. */
  const everyAttribute = { has: () => true } as unknown as ReadonlyMap<string, unknown>;

  test('ops with a kernel of LiteRT keep it', () => {
    const text = 'signature "f" (%x: tensor<3xf32>) -> ("y") { %y = tf.Relu(%x) return %y }';
    expect(lowered(text, true, 'Relu')).toEqual({ codes: ['tfl.relu'], findings: [] });
  });

  test('an element type that no kernel takes is left to Flex, and nothing of the attempt stays', () => {
    const text = `signature "f" (%x: tensor<2xstr>) -> ("y") {
      %a = const 0 : tensor<i32>
      %y = tf.ConcatV2(%x, %x, %a) {N = 2, T = "string"} return %y }`;
    const { codes, findings } = lowered(text, true);
    expect(codes).toEqual(['const', 'FlexConcatV2']);
    expect(findings).toEqual(["needs-flex-delegate: TensorFlow's own kernels compute ConcatV2."]);
  });

  test('what is neither allowed nor possible is refused with both reasons', () => {
    const text = `signature "f" (%x: tensor<3xf32>) -> ("y") { %y = tf.Mystery(%x) : tensor<3xf32> return %y }`;
    expect(lowered(text, true).findings).toMatchInlineSnapshot(`
[
  "unsupported-op: TFLite has no op for it; it cannot be a Flex op: TensorFlow has no op of this name",
]
`);
    expect(lowered(text, false, 'Other').findings).toEqual(['unsupported-op: TFLite has no op for it']);
    expect(lowered(text, false, 'Mystery').codes).toEqual(['Mystery']);
  });

  test('ops that share a handle go to Flex together', () => {
    const text = `signature "f" (%x: tensor<i32>) -> ("y") {
      %q = tf.StackV2(%x) {elem_type = "float32", stack_name = "s"} : resource
      %e = const 1 : tensor<f32>
      %p = tf.StackPushV2(%q, %e) {T = "float32", swap_memory = false} : tensor<f32>
      return %p }`;
    expect(lowered(text, true).codes).toEqual(['FlexStackV2', 'const', 'FlexStackPushV2']);
  });

  test('a variable is written once, whatever was tried before', () => {
    const text = `signature "f" (%x: tensor<3xf32>) -> ("y") {
      %v = tf.VarHandleOp() {dtype = "float32", shape = [3], shared_name = "v", container = "", variable = "v"} : resource<tensor<3xf32>>
      tf.AssignAddVariableOp(%v, %x) {dtype = "float32"}
      tf.AssignVariableOp(%v, %x) {dtype = "float32"}
      %y = tf.ReadVariableOp(%v) {dtype = "float32"} return %y }`;
    const codes = ['var_handle', 'read_variable', 'add', 'assign_variable', 'assign_variable', 'read_variable'];
    const expected = { codes: codes.map((code) => `tfl.${code}`), findings: [] };
    expect(lowered(text, false, 'Other')).toEqual(expected);
    expect(lowered(text, true)).toEqual(expected);
  });
});
