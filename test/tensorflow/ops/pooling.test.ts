import { describe, expect, test } from '@jest/globals';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

const image = '%x: tensor<?x9x8x3xf32>';
const window = 'ksize = [1, 2, 3, 1], strides = [1, 2, 2, 1]';

describe('2-D pools', () => {
  test('sizes of the result', () => {
    expect(inferred(image, `%y = tf.MaxPool(%x) {${window}, padding = "SAME"}`)).toBe('tensor<?x5x4x3xf32>');
    expect(inferred(image, `%y = tf.AvgPool(%x) {${window}, padding = "VALID"}`)).toBe('tensor<?x4x3x3xf32>');
    expect(inferred('%x: tensor<*xf32>', `%y = tf.AvgPool(%x) {${window}, padding = "VALID"}`)).toBe(
      'tensor<?x?x?x?xf32>',
    );
    expect(() => inferred('%x: tensor<2x3xf32>', `%y = tf.AvgPool(%x) {${window}, padding = "VALID"}`)).toThrow(
      'the input has 2 dimensions, not 4',
    );
  });

  test('the window is an option', () => {
    expect(lowered(image, `%y = tf.AvgPool(%x) {${window}, padding = "VALID"}`)).toMatchInlineSnapshot(`
"(%arg0: tensor<?x9x8x3xf32>) {
  %0 = tfl.average_pool_2d(%arg0) {padding = "VALID", stride_w = 2, stride_h = 2, filter_width = 3, filter_height = 2} : tensor<?x4x3x3xf32>
  return %0
}"
`);
  });

  test('a maximum ignores what explicit paddings put there', () => {
    const body = `%y = tf.MaxPool(%x) {${window}, padding = "EXPLICIT", explicit_paddings = [0, 0, 1, 1, 2, 0, 0, 0]}`;
    expect(inferred(image, body)).toBe('tensor<?x5x4x3xf32>');
    expect(lowered(image, body)).toMatchInlineSnapshot(`
"(%arg0: tensor<?x9x8x3xf32>) {
  %c0 = const [[0, 0], [1, 1], [2, 0], [0, 0]] : tensor<4x2xi32>
  %c1 = const -inf : tensor<f32>
  %0 = tfl.padv2(%arg0, %c0, %c1) : tensor<?x11x10x3xf32>
  %1 = tfl.max_pool_2d(%0) {padding = "VALID", stride_w = 2, stride_h = 2, filter_width = 3, filter_height = 2} : tensor<?x5x4x3xf32>
  return %1
}"
`);
  });

  test('small integers are compared as float32, larger ones refused', () => {
    const body = `%y = tf.MaxPool(%x) {${window}, padding = "SAME"}`;
    expect(loweredOps('%x: tensor<1x9x8x3xui8>', body)).toEqual(['cast', 'max_pool_2d', 'cast']);
    const { reason, help } = refusal('%x: tensor<1x9x8x3xi32>', body);
    expect(reason).toContain('not int32');
    expect(help.join()).toContain('tf.cast');
  });

  test('windows over channels are refused', () => {
    const body = '%y = tf.MaxPool(%x) {ksize = [1, 1, 1, 3], strides = [1, 1, 1, 3], padding = "VALID"}';
    expect(refusal(image, body).reason).toContain('channels');
  });

  test('a window of operands has to be constant', () => {
    const constants = '%k = const [1, 2, 2, 1] : tensor<4xi32>';
    const body = '%y = tf.MaxPoolV2(%x, %k, %k) {padding = "VALID"}';
    expect(inferred(image, `${constants} ${body}`)).toBe('tensor<?x4x4x3xf32>');
    expect(loweredOps(image, `${constants} ${body}`)).toEqual(['max_pool_2d']);
    expect(inferred(`${image}, %k: tensor<4xi32>`, body)).toBe('tensor<?x?x?x3xf32>');
    expect(refusal(`${image}, %k: tensor<4xi32>`, body).help.join()).toContain('as constants');
  });
});

describe('3-D pools', () => {
  const body = '%y = tf.AvgPool3D(%x) {ksize = [1, 2, 3, 2, 1], strides = [1, 2, 1, 2, 1], padding = "SAME"}';

  test('are two 2-D pools, with a free batch', () => {
    expect(inferred('%x: tensor<?x6x9x8x3xf32>', body)).toBe('tensor<?x3x9x4x3xf32>');
    expect(lowered('%x: tensor<?x6x9x8x3xf32>', body)).toMatchInlineSnapshot(`
"(%arg0: tensor<?x6x9x8x3xf32>) {
  %c0 = const [-1, 9, 8, 3] : tensor<4xi32>
  %0 = tfl.reshape(%arg0, %c0) : tensor<?x9x8x3xf32>
  %1 = tfl.average_pool_2d(%0) {stride_w = 2, filter_width = 2, filter_height = 3} : tensor<?x9x4x3xf32>
  %c1 = const [-1, 6, 36, 3] : tensor<4xi32>
  %2 = tfl.reshape(%1, %c1) : tensor<?x6x36x3xf32>
  %3 = tfl.average_pool_2d(%2) {stride_h = 2, filter_height = 2} : tensor<?x3x36x3xf32>
  %c2 = const [-1, 3, 9, 4, 3] : tensor<5xi32>
  %4 = tfl.reshape(%3, %c2) : tensor<?x3x9x4x3xf32>
  return %4
}"
`);
  });

  test('need a known rank', () => {
    const ops = loweredOps('%x: tensor<?x?x?x8x3xf32>', body);
    expect(ops.filter((op) => op === 'average_pool_2d')).toHaveLength(2);
    expect(ops).toContain('shape');
    expect(refusal('%x: tensor<*xf32>', body).help.join()).toContain('tf.ensure_shape');
  });
});
