import { expect, test } from '@jest/globals';
import { Collector } from '#diagnostics/diagnostic.js';
import { parseModule } from '#ir/parse.js';
import { runPasses } from '#passes/run-passes.js';
import { unknownOp } from '#tensorflow/import/unknown-op.js';
import { lowerToTflite } from '#tensorflow/passes/lower-to-tflite.js';
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
