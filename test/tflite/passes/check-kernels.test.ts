import { expect, test } from '@jest/globals';
import { checkKernels } from '#tflite/passes/check-kernels.js';
import { findings, reasonsFor } from '../../support/passes.js';

test('all ops without a kernel are reported, with what they would take', () => {
  const text = `signature "f" (%x: tensor<2xf64>, %z: tensor<1x1x1x2x5xf32>) -> ("y", "z") {
    %y = tfl.relu(%x) loc("relu") %a = const 0.5 : tensor<f32> %w = tfl.prelu(%z, %a) loc("prelu") return %y, %w }`;
  expect(findings(checkKernels, text)).toMatchInlineSnapshot(`
[
  "unsupported-op: LiteRT's RELU takes float32 as \`input\`, not float64",
  "unsupported-op: LiteRT's PRELU cannot compute this: it broadcasts in at most 4 dimensions",
]
`);
});

test('nothing is said of a model that runs', () => {
  const text = `signature "f" (%x: tensor<2xf32>) -> ("y") { %y = tfl.relu(%x) return %y }`;
  expect(reasonsFor(checkKernels, text)).toEqual([]);
});
