import { describe, expect, test } from '@jest/globals';
import { inferred, lowered, loweredOps, refusal } from './lowered.js';

describe('BiasAdd', () => {
  const bias = '%b = const [1, 2, 3] : tensor<3xf32>';

  test('adds along the last axis, or the second one', () => {
    expect(lowered('%x: tensor<?x4x3xf32>', `${bias} %y = tf.BiasAdd(%x, %b)`)).toContain('tensor<3xf32>');
    expect(lowered('%x: tensor<?x3x4x5xf32>', `${bias} %y = tf.BiasAdd(%x, %b) {data_format = "NCHW"}`)).toContain(
      'tensor<3x1x1xf32>',
    );
    expect(loweredOps('%x: tensor<*xf32>', `${bias} %y = tf.BiasAdd(%x, %b)`)).toEqual(['add']);
  });

  test('biases that do not fit are refused', () => {
    expect(() => inferred('%x: tensor<?x4xf32>', `${bias} %y = tf.BiasAdd(%x, %b)`)).toThrow(
      '3 biases do not fit 4 channels',
    );
  });
});

describe('FusedBatchNorm', () => {
  const norm = (attributes: string) =>
    `%s = const [1, 2] : tensor<2xf32> %o = const [0, 1] : tensor<2xf32>
     %m = const [3, 4] : tensor<2xf32> %v = const [1, 4] : tensor<2xf32>
     %y, %a, %c, %d, %e, %f = tf.FusedBatchNormV3(%x, %s, %o, %m, %v) {epsilon = 0, ${attributes}}`;

  test('with constants it is a product and a sum', () => {
    expect(lowered('%x: tensor<?x3x3x2xf32>', norm('is_training = false'))).toMatchInlineSnapshot(`
"(%arg0: tensor<?x3x3x2xf32>) {
  %c0 = const splat(1) : tensor<2xf32>
  %0 = tfl.mul(%arg0, %c0) : tensor<?x3x3x2xf32>
  %c1 = const splat(-3) : tensor<2xf32>
  %1 = tfl.add(%0, %c1) : tensor<?x3x3x2xf32>
  return %1
}"
`);
    expect(lowered('%x: tensor<?x2x3x3xf32>', norm('is_training = false, data_format = "NCHW"'))).toContain(
      'tensor<2x1x1xf32>',
    );
  });

  test('in training, with the moments of the batch', () => {
    expect(loweredOps('%x: tensor<?x3x3x2xf32>', norm('is_training = true'))).toEqual([
      'mean',
      'squared_difference',
      'mean',
      'add',
      'rsqrt',
      'mul',
      'mul',
      'sub',
      'mul',
      'add',
    ]);
  });

  test('what training keeps has no place in a model for inference', () => {
    const used = `${norm('is_training = true')} %z, %a2, %c2, %d2, %e2, %f2 =
      tf.FusedBatchNormV3(%x, %s, %o, %a, %c) {is_training = false, exponential_avg_factor = 1}`.replace(
      /%y,(.*)%z,/s,
      '%z0,$1%y,',
    );
    expect(refusal('%x: tensor<?x3x3x2xf32>', used).reason).toContain('unbiased variance');
    expect(loweredOps('%x: tensor<2x3x3x2xf32>', used)).toContain('rsqrt');
  });

  test('ranks that do not fit are refused', () => {
    expect(() => inferred('%x: tensor<?x2xf32>', norm('is_training = false'))).toThrow(
      'the input has 2 dimensions, not the 4 of NHWC',
    );
  });
});

describe('others', () => {
  test('LRN keeps its numbers', () => {
    const body = '%y = tf.LRN(%x) {depth_radius = 2, bias = 1.5, alpha = 0.25, beta = 0.75}';
    expect(lowered('%x: tensor<?x3x3x8xf32>', body)).toContain('{radius = 2, bias = 1.5, alpha = 0.25, beta = 0.75}');
  });

  test('L2Loss is half the sum of squares', () => {
    expect(inferred('%x: tensor<?x3xf32>', '%y = tf.L2Loss(%x)')).toBe('tensor<f32>');
    expect(loweredOps('%x: tensor<?x3xf32>', '%y = tf.L2Loss(%x)')).toEqual(['square', 'sum', 'mul']);
    expect(refusal('%x: tensor<*xf32>', '%y = tf.L2Loss(%x)').help.join()).toContain('ensure_shape');
  });

  test('Softmax and LogSoftmax', () => {
    expect(loweredOps('%x: tensor<*xf32>', '%y = tf.Softmax(%x)')).toEqual(['softmax']);
    expect(loweredOps('%x: tensor<?x3xf32>', '%y = tf.LogSoftmax(%x)')).toEqual(['log_softmax']);
    expect(refusal('%x: tensor<f32>', '%y = tf.Softmax(%x)').reason).toContain('scalar');
    expect(refusal('%x: tensor<3xf64>', '%y = tf.Softmax(%x)').help.join()).toContain('tf.cast');
  });
});
