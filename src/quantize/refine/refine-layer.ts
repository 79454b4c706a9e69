import { Tensor } from '#tensor/tensor.js';
import { type ActivationType, type Affine, limits } from '../affine.js';
import { floatsOf, packNibbles, type QuantizedConstant } from '../weights/quantize-weights.js';
import type { Patches } from './patches.js';
import { AdaptiveRounding } from './round-adaptively.js';

/**
 * Weights of a unit up to which rounding them together is worth the time, which grows with the square: errors of many
 * weights even out anyway, and MobileNetV2 gains nothing from more.
 */
const MOST_DEPTH = 512;

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
  const rounds = layer.roundAdaptively && depth > 1 && depth <= MOST_DEPTH;
  const corrected = bias && Float32Array.from(floatsOf(bias));
  const { scale } = quantized.quantization;
  const groups = depthwise ? channels : 1;
  const perGroup = units / groups;
  const stride = depthwise ? units : 1;
  const unit = new Float64Array(depth);
  for (let group = 0; group < groups; group++) {
    const { stored, exactMeans, storedMeans } = columnsOf(patches, group, groups, layer.input);
    // The bias makes up for means, so weights need not.
    if (corrects) subtract(stored, storedMeans);
    const rounding = rounds ? new AdaptiveRounding(stored, depth) : undefined;
    for (let u = group * perGroup; u < (group + 1) * perGroup; u++) {
      const step = scale[scale.length === 1 ? 0 : u] as number;
      const first = depthwise ? u : u * depth;
      for (let i = 0; i < depth; i++) unit[i] = (floats[first + i * stride] as number) / step;
      rounding?.round(unit, limit).forEach((whole, i) => {
        steps[first + i * stride] = whole;
      });
      if (!corrects || !corrected) continue;
      let error = 0;
      for (let i = 0; i < depth; i++) {
        const whole = steps[first + i * stride] as number;
        error += (unit[i] as number) * (exactMeans[i] as number) - whole * (storedMeans[i] as number);
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

/** What the units of one group see as it is stored, and the means of that and of what it stands for. */
function columnsOf(patches: Patches, group: number, groups: number, { affine, dtype }: LayerToRefine['input']) {
  const { data, rows, size } = patches;
  const depth = size / groups;
  const { scale, zeroPoint } = affine;
  const least = limits[dtype].min - zeroPoint;
  const greatest = limits[dtype].max - zeroPoint;
  const stored = new Float64Array(rows * depth);
  const exactMeans = new Float64Array(depth);
  const storedMeans = new Float64Array(depth);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < depth; i++) {
      const value = data[r * size + i * groups + group] as number;
      const whole = Math.round(value / scale);
      const real = scale * Math.max(least, Math.min(greatest, whole));
      stored[r * depth + i] = real;
      exactMeans[i] = (exactMeans[i] as number) + value;
      storedMeans[i] = (storedMeans[i] as number) + real;
    }
  }
  for (let i = 0; i < depth; i++) {
    exactMeans[i] = (exactMeans[i] as number) / rows;
    storedMeans[i] = (storedMeans[i] as number) / rows;
  }
  return { stored, exactMeans, storedMeans };
}

function subtract(data: Float64Array, means: Float64Array): void {
  const size = means.length;
  for (let at = 0; at < data.length; at += size) {
    for (let i = 0; i < size; i++) data[at + i] = (data[at + i] as number) - (means[i] as number);
  }
}

function unpackNibbles(tensor: Tensor): Int8Array {
  const bytes = tensor.load();
  return Int8Array.from({ length: tensor.size }, (_, i) => {
    const nibble = ((bytes[i >> 1] as number) >> (4 * (i & 1))) & 15;
    return nibble > 7 ? nibble - 16 : nibble;
  });
}
