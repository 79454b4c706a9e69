import { describe, expect, jest, test } from '@jest/globals';
import { constantOf } from '#ir/constant.js';
import { quantized, worstDifference } from '../quantized-runs.js';

jest.setTimeout(60_000);

describe('halve-constants', () => {
  test('large constants are halves, once for all users; small ones stay', async () => {
    const text = `signature "f" (%x: tensor<8x8xf32>) -> ("y") {
      %w = const iota(0.01) : tensor<8x8xf32> %b = const iota(0.1) : tensor<8xf32>
      %a = tfl.fully_connected(%x, %w, %b) %y = tfl.add(%a, %w) return %y }`;
    const { text: after, report, float, outputs } = await quantized(text, { scheme: 'float16' });
    expect(after.match(/tfl\.dequantize/g)).toHaveLength(1);
    expect(after).toMatch(/: tensor<8x8xf16>/);
    expect(after).toMatch(/: tensor<8xf32>/);
    expect(report.counts).toMatchObject({ float16: 2, float32: 0 });
    expect(worstDifference(float, outputs)).toBeLessThan(1e-3);
  });

  test('what is beyond halves becomes the greatest of them', async () => {
    const text = `signature "f" (%x: tensor<64xf32>) -> ("y") {
      %w = const splat(-1e9) : tensor<64xf32> %y = tfl.maximum(%x, %w) return %y }`;
    const { module } = await quantized(text, { scheme: 'float16' });
    const constants = [...module.ops()].flatMap((op) => op.results.map(constantOf));
    expect(constants.find((tensor) => tensor?.dtype === 'float16')?.data[0]).toBe(0xfbff);
  });

  test('other ops say why they stay as they are', async () => {
    const text = `signature "f" (%x: tensor<4xf32>) -> ("y") { %y = tfl.relu(%x) return %y }`;
    const { report } = await quantized(text, { scheme: 'float16' });
    expect(report.ops[0]).toMatchObject({ applied: 'float32', reason: 'it has no constant of 64 or more elements' });
  });

  test('a constant that is an output stays one', async () => {
    const text = `signature "f" (%x: tensor<64xf32>) -> ("y", "z") {
      %w = const splat(1.5) : tensor<64xf32> %y = tfl.add(%x, %w) return %y, %w }`;
    const { text: after } = await quantized(text, { scheme: 'float16' });
    expect(after).toMatch(/: tensor<64xf32>\n/);
    expect(after).toMatch(/: tensor<64xf16>\n/);
  });
});
