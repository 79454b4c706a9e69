import { describe, expect, test } from '@jest/globals';
import { foldScaleIntoWeights } from '#tflite/passes/fold-scale-into-weights.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const dense = (body: string): string => `
  signature "f" (%x: tensor<?x3xf32>) -> ("y") {
    %w = const [[1, 2, 3], [4, 5, 6]] : tensor<2x3xf32>
    ${body}
    return %y
  }`;

describe('fold-scale-into-weights', () => {
  test('a factor behind goes into weights and bias', () => {
    const text = dense(`%b = const [1, 2] : tensor<2xf32> %s = const [10, 0.5] : tensor<2xf32>
      %d = tfl.fully_connected(%x, %w, %b) %y = tfl.mul(%s, %d) {fused_activation_function = "RELU6"}`);
    expect(transform(foldScaleIntoWeights, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>) -> ("y") {
  %c0 = const [[10, 20, 30], [2, 2.5, 3]] : tensor<2x3xf32>
  %c1 = const [10, 1] : tensor<2xf32>
  %0 = tfl.fully_connected(%arg0, %c0, %c1) {fused_activation_function = "RELU6"} : tensor<?x2xf32>
  return %0
}
"
`);
  });

  test('a factor in front goes into the weights', () => {
    const text = dense(`%s = const [10, 1, 0.5] : tensor<3xf32>
      %p = tfl.div(%x, %s) %y = tfl.fully_connected(%p, %w, none)`);
    expect(transform(foldScaleIntoWeights, text)).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x3xf32>) -> ("y") {
  %c0 = const [[0.1, 2, 6], [0.4, 5, 12]] : tensor<2x3xf32>
  %0 = tfl.fully_connected(%arg0, %c0, none) : tensor<?x2xf32>
  return %0
}
"
`);
  });

  test('a factor between two goes backwards, and stays one op less', () => {
    const text = dense(`%v = const [[1, 2]] : tensor<1x2xf32> %s = const 2.0 : tensor<f32>
      %d = tfl.fully_connected(%x, %w, none) %p = tfl.mul(%d, %s) %y = tfl.fully_connected(%p, %v, none)`);
    expect(transform(foldScaleIntoWeights, text)).not.toContain('tfl.mul');
  });

  const scale = 'const [[[[1, -2, 0.5, 3]]]] : tensor<1x1x1x4xf32>';
  test.each([
    ['conv_2d', 'tfl.conv_2d(%i, %w) {stride_h = 2}', '4x3x3x4'],
    ['depthwise_conv_2d', 'tfl.depthwise_conv_2d(%i, %w)', '1x3x3x4'],
    ['depthwise with multiplier', 'tfl.depthwise_conv_2d(%i, %w) {depth_multiplier = 2}', '1x3x3x8'],
    ['transpose_conv', 'tfl.transpose_conv(%z, %w, %i)', '4x3x3x4'],
  ])('%s: the same results', async (name, call, weights) => {
    const args = `(%x: tensor<2x4x4x4xf32>) -> ("y")`;
    const constants = `%z = const [2, 4, 4, 4] : tensor<4xi32> %s = ${scale} %w = const iota(0.01) : tensor<${weights}xf32>`;
    const before = `signature "f" ${args} { ${constants} %i = tfl.mul(%x, %s) %y = ${call} return %y }`;
    expect(transform(foldScaleIntoWeights, before)).not.toContain('tfl.mul');
    await sameResults(foldScaleIntoWeights, before, { tolerance: 1e-6 });
    if (name.includes('multiplier')) return;
    const after = `signature "f" ${args} { ${constants} %d = ${call.replace('%i', '%x')} %y = tfl.div(%d, %s) return %y }`;
    expect(transform(foldScaleIntoWeights, after)).not.toContain('tfl.div');
    await sameResults(foldScaleIntoWeights, after, { tolerance: 1e-6 });
  });

  test('conv_3d, whose output channels are last', async () => {
    const text = `signature "f" (%x: tensor<1x3x3x3x2xf32>) -> ("y") {
      %w = const iota(0.01) : tensor<2x2x2x2x3xf32> %s = const [1, -2] : tensor<2xf32> %t = const [3, 4, 5] : tensor<3xf32>
      %i = tfl.mul(%x, %s) %d = tfl.conv_3d(%i, %w) %y = tfl.mul(%d, %t) return %y }`;
    expect(transform(foldScaleIntoWeights, text)).not.toContain('tfl.mul');
    await sameResults(foldScaleIntoWeights, text, { tolerance: 1e-6 });
  });

  test.each([
    ['not constant', '%d = tfl.fully_connected(%x, %w, none) %e = tfl.relu(%d) %y = tfl.mul(%d, %e)'],
    ['a zero divisor', '%s = const [1, 0] : tensor<2xf32> %d = tfl.fully_connected(%x, %w, none) %y = tfl.div(%d, %s)'],
    [
      'divided by the product',
      '%s = const [1, 2] : tensor<2xf32> %d = tfl.fully_connected(%x, %w, none) %y = tfl.div(%s, %d)',
    ],
    [
      'one for each row',
      '%s = const [[1], [2]] : tensor<2x1xf32> %d = tfl.fully_connected(%x, %w, none) %y = tfl.mul(%d, %s)',
    ],
    [
      'shared weights',
      '%s = const 2.0 : tensor<f32> %d = tfl.fully_connected(%x, %w, none) %e = tfl.fully_connected(%x, %w, none) %f = tfl.mul(%d, %s) %y = tfl.add(%f, %e)',
    ],
    [
      'an activation before',
      '%s = const 2.0 : tensor<f32> %d = tfl.fully_connected(%x, %w, none) {fused_activation_function = "RELU"} %y = tfl.mul(%d, %s)',
    ],
    [
      'an activation after',
      '%s = const 2.0 : tensor<f32> %d = tfl.mul(%x, %s) {fused_activation_function = "RELU"} %y = tfl.fully_connected(%d, %w, none)',
    ],
    [
      'another user of the scaled input',
      '%v = const iota(1) : tensor<3x3xf32> %s = const 2.0 : tensor<f32> %d = tfl.mul(%x, %s) %e = tfl.fully_connected(%d, %v, none) %y = tfl.add(%d, %e)',
    ],
  ])('not with %s', (_, body) => {
    expect(reasonsFor(foldScaleIntoWeights, dense(body))).toMatchSnapshot();
  });

  test('not where the product is larger than what it scales', () => {
    const text = `signature "f" (%x: tensor<?x1xf32>) -> ("y") {
      %w = const iota(1) : tensor<2x3xf32> %s = const [1, 2, 3] : tensor<3xf32>
      %p = tfl.mul(%x, %s) %y = tfl.fully_connected(%p, %w, none) return %y }`;
    expect(reasonsFor(foldScaleIntoWeights, text)).toContain(
      'tfl.fully_connected: scale-before: the product is larger than what it scales',
    );
  });

  test('not into grouped weights, nor where the input is flattened', () => {
    const grouped = `signature "f" (%x: tensor<1x4x4x4xf32>) -> ("y") {
      %w = const iota(1) : tensor<4x3x3x2xf32> %s = const [1, 2, 3, 4] : tensor<4xf32>
      %p = tfl.mul(%x, %s) %y = tfl.conv_2d(%p, %w) return %y }`;
    const flattened = `signature "f" (%x: tensor<1x2x4xf32>) -> ("y") {
      %w = const iota(1) : tensor<2x8xf32> %s = const [1, 2, 3, 4] : tensor<4xf32>
      %p = tfl.mul(%x, %s) %y = tfl.fully_connected(%p, %w, none) return %y }`;
    for (const text of [grouped, flattened]) {
      expect(reasonsFor(foldScaleIntoWeights, text).join()).toContain(
        'the weights do not have one slice for each channel',
      );
    }
  });
});
