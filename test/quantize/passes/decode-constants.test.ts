import { describe, expect, test } from '@jest/globals';
import { decodeConstants } from '#quantize/passes/decode-constants.js';
import { reasonsFor, transform } from '../../support/passes.js';

/** The constant that the pass makes of one. */
function decoded(constant: string, shape: string): string {
  const text = transform(
    decodeConstants,
    `signature "s" (%x "x": tensor<${shape}xf32>) -> ("y") {
      %c = const ${constant} %d = tfl.dequantize(%c) %y = tfl.add(%x, %d) return %y }`,
  );
  expect(text).not.toMatch(/dequantize/);
  return /const (.*)/.exec(text)?.[1] ?? '';
}

describe('decode-constants', () => {
  test('half precision', () => {
    expect(decoded('[1.5, -2] : tensor<2xf16>', '2')).toBe('[1.5, -2] : tensor<2xf32>');
  });

  test('integers of one scale', () => {
    expect(decoded('[1, -128] : tensor<2xi8> as tensor<2xi8, q(0.5:-3)>', '2')).toBe('[2, -62.5] : tensor<2xf32>');
    expect(decoded('[0, 255] : tensor<2xui8> as tensor<2xui8, q(2:128)>', '2')).toBe('[-256, 254] : tensor<2xf32>');
  });

  test('integers of a scale for each channel', () => {
    const constant = '[[1, 2], [3, 4]] : tensor<2x2xi8> as tensor<2x2xi8, q@1(1:0, 10:0)>';
    expect(decoded(constant, '2x2')).toBe('[[1, 20], [3, 40]] : tensor<2x2xf32>');
    expect(decoded(constant.replace('q@1', 'q@0'), '2x2')).toBe('[[1, 2], [30, 40]] : tensor<2x2xf32>');
  });

  test('4 bits', () => {
    expect(decoded('[-8, 7, 3] : tensor<3xi4> as tensor<3xi4, q(0.5:0)>', '3')).toBe('[-4, 3.5, 1.5] : tensor<3xf32>');
  });

  test('emulated quantization, of one scale or of one for each channel', () => {
    const emulated = (constant: string, shape: string, type: string): string =>
      /const (.*)/.exec(
        transform(
          decodeConstants,
          `signature "s" (%x "x": tensor<${shape}xf32>) -> ("y") {
            %c = const ${constant} : tensor<${shape}xf32> %q = tfl.quantize(%c) : tensor<${shape}xi8, ${type}>
            %d = tfl.dequantize(%q) %y = tfl.add(%x, %d) return %y }`,
        ),
      )?.[1] ?? '';
    expect(emulated('[0.6, -9, 300, 1.4]', '4', 'q(1:0)')).toBe('[1, -9, 127, 1] : tensor<4xf32>');
    const channels = emulated('[[0.6, 0.6], [3, 3]]', '2x2', 'q@1(1:0, 4:0)');
    expect(channels).toBe('[[1, 0], [3, 4]] : tensor<2x2xf32>');
  });

  test('integers that are cast, and scaled and moved as floats', () => {
    const text = transform(
      decodeConstants,
      `signature "s" (%x "x": tensor<2xf32>) -> ("y") {
        %c = const [1, 250] : tensor<2xui8> %f = tfl.cast(%c) {in_data_type = "UINT8", out_data_type = "FLOAT32"}
        %k = const 0.5 : tensor<f32> %m = tfl.mul(%f, %k) %t = const -2 : tensor<f32> %d = tfl.add(%m, %t)
        %y = tfl.add(%x, %d) return %y }`,
    );
    expect(text).not.toMatch(/cast|mul/);
    expect(text).toMatch('const [-1.5, 123] : tensor<2xf32>');
  });

  test('what is not quantized stays', () => {
    const text = `signature "s" (%x "x": tensor<2xf32>) -> ("y") {
      %c = const [1, 2] : tensor<2xi8> %d = tfl.dequantize(%c) %y = tfl.add(%x, %d) return %y }`;
    expect(reasonsFor(decodeConstants, text)).toEqual(['tfl.dequantize: constants of int8 are not decoded']);
  });
});
