import { Tensor } from '#tensor/tensor.js';
import { floatsOf, packNibbles, type QuantizedConstant } from '../weights/quantize-weights.js';
import type { Patches } from './patches.js';
import { AdaptiveRounding, UNITS_AT_ONCE } from './round-adaptively.js';
import { meansOf, type StoredType, storedRows, type WindowMeans } from './stored-inputs.js';

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
  readonly input: StoredType;
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
  const bits = quantized.tensor.dtype === 'int4' ? 4 : 8;
  const groups = depthwise ? channels : 1;
  const work: Work = {
    depth: depthwise ? patches.size / channels : patches.size,
    groups,
    perGroup: units / groups,
    stride: depthwise ? units : 1,
    weights: floatsOf(layer.weights),
    steps: bits === 4 ? unpackNibbles(quantized.tensor) : new Int8Array(quantized.tensor.data as Int8Array),
    scales: Float64Array.from({ length: units }, (_, u) => scaleOf(quantized, u)),
    limit: 2 ** (bits - 1) - 1,
  };
  const corrects = layer.correctBias && bias !== undefined;
  const means = corrects ? meansOf(patches, layer.input) : undefined;
  // Nor do they gain where a unit has but the few weights of one channel.
  const rounds =
    layer.roundAdaptively && work.depth > 1 && work.depth <= MOST_DEPTH[bits] && (bits === 4 || !depthwise);
  // The bias makes up for means, so weights need not.
  if (rounds) roundTogether(work, patches, layer.input, means?.stored);
  const tensor =
    bits === 4
      ? Tensor.from('int4', quantized.tensor.shape, packNibbles(work.steps))
      : Tensor.from('int8', quantized.tensor.shape, work.steps);
  return {
    weights: rounds ? { tensor, quantization: quantized.quantization } : quantized,
    bias: bias && means ? Tensor.from('float32', bias.shape, correct(floatsOf(bias), work, means)) : bias,
  };
}

/** The weights of all units, and how they lie: those of a unit begin at its first, a stride apart. */
interface Work {
  /** Weights of a unit. */
  readonly depth: number;
  /** Units of a group, which follow each other, see the same inputs: every so many numbers of a window. */
  readonly groups: number;
  readonly perGroup: number;
  readonly stride: number;
  readonly weights: Float32Array;
  /** What the weights are stored as. */
  readonly steps: Int8Array;
  /** Of each unit. */
  readonly scales: Float64Array;
  readonly limit: number;
}

function scaleOf({ quantization: { scale } }: QuantizedConstant, unit: number): number {
  return scale[scale.length === 1 ? 0 : unit] as number;
}

/** Rounds the weights anew, group by group. */
function roundTogether(work: Work, patches: Patches, input: StoredType, centre: Float64Array | undefined): void {
  const { depth, groups, perGroup, limit } = work;
  const block = new Float64Array(UNITS_AT_ONCE * depth);
  for (let group = 0; group < groups; group++) {
    const rounding = new AdaptiveRounding(storedRows(patches, group, groups, input, centre), depth);
    const end = (group + 1) * perGroup;
    for (let from = group * perGroup; from < end; from += UNITS_AT_ONCE) {
      const count = Math.min(UNITS_AT_ONCE, end - from);
      for (let i = 0; i < count; i++) inSteps(work, from + i, block, i * depth);
      const rounded = rounding.round(block.subarray(0, count * depth), limit);
      for (let i = 0; i < count; i++) put(rounded, i * depth, work, from + i);
    }
  }
}

function inSteps({ depth, stride, weights, scales }: Work, unit: number, to: Float64Array, start: number): void {
  const scale = scales[unit] as number;
  const first = stride === 1 ? unit * depth : unit;
  for (let i = 0; i < depth; i++) to[start + i] = (weights[first + i * stride] as number) / scale;
}

function put(rounded: Int8Array, start: number, { depth, stride, steps }: Work, unit: number): void {
  const first = stride === 1 ? unit * depth : unit;
  for (let i = 0; i < depth; i++) steps[first + i * stride] = rounded[start + i] as number;
}

/** The bias with what the results of each unit are too small by in the mean. */
function correct(bias: Float32Array, work: Work, means: WindowMeans): Float32Array {
  return Float32Array.from(bias, (value, unit) => value + meanError(work, unit, means) * (work.scales[unit] as number));
}

/** In steps, as weights and inputs are stored. */
function meanError(work: Work, unit: number, { exact, stored }: WindowMeans): number {
  const { depth, groups, perGroup, stride, weights, steps } = work;
  const scale = work.scales[unit] as number;
  const group = Math.floor(unit / perGroup);
  let at = stride === 1 ? unit * depth : unit;
  let error = 0;
  for (let i = 0, column = group; i < depth; i++, at += stride, column += groups) {
    const exactly = ((weights[at] as number) / scale) * (exact[column] as number);
    error += exactly - (steps[at] as number) * (stored[column] as number);
  }
  return error;
}

function unpackNibbles(tensor: Tensor): Int8Array {
  const bytes = tensor.load();
  return Int8Array.from({ length: tensor.size }, (_, i) => {
    const nibble = ((bytes[i >> 1] as number) >> (4 * (i & 1))) & 15;
    return nibble > 7 ? nibble - 16 : nibble;
  });
}
