import { describe, expect, test } from '@jest/globals';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const image = '%x: tensor<?x8x9x6xf32>';
const conv = (attributes: string, filter = 'tensor<3x3x6x4xf32>') =>
  `%w = const splat(1) : ${filter} %y = tf.Conv2D(%x, %w) {strides = [1, 2, 2, 1], padding = "SAME"${attributes}}`;

describe('Conv2D', () => {
  test('the result of a convolution', () => {
    const body = (attributes: string) => `%y = tf.Conv2D(%x, %w) {${attributes}}`;
    const args = `${image}, %w: tensor<3x3x6x4xf32>`;
    expect(inferred(args, body('strides = [1, 2, 2, 1], padding = "SAME"'))).toBe('tensor<?x4x5x4xf32>');
    expect(inferred(args, body('strides = [1, 2, 2, 1], padding = "VALID"'))).toBe('tensor<?x3x4x4xf32>');
    expect(inferred(args, body('strides = [1, 1, 1, 1], padding = "VALID", dilations = [1, 2, 3, 1]'))).toBe(
      'tensor<?x4x3x4xf32>',
    );
    expect(
      inferred(
        args,
        body('strides = [1, 1, 1, 1], padding = "EXPLICIT", explicit_paddings = [0, 0, 1, 2, 3, 4, 0, 0]'),
      ),
    ).toBe('tensor<?x9x14x4xf32>');
  });

  test('unknown sizes and ranks stay unknown', () => {
    const body = '%y = tf.Conv2D(%x, %w) {strides = [1, 1, 1, 1], padding = "SAME"}';
    expect(inferred('%x: tensor<*xf32>, %w: tensor<3x3x6x4xf32>', body)).toBe('tensor<?x?x?x4xf32>');
    expect(inferred('%x: tensor<?x?x8x6xf32>, %w: tensor<*xf32>', body)).toBe('tensor<?x?x8x?xf32>');
  });

  test('channels that do not fit are refused', () => {
    expect(() =>
      inferred(
        `${image}, %w: tensor<3x3x4x4xf32>`,
        '%y = tf.Conv2D(%x, %w) {strides = [1, 1, 1, 1], padding = "SAME"}',
      ),
    ).toThrow("6 channels are not a multiple of the filter's 4");
  });

  test('a filter goes from HWIO to OHWI', () => {
    const body = `%w = const [1, 2, 3, 4, 5, 6, 7, 8] : tensor<1x2x2x2xf32>
      %y = tf.Conv2D(%x, %w) {strides = [1, 1, 2, 1], padding = "VALID", dilations = [1, 3, 1, 1]}`;
    expect(lowered('%x: tensor<1x5x5x2xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<1x5x5x2xf32>) {
  %c0 = const [[[[1, 3], [5, 7]]], [[[2, 4], [6, 8]]]] : tensor<2x1x2x2xf32>
  %0 = tfl.conv_2d(%arg0, %c0, none) {padding = "VALID", stride_w = 2, dilation_h_factor = 3} : tensor<1x5x2x2xf32>
  return %0
}"
`);
  });

  test('explicit paddings become SAME where they are, else a PAD', () => {
    const explicit = (amounts: string) =>
      `%w = const splat(1) : tensor<3x3x6x4xf32>
       %y = tf.Conv2D(%x, %w) {strides = [1, 1, 1, 1], padding = "EXPLICIT", explicit_paddings = [${amounts}]}`;
    expect(loweredOps(image, explicit('0, 0, 0, 0, 0, 0, 0, 0'))).toEqual(['conv_2d']);
    expect(lowered(image, explicit('0, 0, 1, 1, 1, 1, 0, 0'))).not.toContain('VALID');
    expect(loweredOps(image, explicit('0, 0, 1, 1, 1, 1, 0, 0'))).toEqual(['conv_2d']);
    expect(loweredOps(image, explicit('0, 0, 2, 0, 1, 1, 0, 0'))).toEqual(['pad', 'conv_2d']);
  });

  test('channels first are turned around it', () => {
    const body =
      '%w = const splat(1) : tensor<3x3x2x4xf32> %y = tf.Conv2D(%x, %w) {strides = [1, 1, 2, 1], padding = "SAME", data_format = "NCHW"}';
    expect(lowered('%x: tensor<1x2x8x9xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<1x2x8x9xf32>) {
  %c0 = const [0, 2, 3, 1] : tensor<4xi32>
  %0 = tfl.transpose(%arg0, %c0) : tensor<1x8x9x2xf32>
  %c1 = const splat(1) : tensor<4x3x3x2xf32>
  %1 = tfl.conv_2d(%0, %c1, none) {stride_h = 2} : tensor<1x4x9x4xf32>
  %c2 = const [0, 3, 1, 2] : tensor<4xi32>
  %2 = tfl.transpose(%1, %c2) : tensor<1x4x4x9xf32>
  return %2
}"
`);
  });

  test('one channel a group is a depthwise convolution, other groups are a grouped one', () => {
    expect(lowered(image, conv('', 'tensor<3x3x1x12xf32>'))).toContain('depth_multiplier = 2');
    expect(loweredOps(image, conv('', 'tensor<3x3x2x12xf32>'))).toEqual(['conv_2d']);
    expect(loweredOps('%x: tensor<1x8x8x1xf32>', conv('', 'tensor<3x3x1x12xf32>'))).toEqual(['conv_2d']);
  });

  test('a filter that is computed is transposed at run time', () => {
    expect(
      loweredOps(
        `${image}, %w: tensor<3x3x6x4xf32>`,
        '%y = tf.Conv2D(%x, %w) {strides = [1, 1, 1, 1], padding = "SAME"}',
      ),
    ).toEqual(['transpose', 'conv_2d']);
  });

  test('types without a kernel are refused with what to do', () => {
    const body =
      '%w = const splat(1) : tensor<1x1x6x4xf64> %y = tf.Conv2D(%x, %w) {strides = [1, 1, 1, 1], padding = "SAME"}';
    const { reason, help } = refusal('%x: tensor<1x8x9x6xf64>', body);
    expect(reason).toContain('float64');
    expect(help.join()).toContain('tf.cast');
  });
});

describe('DepthwiseConv2dNative', () => {
  const attributes = '{strides = [1, 2, 2, 1], padding = "SAME"}';

  test('channels are multiplied', () => {
    expect(inferred(`${image}, %w: tensor<3x3x6x2xf32>`, `%y = tf.DepthwiseConv2dNative(%x, %w) ${attributes}`)).toBe(
      'tensor<?x4x5x12xf32>',
    );
  });

  test('the filter keeps the order of its elements', () => {
    const body = `%w = const [1, 2, 3, 4] : tensor<1x1x2x2xf32> %y = tf.DepthwiseConv2dNative(%x, %w) ${attributes}`;
    expect(lowered('%x: tensor<1x4x4x2xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<1x4x4x2xf32>) {
  %c0 = const [[[[1, 2, 3, 4]]]] : tensor<1x1x1x4xf32>
  %0 = tfl.depthwise_conv_2d(%arg0, %c0, none) {stride_w = 2, stride_h = 2, depth_multiplier = 2} : tensor<1x2x2x4xf32>
  return %0
}"
`);
  });

  test('a filter that is computed is reshaped at run time', () => {
    expect(
      loweredOps(`${image}, %w: tensor<3x3x6x2xf32>`, `%y = tf.DepthwiseConv2dNative(%x, %w) ${attributes}`),
    ).toEqual(['reshape', 'depthwise_conv_2d']);
  });
});
