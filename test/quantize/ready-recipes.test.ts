import { describe, expect, jest, test } from '@jest/globals';
import { readyRecipe, readyRecipes } from '#quantize/ready-recipes.js';
import type { Applied } from '#quantize/report.js';
import { quantized, worstDifference } from './quantized-runs.js';

jest.setTimeout(60_000);

/** A convolution, a depthwise one, and a dense layer with a softmax. */
const network = `signature "f" (%x: tensor<1x8x8x16xf32>) -> ("y") {
  %w1 = const iota(0.0001) : tensor<16x3x3x16xf32> %b1 = const iota(0.1) : tensor<16xf32>
  %c = tfl.conv_2d(%x, %w1, %b1) {fused_activation_function = "RELU"}
  %w2 = const iota(0.0002) : tensor<1x8x8x16xf32> %b2 = const splat(0.5) : tensor<16xf32>
  %d = tfl.depthwise_conv_2d(%c, %w2, %b2) {padding = "VALID"}
  %w3 = const iota(0.00001) : tensor<64x16xf32> %b3 = const iota(0.01) : tensor<64xf32>
  %e = tfl.fully_connected(%d, %w3, %b3) %y = tfl.softmax(%e) return %y }`;

/** What becomes of CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and SOFTMAX. */
const expected: Readonly<Record<string, readonly Applied[]>> = {
  microcontroller: ['int8', 'int8', 'int8', 'int8'],
  accelerator: ['int8', 'int8', 'int8', 'int8'],
  'old-accelerator': ['int8', 'int8', 'int8', 'int8'],
  transformer: ['weight-only', 'dynamic', 'dynamic', 'float32'],
  compact: ['int4', 'dynamic', 'int4', 'float32'],
  outliers: ['int8', 'int8', 'int8', 'int8'],
  'exact-outputs': ['int8', 'int8', 'int16x8', 'int16x8'],
};

describe('ready recipes', () => {
  test('all of them are tried here', () => {
    expect(Object.keys(expected)).toEqual(readyRecipes.map(({ name }) => name));
  });

  test.each(Object.entries(expected))('%s does what it says, and runs', async (name, applied) => {
    const recipe = readyRecipe(name);
    if (!recipe) throw new Error('there is no such recipe');
    const { report, float, outputs } = await quantized(network, { recipe });
    expect(report.ops.map((op) => op.applied)).toEqual(applied);
    expect(worstDifference(float, outputs)).toBeLessThan(0.1);
  });
});
