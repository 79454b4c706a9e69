import { describe, expect, jest, test } from '@jest/globals';
import { quantizeModule } from '#quantize/quantize-module.js';
import { recipeOf } from '#quantize/recipe.js';
import { tflOpByName } from '#tflite/ops/index.js';
import { parse } from '../../support/dialects.js';
import { kernelCases } from '../../tflite/ops/kernel-cases.js';
import { makeWeightsConstant, quantized, worstDifference } from '../quantized-runs.js';

jest.setTimeout(60_000);

const dense = `signature "f" (%x: tensor<2x64xf32>) -> ("y") {
  %w = const iota(0.001) : tensor<32x64xf32> %b = const iota(0.1) : tensor<32xf32>
  %y = tfl.fully_connected(%x, %w, %b) return %y }`;

describe('quantize-weights-only', () => {
  test('large weights go as integers into a hybrid kernel', async () => {
    const { text, report, float, outputs } = await quantized(dense, { scheme: 'dynamic' });
    expect(text).toMatch(/as tensor<32x64xi8, q@0\(/);
    expect(text).toMatch(/asymmetric_quantize_inputs = true/);
    expect(text).not.toMatch(/quantize\(/);
    expect(report.counts.dynamic).toBe(1);
    expect(worstDifference(float, outputs)).toBeLessThan(0.03);
  });

  test('or behind a DEQUANTIZE', async () => {
    const { text, report, float, outputs } = await quantized(dense, { scheme: 'weight-only' });
    expect(text).toMatch(/tfl\.dequantize/);
    expect(report.counts['weight-only']).toBe(1);
    expect(worstDifference(float, outputs)).toBeLessThan(0.02);
  });

  test('4 bits', async () => {
    const { text, report, float, outputs } = await quantized(dense, { scheme: 'int4' });
    expect(text).toMatch(/as tensor<32x64xi4, q@0\(/);
    expect(report.counts.int4).toBe(1);
    expect(worstDifference(float, outputs)).toBeLessThan(0.1);
  });

  test('few weights stay as they are, down to what the recipe says', async () => {
    const recipe = { ...recipeOf('dynamic'), options: { minimumElements: 4096 } };
    const { report } = await quantized(dense, { recipe });
    expect(report.ops[0]).toMatchObject({
      applied: 'float32',
      reason: 'its weights have fewer than 4096 elements',
    });
  });

  test('where a kernel wants all weights of one type, small ones go with large ones', () => {
    const layer = (units: number) => `signature "f" (%x: tensor<1x3x8xf32>) -> ("y") {
      %w = const iota(0.001) : tensor<${units}x8xf32> %r = const iota(0.001) : tensor<${units}x${units}xf32>
      %b = const iota(0.1) : tensor<${units}xf32> %h = const splat(0) : tensor<1x${units}xf32>
      %y = tfl.unidirectional_sequence_rnn(%x, %w, %r, %b, %h) return %y }`;
    const types = (units: number) => {
      const module = parse(layer(units));
      const { report } = quantizeModule(module, { recipe: recipeOf('dynamic') });
      const op = [...module.ops()].find(({ name }) => name === 'tfl.unidirectional_sequence_rnn');
      const dtypes = op?.operands.map((operand) => operand?.type.kind === 'tensor' && operand.type.dtype);
      return [report.counts.dynamic, op?.attributes['asymmetric_quantize_inputs'], ...(dtypes ?? [])];
    };
    expect(types(32)).toEqual([1, true, 'float32', 'int8', 'int8', 'float32', 'float32']);
    expect(types(16)).toEqual([0, false, ...new Array(5).fill('float32')]);
  });

  test.each(['dynamic', 'int8'] as const)('weights that are no numbers are an error in %s', (scheme) => {
    const module = parse(`signature "f" (%x: tensor<2x64xf32>) -> ("y") {
      %w = const splat(nan) : tensor<32x64xf32> %y = tfl.fully_connected(%x, %w, none) loc("net/Dense") return %y }`);
    const ranges = { get: () => ({ min: -1, max: 1 }) };
    expect(() => quantizeModule(module, { recipe: recipeOf(scheme), ranges })).toThrow(/FULLY_CONNECTED .* finite/);
  });

  test('shared weights stay shared', async () => {
    const text = `signature "f" (%x: tensor<2x64xf32>) -> ("y") {
      %w = const iota(0.001) : tensor<64x64xf32>
      %a = tfl.fully_connected(%x, %w, none) %y = tfl.fully_connected(%a, %w, none) return %y }`;
    for (const scheme of ['dynamic', 'weight-only'] as const) {
      const { text: after } = await quantized(text, { scheme });
      expect(after.match(/ const /g)).toHaveLength(1);
      expect(after.match(/tfl\.dequantize/g) ?? []).toHaveLength(scheme === 'dynamic' ? 0 : 1);
    }
  });

  test('of a table rows are moved as integers', async () => {
    const text = `signature "f" (%i: tensor<3xi32>) -> ("y") {
      %t = const iota(0.001) : tensor<64x32xf32> %y = tfl.gather(%t, %i) return %y }`;
    const { text: after, report, float, outputs } = await quantized(text, { scheme: 'dynamic' });
    expect(after).toMatch(/tfl\.gather.* : tensor<3x32xi8, q\(/);
    expect(report.ops[0]).toMatchObject({ applied: 'weight-only', reason: expect.stringContaining('one scale') });
    expect(worstDifference(float, outputs)).toBeLessThan(0.2);
  });

  test('kernels that need a scale for each channel get none with one', async () => {
    const text = `signature "f" (%x: tensor<1x4x4x128xf32>) -> ("y") {
      %w = const iota(0.001) : tensor<1x3x3x128xf32> %b = const splat(0.0) : tensor<128xf32>
      %y = tfl.depthwise_conv_2d(%x, %w, %b) return %y }`;
    const { report, float, outputs } = await quantized(text, {
      recipe: { ...recipeOf('dynamic'), granularity: 'per-tensor' },
    });
    expect(report.ops[0]).toMatchObject({ applied: 'weight-only', reason: expect.stringContaining('each channel') });
    expect(worstDifference(float, outputs)).toBeLessThan(0.01);
  });

  const hybrid = [...tflOpByName].flatMap(([name, { quantization }]) =>
    kernelCases[name] && quantization.some((each) => each.kind === 'weights' && each.hybrid !== undefined)
      ? [name]
      : [],
  );

  test.each(hybrid)('%s with weights of 8 bits and 4', async (op) => {
    const { args = [], body = '' } = kernelCases[op] ?? {};
    const list = args.map((type, i) => `%${i} "x${i}": tensor<${type.replace(/ \[.*$/, '').replace(/[TB]$/, 'f32')}>`);
    const text = `signature "f" (${list.join(', ')}) -> ("y") { ${body.replace(/tensor<((?:\d+x)*)T>/g, 'tensor<$1f32>')} }`;
    for (const [scheme, tolerance] of [
      ['dynamic', 0.03],
      ['int4', 0.25],
    ] as const) {
      const recipe = { ...recipeOf(scheme), options: { minimumElements: 1 } };
      const { report, float, outputs } = await quantized(text, { recipe, prepare: makeWeightsConstant });
      expect(report.counts.float32).toBe(0);
      expect(worstDifference(float, outputs)).toBeLessThan(tolerance);
    }
  });
});
