import { Tensor } from '#tensor/tensor.js';
import { type ActivationType, type Affine, limits } from '../affine.js';
import { floatsOf, packNibbles, type QuantizedConstant } from '../weights/quantize-weights.js';
import type { Patches } from './patches.js';
import { AdaptiveRounding } from './round-adaptively.js';

/**
 * Weights of a unit up to which rounding them together is worth the time, which grows with the square: errors of many
 * weights even out anyway. Measured on whole networks, 8-bit ones gain nothing from more.
 */
const MOST_DEPTH: Readonly<Record<4 | 8, number>> = { 4: 1024, 8: 192 };

export interface LayerToRefine {
  /** As they are in float32. */
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
  /** As plain rounding made them. */
  readonly quantized: QuantizedConstant;
  /** How the input is stored. */
  readonly input: { readonly affine: Affine; readonly dtype: ActivationType };
  readonly roundAdaptively: boolean;
  readonly correctBias: boolean;
}

export interface RefinedLayer {
  readonly weights: QuantizedConstant;
  readonly bias: Tensor | undefined;
}

/**
 * A layer whose results come closer to those of float32 on the inputs `patches`: weights rounded with regard to each
 * other, of the same scales as before, and a bias that takes away the mean error of each unit that is left. Counts in
 * that stored inputs are rounded, too.
 */
export function refineLayer(patches: Patches, layer: LayerToRefine): RefinedLayer {
  const { quantized, bias } = layer;
  const { rows } = patches;
  const { units, depthwise, channels } = patches.layer;
  if (rows === 0) return { weights: quantized, bias };
  const corrects = layer.correctBias && bias !== undefined;
  const depth = depthwise ? patches.size / channels : patches.size;
  const floats = floatsOf(layer.weights);
  const bits = quantized.tensor.dtype === 'int4' ? 4 : 8;
  const limit = 2 ** (bits - 1) - 1;
  const steps = bits === 4 ? unpackNibbles(quantized.tensor) : Int8Array.from(quantized.tensor.data as Int8Array);
  // Nor do they gain where a unit has but the few weights of one channel.
  const rounds = layer.roundAdaptively && depth > 1 && depth <= MOST_DEPTH[bits] && (bits === 4 || !depthwise);
  const corrected = bias && Float32Array.from(floatsOf(bias));
  const { scale } = quantized.quantization;
  const groups = depthwise ? channels : 1;
  const perGroup = units / groups;
  const stride = depthwise ? units : 1;
  const unit = new Float64Array(depth);
  const means = meansOf(patches, layer.input);
  for (let group = 0; group < groups; group++) {
    // The bias makes up for means, so weights need not.
    const centre = corrects ? means.stored : undefined;
    const rounding = rounds
      ? new AdaptiveRounding(storedColumns(patches, group, groups, layer.input, centre), depth)
      : undefined;
    for (let u = group * perGroup; u < (group + 1) * perGroup; u++) {
      const step = scale[scale.length === 1 ? 0 : u] as number;
      const first = depthwise ? u : u * depth;
      for (let i = 0; i < depth; i++) unit[i] = (floats[first + i * stride] as number) / step;
      rounding?.round(unit, limit).forEach((whole, i) => {
        steps[first + i * stride] = whole;
      });
      if (!corrects || !corrected) continue;
      let error = 0;
      for (let i = 0, column = group; i < depth; i++, column += groups) {
        const whole = steps[first + i * stride] as number;
        error += (unit[i] as number) * (means.exact[column] as number) - whole * (means.stored[column] as number);
      }
      corrected[u] = (corrected[u] as number) + error * step;
    }
  }
  const tensor =
    bits === 4
      ? Tensor.from('int4', quantized.tensor.shape, packNibbles(steps))
      : Tensor.from('int8', quantized.tensor.shape, steps);
  return {
    weights: rounds ? { tensor, quantization: quantized.quantization } : quantized,
    bias: bias && corrected ? Tensor.from('float32', bias.shape, corrected) : bias,
  };
}

/** The mean of each number of a window, and of what it is stored as. */
function meansOf({ data, rows, size }: Patches, { affine, dtype }: LayerToRefine['input']) {
  const { scale, zeroPoint } = affine;
  const least = limits[dtype].min - zeroPoint;
  const greatest = limits[dtype].max - zeroPoint;
  const exact = new Float64Array(size);
  const stored = new Float64Array(size);
  for (let r = 0, at = 0; r < rows; r++) {
    for (let i = 0; i < size; i++, at++) {
      const value = data[at] as number;
      exact[i] = (exact[i] as number) + value;
      stored[i] = (stored[i] as number) + Math.max(least, Math.min(greatest, Math.round(value / scale)));
    }
  }
  for (let i = 0; i < size; i++) {
    exact[i] = (exact[i] as number) / rows;
    stored[i] = ((stored[i] as number) * scale) / rows;
  }
  return { exact, stored };
}

/** What the units of one group see as it is stored, less `centre`. */
function storedColumns(
  { data, rows, size }: Patches,
  group: number,
  groups: number,
  { affine, dtype }: LayerToRefine['input'],
  centre: Float64Array | undefined,
): Float64Array {
  const { scale, zeroPoint } = affine;
  const least = limits[dtype].min - zeroPoint;
  const greatest = limits[dtype].max - zeroPoint;
  const stored = new Float64Array((rows * size) / groups);
  let to = 0;
  for (let r = 0; r < rows; r++) {
    for (let i = group; i < size; i += groups) {
      const whole = Math.round((data[r * size + i] as number) / scale);
      stored[to++] = scale * Math.max(least, Math.min(greatest, whole)) - (centre ? (centre[i] as number) : 0);
    }
  }
  return stored;
}

function unpackNibbles(tensor: Tensor): Int8Array {
  const bytes = tensor.load();
  return Int8Array.from({ length: tensor.size }, (_, i) => {
    const nibble = ((bytes[i >> 1] as number) >> (4 * (i & 1))) & 15;
    return nibble > 7 ? nibble - 16 : nibble;
  });
}
