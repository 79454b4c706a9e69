import { describe, expect, test } from '@jest/globals';
import type { LinearLayer } from '#quantize/refine/linear-layer.js';
import { Patches, windowRows } from '#quantize/refine/patches.js';
import { refineLayer } from '#quantize/refine/refine-layer.js';
import { quantizeWeights } from '#quantize/weights/quantize-weights.js';
import { Tensor } from '#tensor/tensor.js';

const point = { size: 1, stride: 1, dilation: 1 };
const dense: LinearLayer = {
  input: 0,
  weights: 1,
  bias: 2,
  height: point,
  width: point,
  samePadding: false,
  channels: 12,
  units: 5,
  depthwise: false,
  windowed: false,
};

/** Numbers between 0 and 1, the same in each run. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  });
}

const rows = 200;
// Channels that are much alike, and none with a mean of zero, as behind a ReLU.
const data = (() => {
  const own = numbers(rows * dense.channels, 3);
  const common = numbers(rows, 4);
  return own.map((value, i) => 0.3 * value + (common[Math.floor(i / dense.channels)] as number));
})();
const weights = Tensor.float32(
  numbers(dense.units * dense.channels, 5).map((value) => value - 0.4),
  [dense.units, dense.channels],
);
const bias = Tensor.float32([1, 2, 3, 4, 5]);
const affine = { scale: 1.3 / 255, zeroPoint: -128 };

function patches(): Patches {
  const taken = new Patches(dense, rows, 1);
  taken.take(data, windowRows(dense, [rows, dense.channels], rows), false);
  return taken;
}

/** Mean error and mean squared error of results, over all units. */
function errors(bits: 4 | 8, options: { round: boolean; correct: boolean }) {
  const quantized = quantizeWeights(weights, { axis: 0, bits, algorithm: 'min-max' });
  const refined = refineLayer(patches(), {
    weights,
    bias,
    quantized,
    input: { affine, dtype: 'int8' },
    roundAdaptively: options.round,
    correctBias: options.correct,
  });
  const bytes = refined.weights.tensor.load();
  const steps = (i: number): number => {
    if (bits === 8) return ((bytes[i] as number) << 24) >> 24;
    return (((bytes[i >> 1] as number) >> (4 * (i & 1))) << 28) >> 28;
  };
  let mean = 0;
  let square = 0;
  for (let unit = 0; unit < dense.units; unit++) {
    const scale = refined.weights.quantization.scale[unit] as number;
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      let error = (refined.bias?.data[unit] as number) - (bias.data[unit] as number);
      for (let i = 0; i < dense.channels; i++) {
        const value = data[row * dense.channels + i] as number;
        const stored = affine.scale * Math.round(value / affine.scale);
        error += stored * scale * steps(unit * dense.channels + i);
        error -= value * (weights.data[unit * dense.channels + i] as number);
      }
      sum += error;
      square += error * error;
    }
    mean = Math.max(mean, Math.abs(sum / rows));
  }
  return { mean, square, refined, quantized };
}

describe.each([4, 8] as const)('a dense layer of %i-bit weights', (bits) => {
  const plain = errors(bits, { round: false, correct: false });

  test('stays as it is where nothing is asked for', () => {
    expect(plain.refined.weights).toBe(plain.quantized);
    expect(plain.refined.bias?.data).toEqual(bias.data);
  });

  test('has no mean error once its bias is corrected', () => {
    const corrected = errors(bits, { round: false, correct: true });
    expect(plain.mean).toBeGreaterThan(1e-4);
    expect(corrected.mean).toBeLessThan(1e-6);
    expect(corrected.square).toBeLessThan(plain.square);
  });

  test('errs far less with weights that are rounded together, and least with both', () => {
    const rounded = errors(bits, { round: true, correct: false });
    const both = errors(bits, { round: true, correct: true });
    expect(rounded.square).toBeLessThan(plain.square / 2);
    expect(both.square).toBeLessThan(rounded.square);
    expect(both.mean).toBeLessThan(1e-6);
    expect(rounded.refined.weights.quantization).toEqual(plain.quantized.quantization);
  });

  test('is the same each time', () => {
    const [first, second] = [1, 2].map(() => errors(bits, { round: true, correct: true }).refined);
    expect(first?.weights.tensor.load()).toEqual(second?.weights.tensor.load());
    expect(first?.bias?.data).toEqual(second?.bias?.data);
  });
});

test('a depthwise layer is refined channel by channel', () => {
  const layer: LinearLayer = {
    ...dense,
    height: { size: 2, stride: 1, dilation: 1 },
    width: { size: 2, stride: 1, dilation: 1 },
    channels: 3,
    units: 6,
    depthwise: true,
    windowed: true,
  };
  const seen = new Patches(layer, 64, 1);
  seen.take(numbers(9 * 9 * 3, 8), windowRows(layer, [1, 9, 9, 3], 64), false);
  const filter = Tensor.float32(
    numbers(24, 9).map((value) => value - 0.5),
    [1, 2, 2, 6],
  );
  const zeros = Tensor.float32(new Float32Array(6));
  const input = { affine: { scale: 1 / 255, zeroPoint: -128 }, dtype: 'int8' as const };
  const quantized = quantizeWeights(filter, { axis: 3, bits: 4, algorithm: 'min-max' });
  const refined = refineLayer(seen, {
    weights: filter,
    bias: zeros,
    quantized,
    input,
    roundAdaptively: false,
    correctBias: true,
  });
  const bytes = quantized.tensor.load();
  for (let unit = 0; unit < 6; unit++) {
    let wanted = 0;
    for (let row = 0; row < seen.rows; row++) {
      for (let at = 0; at < 4; at++) {
        const value = seen.data[row * 12 + at * 3 + Math.floor(unit / 2)] as number;
        const i = at * 6 + unit;
        const step = (((bytes[i >> 1] as number) >> (4 * (i & 1))) << 28) >> 28;
        const stored = Math.round(value * 255) / 255;
        wanted += value * (filter.data[i] as number) - stored * step * (quantized.quantization.scale[unit] as number);
      }
    }
    expect(refined.bias?.data[unit]).toBeCloseTo(wanted / seen.rows, 6);
  }
});
