import { describe, expect, test } from '@jest/globals';
import { quantizeModule } from '#quantize/quantize-module.js';
import { recipeOf } from '#quantize/recipe.js';
import { parse } from '../../support/dialects.js';
import { quantized, worstDifference } from '../quantized-runs.js';

const text = `signature "f" (%x: tensor<4x8xf32>) -> ("y") {
  %w = const iota(0.01) : tensor<8x8xf32> %b = const splat(0.1) : tensor<8xf32>
  %d = tfl.fully_connected(%x, %w, %b) %s = tfl.square(%d) %axes = const [1] : tensor<1xi32>
  %y = tfl.sum(%s, %axes) {keep_dims = true} return %y }`;

const namesOf = (module: Awaited<ReturnType<typeof quantized>>['module']) =>
  [...module.ops()].map(({ name }) => name.replace('tfl.', '')).filter((name) => name !== 'const');

describe('borrow-kernels', () => {
  test('a square becomes a product of integers, told of as the square that it is', async () => {
    const { module, report, float, outputs } = await quantized(text);
    expect(namesOf(module)).toEqual(['quantize', 'fully_connected', 'mul', 'sum', 'dequantize']);
    expect(report.ops.map(({ op, applied }) => `${op} ${applied}`)).toEqual([
      'FULLY_CONNECTED int8',
      'SQUARE int8',
      'SUM int8',
    ]);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('int8-only and int16x8 have it, too', async () => {
    for (const scheme of ['int8-only', 'int16x8'] as const) {
      const { report } = await quantized(text, { scheme });
      expect([scheme, report.counts.float32]).toEqual([scheme, 0]);
    }
  });

  test('zeros in the shape of integers are a difference', async () => {
    const zeros = 'signature "f" (%x: tensor<4xf32>) -> ("y") { %y = tfl.zeros_like(%x) return %y }';
    expect(namesOf((await quantized(zeros)).module)).toEqual(['zeros_like']);
    const { module, report, float, outputs } = await quantized(zeros, { scheme: 'int8-only' });
    expect(namesOf(module)).toEqual(['quantize', 'sub', 'dequantize']);
    expect(report.ops.map(({ op, applied }) => `${op} ${applied}`)).toEqual(['ZEROS_LIKE int8']);
    expect(worstDifference(float, outputs)).toBe(0);
  });

  test('where data stay float32 it is left', () => {
    const { module } = quantizeModule(parse(text), { recipe: recipeOf('dynamic') });
    expect(namesOf(module)).toEqual(['fully_connected', 'square', 'sum']);
  });
});
