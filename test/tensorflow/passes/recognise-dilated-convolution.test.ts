import { describe, expect, test } from '@jest/globals';
import { recogniseDilatedConvolution } from '#tensorflow/passes/recognise-dilated-convolution.js';
import { reasonsFor, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

interface Parts {
  block?: string;
  after?: string;
  pads?: string;
  crops?: string;
  convolution?: string;
  filter?: string;
}

function plane(
  {
    block = '[2, 3]',
    after = block,
    pads = '[[2, 2], [3, 3]]',
    crops = '[[0, 0], [0, 0]]',
    convolution = 'Conv2D',
    filter = '3x3x2x4',
  }: Parts,
  options = '',
): string {
  return `signature "f" (%x: tensor<?x6x6x2xf32>) -> ("y") {
    %b = const ${block} : tensor<2xi32> %a = const ${after} : tensor<2xi32>
    %p = const ${pads} : tensor<2x2xi32> %c = const ${crops} : tensor<2x2xi32> %w = const iota(0.01) : tensor<${filter}xf32>
    %s = tf.SpaceToBatchND(%x, %b, %p)
    %d = tf.${convolution}(%s, %w) {strides = [1, 1, 1, 1], padding = "VALID"${options}}
    %y = tf.BatchToSpaceND(%d, %a, %c) return %y }`;
}

/** A convolution over one dimension: a second one is added for it and removed again. */
const line = (added: number, removed = added, filter = '1x3x2x4'): string => `
  signature "f" (%x: tensor<?x8x2xf32>) -> ("y") {
    %b = const [2] : tensor<1xi32> %p = const [[4, 0]] : tensor<1x2xi32> %c = const [[0, 0]] : tensor<1x2xi32>
    %e = const ${added} : tensor<i32> %w = const iota(0.01) : tensor<${filter}xf32>
    %s = tf.SpaceToBatchND(%x, %b, %p) %t = tf.ExpandDims(%s, %e)
    %d = tf.Conv2D(%t, %w) {strides = [1, 1, 1, 1], padding = "VALID"}
    %q = tf.Squeeze(%d) {squeeze_dims = [${removed}]}
    %y = tf.BatchToSpaceND(%q, %b, %c) return %y }`;

describe('recognise-dilated-convolution', () => {
  test('over two dimensions', () => {
    expect(transform(recogniseDilatedConvolution, plane({}))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x6x6x2xf32>) -> ("y") {
  %c0 = const elided("b9b8f57bef62fb4e") : tensor<3x3x2x4xf32>
  %c1 = const [[0, 0], [2, 2], [3, 3], [0, 0]] : tensor<4x2xi32>
  %0 = tf.Pad(%arg0, %c1) : tensor<?x10x12x2xf32>
  %1 = tf.Conv2D(%0, %c0) {dilations = [1, 2, 3, 1], strides = [1, 1, 1, 1], padding = "VALID"} : tensor<?x6x6x4xf32>
  return %1
}
"
`);
  });

  test('causal, over one dimension', () => {
    expect(transform(recogniseDilatedConvolution, line(1))).toMatchInlineSnapshot(`
"signature "f" (%arg0 "x": tensor<?x8x2xf32>) -> ("y") {
  %c0 = const 1 : tensor<i32>
  %c1 = const elided("25b456e771f9d8d4") : tensor<1x3x2x4xf32>
  %0 = tf.ExpandDims(%arg0, %c0) : tensor<?x1x8x2xf32>
  %c2 = const [[0, 0], [0, 0], [4, 0], [0, 0]] : tensor<4x2xi32>
  %1 = tf.Pad(%0, %c2) : tensor<?x1x12x2xf32>
  %2 = tf.Conv2D(%1, %c1) {dilations = [1, 1, 2, 1], strides = [1, 1, 1, 1], padding = "VALID"} : tensor<?x1x8x4xf32>
  %3 = tf.Squeeze(%2) {squeeze_dims = [1]} : tensor<?x8x4xf32>
  return %3
}
"
`);
  });

  test.each([
    ['two dimensions', plane({})],
    [
      'what is padded for divisibility and cropped',
      plane({ block: '[4, 4]', pads: '[[4, 6], [4, 6]]', crops: '[[0, 2], [0, 2]]' }),
    ],
    ['cropped in front', plane({ crops: '[[1, 0], [2, 1]]' })],
    ['no padding', plane({ block: '[2, 2]', pads: '[[0, 0], [0, 0]]' })],
    ['depthwise', plane({ convolution: 'DepthwiseConv2dNative', filter: '3x3x2x1' })],
    ['one dimension, added in front', line(1)],
    ['one dimension, counted from the end', line(-3)],
    ['one dimension, added behind', line(2, -2, '3x1x2x4')],
  ])('%s: the same results', async (_, text) => {
    expect(transform(recogniseDilatedConvolution, text)).not.toContain('ToSpaceND');
    await sameResults(recogniseDilatedConvolution, text, { tolerance: 1e-6 });
  });

  test.each([
    ['different blocks', plane({ block: '[2, 3]', after: '[3, 2]' })],
    ['more cropping than padding', plane({ crops: '[[3, 0], [0, 0]]' })],
    ['a stride', plane({}).replace('strides = [1, 1, 1, 1]', 'strides = [1, 2, 2, 1]')],
    ['padding of its own', plane({}).replace('"VALID"', '"SAME"')],
    ['dilations of its own', plane({ pads: '[[4, 4], [6, 6]]' }, ', dilations = [1, 2, 2, 1]')],
    [
      'another user',
      plane({}).replace(
        'return %y',
        '%n = tf.Neg(%d) %m = tf.BatchToSpaceND(%n, %a, %c) %z = tf.AddV2(%y, %m) return %z',
      ),
    ],
    ['something between', plane({}).replace('%y = tf.BatchToSpaceND(%d', '%r = tf.Relu(%d) %y = tf.BatchToSpaceND(%r')],
    ['no SpaceToBatchND', plane({ block: '[1, 1]' }).replace('tf.Conv2D(%s', 'tf.Conv2D(%x')],
    [
      'paddings that are computed',
      plane({})
        .replace('(%x: tensor<?x6x6x2xf32>)', '(%x: tensor<?x6x6x2xf32>, %p: tensor<2x2xi32>)')
        .replace(/%p = const .*? : tensor<2x2xi32>/, ''),
    ],
  ])('not with %s', (_, text) => {
    expect(reasonsFor(recogniseDilatedConvolution, text)).toMatchSnapshot();
  });

  test('not where channels are moved to the batch', () => {
    const text = `signature "f" (%x: tensor<?x6x6x4xf32>) -> ("y") {
      %b = const [2, 2, 2] : tensor<3xi32> %p = const [[0, 0], [0, 0], [0, 0]] : tensor<3x2xi32> %w = const iota(1) : tensor<3x3x2x2xf32>
      %s = tf.SpaceToBatchND(%x, %b, %p) %d = tf.Conv2D(%s, %w) {strides = [1, 1, 1, 1], padding = "VALID"}
      %y = tf.BatchToSpaceND(%d, %b, %p) return %y }`;
    expect(reasonsFor(recogniseDilatedConvolution, text)).toEqual([
      'tf.BatchToSpaceND: dilated-convolution: channels are moved to the batch',
    ]);
  });
});
