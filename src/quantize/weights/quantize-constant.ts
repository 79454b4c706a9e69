import { allocate, Tensor } from '#tensor/tensor.js';
import { type ActivationType, type Affine, limits, perTensor, type Range } from '../affine.js';
import { floatsOf, type QuantizedConstant } from './quantize-weights.js';

/** Where the elements of a float32 constant lie; infinities and NaN do not count. */
export function contentRange(tensor: Tensor): Range {
  let min = Infinity;
  let max = -Infinity;
  for (const value of floatsOf(tensor)) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min > max ? { min: 0, max: 0 } : { min, max };
}

/** A float32 constant as data of one scale; what lies outside of its range saturates. */
export function quantizeConstant(tensor: Tensor, affine: Affine, dtype: ActivationType): QuantizedConstant {
  const { min, max } = limits[dtype];
  const floats = floatsOf(tensor);
  const stored = allocate(dtype, floats.length);
  for (let i = 0; i < floats.length; i++) {
    const value = Math.round((floats[i] as number) / affine.scale) + affine.zeroPoint;
    stored[i] = Math.max(min, Math.min(max, value));
  }
  return { tensor: Tensor.from(dtype, tensor.shape, stored), quantization: perTensor(affine) };
}

/** The steps of a bias: those of the products that it is added to. */
export function biasScales(inputScale: number, weightScales: readonly number[]): number[] {
  return weightScales.map((scale) => inputScale * scale);
}

/** Part of int32 that a bias may fill: the sum of products needs the rest. */
export const BIAS_LIMIT = 2 ** 30;

/** The least scales of weights with which a bias fits in int32, one for each of them. */
export function leastWeightScales(bias: Tensor, inputScale: number, count: number): number[] {
  const least = new Array<number>(count).fill(0);
  floatsOf(bias).forEach((value, c) => {
    const at = count === 1 ? 0 : c;
    least[at] = Math.max(least[at] ?? 0, Math.abs(value) / (inputScale * BIAS_LIMIT));
  });
  return least;
}

/** A bias in whole steps: int32 beside 8-bit data, int64 beside 16-bit data. */
export function quantizeBias(bias: Tensor, scales: readonly number[], dtype: 'int32' | 'int64'): QuantizedConstant {
  const floats = floatsOf(bias);
  const steps = Array.from(floats, (value, c) => Math.round(value / (scales[scales.length === 1 ? 0 : c] as number)));
  const tensor =
    dtype === 'int32'
      ? Tensor.from('int32', bias.shape, Int32Array.from(steps))
      : Tensor.from('int64', bias.shape, BigInt64Array.from(steps, BigInt));
  const scale = scales.map(Math.fround);
  const zeroPoint = scale.map(() => 0);
  return { tensor, quantization: scales.length === 1 ? { scale, zeroPoint } : { scale, zeroPoint, axis: 0 } };
}
