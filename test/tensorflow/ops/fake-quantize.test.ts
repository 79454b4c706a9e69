import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '#tensor/tensor.js';
import { folded, inferred, lowered, loweredOps, refusal } from './lowered.js';

const x = '%x "x": tensor<?x3xf32>';
const range = '%a = const -1 : tensor<f32> %b = const 2 : tensor<f32>';
const vars = (attributes = ''): string => `${range} %y = tf.FakeQuantWithMinMaxVars(%x, %a, %b) {${attributes}}`;
const vectors = '%a = const [-1, 0, -0.5] : tensor<3xf32> %b = const [2, 1, 0] : tensor<3xf32>';
const multiples = (version: string, attributes: string): string =>
  `${range} %y = tf.QuantizeAndDequantize${version}(%x, %a, %b) {${attributes}}`;

function numbers(result: ReturnType<typeof folded>): number[] {
  return Array.from((result as Tensor).data as Float32Array, (value) => Number(value.toFixed(4)));
}

describe('FakeQuant', () => {
  test('keeps the shape', () => {
    expect(inferred(x, vars())).toBe('tensor<?x3xf32>');
  });

  test('of 8 bits goes through int8', () => {
    expect(lowered(x, vars())).toMatch('tensor<?x3xi8, q(0.0117647061124444:-43)>');
    expect(loweredOps(x, vars())).toEqual(['quantize', 'dequantize']);
    expect(loweredOps(x, '%y = tf.FakeQuantWithMinMaxArgs(%x)')).toEqual(['quantize', 'dequantize']);
  });

  test('a narrow range is bounded before', () => {
    expect(loweredOps(x, vars('narrow_range = true'))).toEqual(['maximum', 'quantize', 'dequantize']);
  });

  test('of other widths is one op, or arithmetic where that has no kernel', () => {
    expect(loweredOps(x, vars('num_bits = 4'))).toEqual(['fake_quant']);
    const bounded = ['maximum', 'minimum', 'quantize', 'dequantize'];
    expect(loweredOps(x, vars('num_bits = 4, narrow_range = true'))).toEqual(bounded);
    const steps = ['maximum', 'minimum', 'mul', 'add', 'floor', 'mul'];
    expect(loweredOps(x, vars('num_bits = 12, narrow_range = true'))).toEqual(steps);
    expect(loweredOps(x, `${vectors} %y = tf.FakeQuantWithMinMaxVarsPerChannel(%x, %a, %b)`)).toEqual(steps);
  });

  test('of a range of zero is zero', () => {
    const none = '%a = const 0 : tensor<f32> %y = tf.FakeQuantWithMinMaxVars(%x, %a, %a)';
    expect(loweredOps(x, none)).toEqual(['zeros_like']);
    expect(loweredOps('%x "x": tensor<2x3xf32>', none)).toEqual([]);
  });

  test('of constants is folded', () => {
    const c = '%c = const [-3, 0.5, 0.7, 9] : tensor<4xf32>';
    expect(numbers(folded('', `${c} %y = tf.FakeQuantWithMinMaxArgs(%c) {min = -1, max = 2, num_bits = 2}`))).toEqual([
      -1, 1, 1, 2,
    ]);
    expect(numbers(folded('', `${c} ${range} %y = tf.FakeQuantWithMinMaxVars(%c, %a, %b) {num_bits = 2}`))).toEqual([
      -1, 1, 1, 2,
    ]);
    const rows = '%c = const [[9, 9, 9], [-9, -9, -9]] : tensor<2x3xf32>';
    expect(numbers(folded('', `${rows} ${vectors} %y = tf.FakeQuantWithMinMaxVarsPerChannel(%c, %a, %b)`))).toEqual([
      2, 1, 0, -1, 0, -0.5,
    ]);
  });

  test('needs a range that is known, and not empty', () => {
    expect(refusal(`${x}, %a "a": tensor<f32>`, '%y = tf.FakeQuantWithMinMaxVars(%x, %a, %a)').reason).toBe(
      'its range is computed by the model',
    );
    expect(refusal(x, '%y = tf.FakeQuantWithMinMaxArgs(%x) {min = 2, max = 1}').reason).toBe(
      'its range is empty (2 to 1)',
    );
  });
});

describe('QuantizeAndDequantize', () => {
  test('of 8 bits and a given range goes through int8, with zero at 0', () => {
    expect(lowered(x, multiples('V2', 'range_given = true'))).toMatch('q(0.01574803143739700');
    for (const version of ['V2', 'V4']) {
      expect(loweredOps(x, multiples(version, 'range_given = true'))).toEqual(['quantize', 'dequantize']);
    }
    const third = `${range} %n = const 8 : tensor<i32> %y = tf.QuantizeAndDequantizeV3(%x, %a, %b, %n)`;
    expect(loweredOps(x, third)).toEqual(['quantize', 'dequantize']);
  });

  test('of many bits is arithmetic', () => {
    expect(loweredOps(x, multiples('V2', 'range_given = true, num_bits = 20'))).toEqual([
      'maximum',
      'minimum',
      'mul',
      'round',
      'mul',
    ]);
  });

  test('of its own range computes the scale', () => {
    const steps = ['reduce_max', 'mul', 'reduce_min', 'mul', 'maximum', 'maximum', 'div', 'round', 'mul'];
    expect(loweredOps(x, multiples('V2', ''))).toEqual(steps);
    expect(loweredOps(x, multiples('V4', 'axis = 1, round_mode = "HALF_UP"'))).toEqual([
      ...steps.slice(0, 7),
      'add',
      'floor',
      'mul',
    ]);
  });

  test('of constants is folded', () => {
    const c = '%c = const [[-3, 0.5], [0.7, 1.5]] : tensor<2x2xf32>';
    const fold = (attributes: string) =>
      numbers(folded('', `${c} ${range} %y = tf.QuantizeAndDequantizeV2(%c, %a, %b) {${attributes}}`));
    expect(fold('range_given = true, num_bits = 2')).toEqual([-4, 0, 0, 2]);
    expect(fold('num_bits = 2')).toEqual([-3, 0, 0, 1.5]);
    expect(fold('num_bits = 2, axis = 0')).toEqual([-3, 0, 0, 1.5]);
  });

  test('needs float32, a known range and a known width', () => {
    expect(
      refusal('%x "x": tensor<3xf64>', `${range} %y = tf.QuantizeAndDequantizeV2(%x, %a, %b) {T = "float64"}`).reason,
    ).toBe('TFLite computes it in float32 only, and this one is in float64');
    const arguments_ = `${x}, %a "a": tensor<f32>, %n "n": tensor<i32>`;
    expect(refusal(arguments_, '%y = tf.QuantizeAndDequantizeV3(%x, %a, %a, %n)').reason).toBe(
      'its number of bits is computed by the model',
    );
    const known = '%n = const 8 : tensor<i32> %y = tf.QuantizeAndDequantizeV3(%x, %a, %a, %n)';
    expect(refusal(`${x}, %a "a": tensor<f32>`, known).reason).toBe('its range is computed by the model');
    expect(refusal('%x "x": tensor<*xf32>', multiples('V2', '')).reason).toBe('the rank of its input is unknown');
  });
});
