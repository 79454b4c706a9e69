import { expect, test } from '@jest/globals';
import { supplyBias } from '#tflite/passes/supply-bias.js';
import { transform } from '../../support/passes.js';

test('convolutions and matrix products get a bias of zeros, others and those that have one do not', () => {
  const text = `signature "f" (%x: tensor<1x4x4x2xf32>, %v: tensor<?x3x3x2xf32>) -> ("y", "z", "u") {
    %w = const iota(1) : tensor<4x3x3x2xf32> %b = const [1, 2, 3, 4] : tensor<4xf32>
    %k = const iota(1) : tensor<3x2xf32> %p = const iota(1) : tensor<1x3x3x4xf32> %s = const [1, 4, 4, 4] : tensor<4xi32>
    %c = tfl.conv_2d(%x, %w) %d = tfl.conv_2d(%x, %w, %b) %e = tfl.depthwise_conv_2d(%c, %p)
    %t = tfl.transpose_conv(%s, %w, %x) %y = tfl.fully_connected(%x, %k, none) %z = tfl.add(%d, %e)
    %u = tfl.conv_2d(%x, %v) %q = tfl.add(%z, %t)
    return %y, %q, %u }`;
  expect(transform(supplyBias, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<1x4x4x2xf32>, %arg1 "v": tensor<?x3x3x2xf32>) -> ("y", "z", "u") {
  %c0 = const elided("e9bc9593c310f86c") : tensor<4x3x3x2xf32>
  %c1 = const [1, 2, 3, 4] : tensor<4xf32>
  %c2 = const [[0, 1], [2, 3], [4, 5]] : tensor<3x2xf32>
  %c3 = const elided("b29aceceb8be81c2") : tensor<1x3x3x4xf32>
  %c4 = const [1, 4, 4, 4] : tensor<4xi32>
  %c5 = const splat(0) : tensor<4xf32>
  %0 = tfl.conv_2d(%arg0, %c0, %c5) : tensor<1x4x4x4xf32>
  %1 = tfl.conv_2d(%arg0, %c0, %c1) : tensor<1x4x4x4xf32>
  %c6 = const splat(0) : tensor<4xf32>
  %2 = tfl.depthwise_conv_2d(%0, %c3, %c6) : tensor<1x4x4x4xf32>
  %3 = tfl.transpose_conv(%c4, %c0, %arg0) : tensor<1x4x4x4xf32>
  %c7 = const splat(0) : tensor<3xf32>
  %4 = tfl.fully_connected(%arg0, %c2, %c7) : tensor<16x3xf32>
  %5 = tfl.add(%1, %2) : tensor<1x4x4x4xf32>
  %6 = tfl.conv_2d(%arg0, %arg1) : tensor<1x4x4x?xf32>
  %7 = tfl.add(%5, %3) : tensor<1x4x4x4xf32>
  return %4, %7, %6
}
"
`);
});

test('also where the weights are computed', () => {
  const text = `signature "f" (%x: tensor<1x4x4x2xf32>, %w: tensor<2x3x3x2xf32>) -> ("y") {
    %y = tfl.conv_2d(%x, %w) return %y }`;
  expect(transform(supplyBias, text)).toContain('splat(0) : tensor<2xf32>');
});
