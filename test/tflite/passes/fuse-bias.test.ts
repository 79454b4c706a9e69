import { describe, expect, test } from '@jest/globals';
import { fuseBias } from '#tflite/passes/fuse-bias.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const dense = (body: string): string => `
  signature "f" (%x: tensor<?x3xf32>, %r: tensor<?x2xf32>) -> ("y") {
    %w = const iota(0.5) : tensor<2x3xf32>
    %d = tfl.fully_connected(%x, %w, none)
    ${body}
  }`;

describe('fuse-bias', () => {
  test('what is added becomes the bias, and keeps the activation', () => {
    const text = dense(`%c = const [1, 2] : tensor<2xf32>
      %y = tfl.add(%d, %c) {fused_activation_function = "RELU"} return %y`);
    expect(transform(fuseBias, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>, %arg1 "r": tensor<?x2xf32>) -> ("y") {
  %c0 = const [[0, 0.5, 1], [1.5, 2, 2.5]] : tensor<2x3xf32>
  %c1 = const [1, 2] : tensor<2xf32>
  %0 = tfl.fully_connected(%arg0, %c0, %c1) {fused_activation_function = "RELU"} : tensor<?x2xf32>
  return %0
}
"
`);
  });

  test('on either side, subtracted, one after the other, and one number for all channels', async () => {
    const text =
      dense(`%c = const [1, 2] : tensor<2xf32> %e = const 4.0 : tensor<f32> %f = const [[7, -7]] : tensor<1x2xf32>
      %a = tfl.add(%c, %d) %b = tfl.sub(%a, %e) %y = tfl.add(%b, %f) return %y`);
    expect(transform(fuseBias, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>, %arg1 "r": tensor<?x2xf32>) -> ("y") {
  %c0 = const [[0, 0.5, 1], [1.5, 2, 2.5]] : tensor<2x3xf32>
  %c1 = const [4, -9] : tensor<2xf32>
  %0 = tfl.fully_connected(%arg0, %c0, %c1) : tensor<?x2xf32>
  return %0
}
"
`);
    await sameResults(fuseBias, text, { tolerance: 1e-6 });
  });

  test.each([
    ['conv_2d', 'tfl.conv_2d(%x, %w)', '4x3x3x2', '1x4x4x4', '4'],
    ['depthwise_conv_2d', 'tfl.depthwise_conv_2d(%x, %w) {depth_multiplier = 2}', '1x3x3x4', '1x4x4x4', '4'],
    ['transpose_conv', 'tfl.transpose_conv(%s, %w, %x)', '4x3x3x2', '1x4x4x4', '4'],
  ])('%s, with the same results', async (_, call, weights, result, channels) => {
    const text = `signature "f" (%x: tensor<1x4x4x2xf32>) -> ("y") {
      %s = const [${result.split('x').join(', ')}] : tensor<4xi32>
      %w = const iota(0.01) : tensor<${weights}xf32> %c = const [1, 2, 3, 4] : tensor<${channels}xf32>
      %d = ${call} %y = tfl.add(%d, %c) return %y }`;
    expect(transform(fuseBias, text)).not.toContain('tfl.add');
    await sameResults(fuseBias, text, { tolerance: 1e-6 });
  });

  test.each([
    ['another user', '%c = const 1.0 : tensor<f32> %a = tfl.add(%d, %c) %y = tfl.mul(%a, %d) return %y'],
    ['not constant', '%y = tfl.add(%d, %r) return %y'],
    ['constant minus product', '%c = const 1.0 : tensor<f32> %y = tfl.sub(%c, %d) return %y'],
    ['one number for each row', '%c = const [[1], [2]] : tensor<2x1xf32> %y = tfl.add(%d, %c) return %y'],
    ['more dimensions', '%c = const [[[1, 2]]] : tensor<1x1x2xf32> %y = tfl.add(%d, %c) return %y'],
    ['an activation before', '%c = const 1.0 : tensor<f32> %e = tfl.relu(%d) %y = tfl.add(%e, %c) return %y'],
  ])('not with %s', (_, body) => {
    expect(reasonsFor(fuseBias, dense(body))).toMatchSnapshot();
  });

  test('not where the bias is computed', () => {
    const text = `signature "f" (%x: tensor<1x3xf32>, %b: tensor<2xf32>) -> ("y") {
      %w = const iota(1) : tensor<2x3xf32> %c = const 1.0 : tensor<f32>
      %d = tfl.fully_connected(%x, %w, %b) %y = tfl.add(%d, %c) return %y }`;
    expect(reasonsFor(fuseBias, text)).toEqual(['tfl.add: bias: it is not computed with constant float32 weights']);
  });

  test('not one channel spread over several', () => {
    const text = `signature "f" (%x: tensor<?x3xf32>) -> ("y") {
      %w = const iota(1) : tensor<1x3xf32> %c = const [1, 2] : tensor<2xf32>
      %d = tfl.fully_connected(%x, %w, none) %y = tfl.add(%d, %c) return %y }`;
    expect(reasonsFor(fuseBias, text)).toEqual(['tfl.add: bias: what is added is not one number for each channel']);
  });
});
