import { describe, expect, test } from '@jest/globals';
import {
  biasScales,
  contentRange,
  leastWeightScales,
  quantizeBias,
  quantizeConstant,
} from '#quantize/weights/quantize-constant.js';
import { packNibbles, quantizeWeights } from '#quantize/weights/quantize-weights.js';
import { Tensor } from '#tensor/tensor.js';
import { generator } from '../../support/random-module.js';

function error(weights: Tensor, algorithm: 'min-max' | 'mse', bits: 4 | 8): number {
  const { tensor, quantization } = quantizeWeights(weights, { axis: null, bits, algorithm });
  const scale = quantization.scale[0] as number;
  const stored = bits === 4 ? unpack(tensor) : Array.from(tensor.data as Int8Array);
  return stored.reduce((sum, value, i) => sum + (value * scale - (weights.data[i] as number)) ** 2, 0);
}

function unpack(tensor: Tensor): number[] {
  return Array.from({ length: tensor.size }, (_, i) => {
    const nibble = ((tensor.data[i >> 1] as number) >> (4 * (i & 1))) & 15;
    return nibble > 7 ? nibble - 16 : nibble;
  });
}

describe('weights', () => {
  test('each slice along the axis has its scale, and a narrow range', () => {
    const weights = Tensor.float32([1, -0.5, 0.25, 8, -12.7, 0], [2, 3]);
    const { tensor, quantization } = quantizeWeights(weights, { axis: 0, bits: 8, algorithm: 'min-max' });
    expect(quantization).toEqual({ scale: [1 / 127, 12.7 / 127].map(Math.fround), zeroPoint: [0, 0], axis: 0 });
    expect(Array.from(tensor.data as Int8Array)).toEqual([127, -64, 32, 80, -127, 0]);
  });

  test('along the last axis', () => {
    const weights = Tensor.float32([1, 10, 0.5, -20], [1, 2, 1, 2]);
    const { tensor, quantization } = quantizeWeights(weights, { axis: 3, bits: 8, algorithm: 'min-max' });
    expect(quantization.scale).toEqual([1 / 127, 20 / 127].map(Math.fround));
    expect(Array.from(tensor.data as Int8Array)).toEqual([127, 64, 64, -127]);
  });

  test('4 bits are packed two to a byte, the first in the low half', () => {
    const weights = Tensor.float32([7, -7, 1, -2, 3], [5]);
    const { tensor, quantization } = quantizeWeights(weights, { axis: null, bits: 4, algorithm: 'min-max' });
    expect(quantization).toEqual({ scale: [1], zeroPoint: [0] });
    expect(Array.from(tensor.bytes)).toEqual([0x97, 0xe1, 0x03]);
    expect(Array.from(packNibbles(Int8Array.of(-8, 7)))).toEqual([0x78]);
  });

  test('a channel of zeros has a scale, too', () => {
    const { quantization } = quantizeWeights(Tensor.float32([0, 0, 1, 2], [2, 2]), {
      axis: 0,
      bits: 8,
      algorithm: 'mse',
    });
    expect(quantization.scale[0]).toBeGreaterThan(0);
  });

  test('scales that must not be undercut', () => {
    const weights = Tensor.float32([1, -1, 0.5, 0.1], [2, 2]);
    const spec = { axis: 0, bits: 8, algorithm: 'min-max', leastScales: [0, 1] } as const;
    expect(quantizeWeights(weights, spec).quantization.scale).toEqual([Math.fround(1 / 127), 1]);
  });

  test('the search makes the squared error no larger, and smaller where few weights stand out', () => {
    const random = generator(3);
    const values = Array.from({ length: 400 }, (_, i) => (i === 0 ? 4 : random() * 2 - 1));
    const weights = Tensor.float32(values);
    expect(error(weights, 'mse', 4)).toBeLessThan(0.7 * error(weights, 'min-max', 4));
    expect(error(weights, 'mse', 8)).toBeLessThanOrEqual(error(weights, 'min-max', 8));
  });

  test('weights that are no numbers are refused', () => {
    const spec = { axis: null, bits: 8, algorithm: 'min-max' } as const;
    expect(() => quantizeWeights(Tensor.float32([1, NaN]), spec)).toThrow(/not all finite/);
    expect(() => quantizeWeights(Tensor.float32([Infinity, 1]), spec)).toThrow(/not all finite/);
  });
});

describe('constants among data', () => {
  test('infinities do not widen the range, and saturate', () => {
    const mask = Tensor.float32([0, -Infinity, -2, 2]);
    expect(contentRange(mask)).toEqual({ min: -2, max: 2 });
    const { tensor } = quantizeConstant(mask, { scale: 0.5, zeroPoint: 3 }, 'int8');
    expect(Array.from(tensor.data as Int8Array)).toEqual([3, -128, -1, 7]);
  });
});

describe('biases', () => {
  test('are whole steps of input × weights', () => {
    const bias = Tensor.float32([1, -0.75]);
    const scales = biasScales(0.5, [0.25, 0.5]);
    expect(quantizeBias(bias, scales, 'int32')).toEqual({
      tensor: Tensor.from('int32', [2], Int32Array.of(8, -3)),
      quantization: { scale: [0.125, 0.25], zeroPoint: [0, 0], axis: 0 },
    });
    expect(quantizeBias(bias, [0.25], 'int64').tensor.data).toEqual(BigInt64Array.of(4n, -3n));
  });

  test('ask for weights with scales in which they fit into half of int32', () => {
    expect(leastWeightScales(Tensor.float32([0, 2 ** 20]), 0.5, 2)).toEqual([0, 2 ** -9]);
    expect(leastWeightScales(Tensor.float32([1, -(2 ** 20)]), 0.5, 1)).toEqual([2 ** -9]);
  });
});
