import { describe, expect, test } from '@jest/globals';
import { computeStepsAtOnce } from '#tensorflow/passes/compute-steps-at-once.js';
import { runPass, transform } from '../../support/passes.js';
import { sameResults } from '../../support/same-results.js';

const recurrent = (work: string, step = '1'): string => `signature "s" (%x: tensor<4x2x3xf32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %h = const splat(0) : tensor<2x3xf32>
  %1, %2, %3 = tf.While(%i, %h, %x) (%a: tensor<i32>, %b: tensor<2x3xf32>, %c: tensor<4x2x3xf32>) {
    %end = const 4 : tensor<i32>
    %t = tf.Less(%a, %end) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2x3xf32>, %c: tensor<4x2x3xf32>) {
    %one = const ${step} : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %axis = const 0 : tensor<i32>
    %row = tf.GatherV2(%c, %a, %axis) {batch_dims = 0, Tparams = "float32", Tindices = "int32", Taxis = "int32"}
    %w = const [[1, 2, 0.5], [0, 1, -1], [2, 0, 1]] : tensor<3x3xf32>
    %bias = const [1, 2, 3] : tensor<3xf32>
    ${work}
    %z = tf.Tanh(%s)
    return %next, %z, %c
  }
  return %2
}`;
const projected = recurrent('%p = tf.MatMul(%row, %w) %q = tf.BiasAdd(%p, %bias) %s = tf.AddV2(%q, %b)');

describe('compute-steps-at-once', () => {
  test('the projections of all steps are one product', async () => {
    expect(transform(computeStepsAtOnce, projected)).toMatchSnapshot();
    await sameResults(computeStepsAtOnce, projected, { tolerance: 1e-6 });
  });

  test('also behind what prepares a step', async () => {
    const text = recurrent('%o = tf.Sin(%row) %p = tf.MatMul(%o, %w) %r = tf.AddV2(%p, %o) %s = tf.AddV2(%r, %b)');
    const result = transform(computeStepsAtOnce, text);
    expect(result.indexOf('tf.BatchMatMulV2')).toBeLessThan(result.indexOf('tf.While'));
    await sameResults(computeStepsAtOnce, text, { tolerance: 1e-6 });
  });

  test.each([
    ['what depends on the state', '%p = tf.MatMul(%b, %w) %s = tf.AddV2(%p, %row)', '1'],
    ['steps of two', '%p = tf.MatMul(%row, %w) %s = tf.AddV2(%p, %b)', '2'],
    ['cheap work that would only be fetched in place of a step', '%s = tf.AddV2(%row, %b)', '1'],
  ])('%s stays', (_, work, step) => {
    expect(runPass(computeStepsAtOnce, recurrent(work, step)).changed).toBe(false);
  });
});
