import { describe, expect, test } from '@jest/globals';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const image = '%x: tensor<?x8x9x2xf32>';
const deconvolution = (sizes: string, attributes: string, filter = 'tensor<3x3x5x2xf32>') =>
  `%s = const ${sizes} %w = const splat(1) : ${filter} %y = tf.Conv2DBackpropInput(%s, %w, %x) {${attributes}}`;
const same = 'strides = [1, 2, 2, 1], padding = "SAME"';

describe('Conv2DBackpropInput', () => {
  test('the result has the stated sizes', () => {
    expect(inferred(image, deconvolution('[3, 16, 18, 5] : tensor<4xi32>', same))).toBe('tensor<3x16x18x5xf32>');
    expect(inferred(image, deconvolution('[16, 18] : tensor<2xi32>', same))).toBe('tensor<?x16x18x5xf32>');
  });

  test('sizes that are computed leave height and width open', () => {
    const body = `%w = const splat(1) : tensor<3x3x5x2xf32> %y = tf.Conv2DBackpropInput(%s, %w, %x) {${same}}`;
    expect(inferred(`${image}, %s: tensor<4xi32>`, body)).toBe('tensor<?x?x?x5xf32>');
    expect(loweredOps(`${image}, %s: tensor<4xi32>`, body)).toEqual(['transpose_conv']);
  });

  test('a filter goes from HWOI to OHWI', () => {
    const body = `%s = const [1, 2, 4, 2] : tensor<4xi32> %w = const iota(1) : tensor<1x2x2x3xf32>
      %y = tf.Conv2DBackpropInput(%s, %w, %x) {strides = [1, 1, 2, 1], padding = "VALID"}`;
    expect(lowered('%x: tensor<1x2x2x3xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<1x2x2x3xf32>) {
  %c0 = const [[[[0, 1, 2], [6, 7, 8]]], [[[3, 4, 5], [9, 10, 11]]]] : tensor<2x1x2x3xf32>
  %c1 = const [1, 2, 4, 2] : tensor<4xi32>
  %0 = tfl.transpose_conv(%c1, %c0, %arg0, none) {padding = "VALID", stride_w = 2} : tensor<1x2x4x2xf32>
  return %0
}"
`);
  });

  test('explicit paddings are cut off a larger result', () => {
    const attributes = 'strides = [1, 2, 2, 1], padding = "EXPLICIT", explicit_paddings = [0, 0, 1, 1, 0, 2, 0, 0]';
    expect(lowered(image, deconvolution('[3, 15, 17, 5] : tensor<4xi32>', attributes))).toMatchInlineSnapshot(`
"(%arg0: tensor<?x8x9x2xf32>) {
  %c0 = const splat(1) : tensor<5x3x3x2xf32>
  %c1 = const [3, 15, 17, 5] : tensor<4xi32>
  %c2 = const [3, 17, 19, 5] : tensor<4xi32>
  %0 = tfl.transpose_conv(%c2, %c0, %arg0, none) {padding = "VALID", stride_w = 2, stride_h = 2} : tensor<3x17x19x5xf32>
  %c3 = const [0, 1, 0, 0] : tensor<4xi32>
  %1 = tfl.slice(%0, %c3, %c1) : tensor<3x15x17x5xf32>
  return %1
}"
`);
  });

  test('a dilation goes into a constant filter', () => {
    const attributes = 'strides = [1, 1, 1, 1], padding = "VALID", dilations = [1, 2, 1, 1]';
    const body = `%s = const [1, 4, 2, 1] : tensor<4xi32> %w = const [1, 2] : tensor<2x1x1x1xf32>
      %y = tf.Conv2DBackpropInput(%s, %w, %x) {${attributes}}`;
    expect(lowered('%x: tensor<1x2x2x1xf32>', body)).toContain('[[[[1], [0], [2]]]]'.replaceAll('], [', ']], [['));
    const computed = `%s = const [1, 4, 2, 1] : tensor<4xi32> %y = tf.Conv2DBackpropInput(%s, %w, %x) {${attributes}}`;
    const { reason, help } = refusal('%x: tensor<1x2x2x1xf32>, %w: tensor<2x1x1x1xf32>', computed);
    expect(reason).toContain('no dilation');
    expect(help.join()).toContain('dilations=1');
  });

  test('channels first: sizes are put in order, too', () => {
    const attributes = 'strides = [1, 1, 2, 2], padding = "SAME", data_format = "NCHW"';
    const body = deconvolution('[1, 5, 16, 18] : tensor<4xi32>', attributes);
    expect(lowered('%x: tensor<1x2x8x9xf32>', body)).toContain('const [1, 16, 18, 5]');
    const computed = `%w = const splat(1) : tensor<3x3x5x2xf32> %y = tf.Conv2DBackpropInput(%s, %w, %x) {${attributes}}`;
    expect(loweredOps('%x: tensor<1x2x8x9xf32>, %s: tensor<4xi32>', computed)).toEqual([
      'transpose',
      'gather',
      'transpose_conv',
      'transpose',
    ]);
  });
});

describe('Conv3DBackpropInputV2', () => {
  const attributes = 'strides = [1, 2, 2, 2, 1], padding = "SAME"';
  const body = `%w = const splat(1) : tensor<2x3x3x5x2xf32> %y = tf.Conv3DBackpropInputV2(%s, %w, %x) {${attributes}}`;

  test('sizes of 64 bits are made 32', () => {
    const args = '%x: tensor<?x4x8x9x2xf32>, %s: tensor<5xi64>';
    expect(inferred(args, body)).toBe('tensor<?x?x?x?x5xf32>');
    expect(loweredOps(args, body)).toEqual(['cast', 'conv_3d_transpose']);
  });

  test('a dilation is refused', () => {
    const dilated = body.replace('padding', 'dilations = [1, 2, 1, 1, 1], padding');
    expect(refusal('%x: tensor<?x4x8x9x2xf32>, %s: tensor<5xi32>', dilated).help.join()).toContain('dilations=1');
  });
});
