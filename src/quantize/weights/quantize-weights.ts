import type { Quantization } from '#ir/type.js';
import { Tensor } from '#tensor/tensor.js';
import { storedScale } from '../affine.js';
import { balanceRounding } from './balance-rounding.js';
import { type Channels, channelsOf, greatestOf } from './channels.js';
import { recoverScales } from './recover-scales.js';
import { searchRanges } from './search-scales.js';

export interface WeightsSpec {
  /** The axis that has a scale for each slice; null for one scale. */
  readonly axis: number | null;
  readonly bits: 4 | 8;
  readonly algorithm: 'min-max' | 'mse';
  /** The axis with a slice for each result of the layer; over each the errors of rounding are balanced. */
  readonly balanced?: number | undefined;
  /** Scales that must not be undercut, one for each slice: what the bias needs. */
  readonly leastScales?: readonly number[];
}

export interface QuantizedConstant {
  readonly tensor: Tensor;
  readonly quantization: Quantization;
}

/** Slices of zeros, or so small that float32 cannot express their step, take this scale. */
const IDLE_SCALE = 2 ** -24;

/**
 * Weights as symmetric integers with a narrow range, ±127 or ±7: kernels multiply them without a zero point. Scales are
 * computed in double precision and rounded to float32 before the weights are rounded by them. 4-bit weights are packed
 * two to a byte, low nibble first. Throws a RangeError for weights that are not finite.
 */
export function quantizeWeights(weights: Tensor, spec: WeightsSpec): QuantizedConstant {
  const channels = channelsOf(weights.shape, spec.axis);
  const data = floatsOf(weights);
  const limit = 2 ** (spec.bits - 1) - 1;
  const greatest = greatestOf(data, channels);
  const recovered = recoverScales(data, channels, greatest, limit);
  const ranges = spec.algorithm === 'mse' ? searchRanges(data, channels, greatest, spec.bits) : greatest;
  const scale = Array.from(ranges, (range, c) => {
    const chosen = recovered[c] || (range > 0 ? range / limit : IDLE_SCALE);
    return storedScale(Math.max(chosen, spec.leastScales?.[c] ?? 0));
  });
  const rounded = roundSymmetric(data, channels, scale, limit);
  if (spec.balanced !== undefined) {
    balanceRounding(data, rounded, channelsOf(weights.shape, spec.balanced), scale, limit);
  }
  const tensor =
    spec.bits === 4
      ? Tensor.from('int4', weights.shape, packNibbles(rounded))
      : Tensor.from('int8', weights.shape, rounded);
  const zeroPoint = scale.map(() => 0);
  return { tensor, quantization: spec.axis === null ? { scale, zeroPoint } : { scale, zeroPoint, axis: spec.axis } };
}

/** The elements of a float32 tensor, for one reading: a deferred tensor is not made to keep them. */
export function floatsOf(tensor: Tensor): Float32Array {
  if (!tensor.deferred) return tensor.data as Float32Array;
  const bytes = tensor.load();
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

function roundSymmetric(
  data: Float32Array,
  { outer, size, inner }: Channels,
  scale: readonly number[],
  limit: number,
): Int8Array {
  const rounded = new Int8Array(data.length);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < size; c++) {
      const step = scale[c] as number;
      for (let i = 0; i < inner; i++, at++) {
        const value = (data[at] as number) / step;
        let nearest = Math.floor(value + 0.5);
        // Halves go away from zero. To ask for the sign each time would take longer: no processor can foresee it.
        if (nearest - value === 0.5 && value < 0) nearest--;
        if (nearest > limit) nearest = limit;
        else if (nearest < -limit) nearest = -limit;
        rounded[at] = nearest;
      }
    }
  }
  return rounded;
}

/** Two to a byte, the first in the low half. */
export function packNibbles(values: Int8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(values.length / 2));
  for (let i = 0; i < values.length; i++) {
    packed[i >> 1] = (packed[i >> 1] as number) | (((values[i] as number) & 15) << (4 * (i & 1)));
  }
  return packed;
}
