import { Buffer } from 'node:buffer';
import { constantOf } from '#ir/constant.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import { scaleColumns, scaleLent } from '#tensor/kernels/weight-kernels.js';
import type { Tensor } from '#tensor/tensor.js';
import { Conv2D, Conv3D, DepthwiseConv2D, TransposeConv } from '../ops/convolution.js';
import { FullyConnected } from '../ops/matmul.js';

/** Where an op that multiplies by weights and adds a bias has its parts. */
export interface LinearLayout {
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
  /** Axis of the weights that runs over the channels of the result. */
  readonly outputAxis: number;
  /** Axis of the weights that runs over the channels of the input; undefined where that is the output's. */
  readonly inputAxis: number | undefined;
}

const layouts = new Map<unknown, LinearLayout>([
  [Conv2D, { input: 0, weights: 1, bias: 2, outputAxis: 0, inputAxis: 3 }],
  [DepthwiseConv2D, { input: 0, weights: 1, bias: 2, outputAxis: 3, inputAxis: undefined }],
  [Conv3D, { input: 0, weights: 1, bias: 2, outputAxis: 4, inputAxis: 3 }],
  [TransposeConv, { input: 2, weights: 1, bias: 3, outputAxis: 0, inputAxis: 3 }],
  [FullyConnected, { input: 0, weights: 1, bias: 2, outputAxis: 0, inputAxis: 1 }],
]);

// biome-ignore lint/suspicious/noExplicitAny: definitions with all kinds of options
export const linearDefinitions: readonly OpDefinition<any>[] = [
  Conv2D,
  DepthwiseConv2D,
  Conv3D,
  TransposeConv,
  FullyConnected,
];

/** An op of float32 weights that are constant; its bias is constant or absent. */
export interface LinearOp {
  readonly op: Op;
  readonly layout: LinearLayout;
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
  /** Channels of the result. */
  readonly channels: number;
}

export function linearOp(op: Op | undefined): LinearOp | undefined {
  const layout = op && layouts.get(op.definition);
  if (!op || !layout) return undefined;
  const weights = constantOf(op.operands[layout.weights]);
  const biasValue = op.operands[layout.bias];
  const bias = constantOf(biasValue);
  if (weights?.dtype !== 'float32' || (biasValue && bias?.dtype !== 'float32')) return undefined;
  return { op, layout, weights, bias, channels: weights.shape[layout.outputAxis] as number };
}

/** The op behind a value if nothing else uses it and no activation is fused into it: more can be folded into it. */
export function openLinearOp(value: Value | undefined): LinearOp | string {
  const linear = linearOp(value?.producer);
  if (!linear || !value) return 'it is not computed with constant float32 weights';
  if (!value.hasOneUse) return 'the result before it has other users';
  if (linear.op.attributes['fused_activation_function'] !== 'NONE') return 'an activation stands between';
  return linear;
}

/**
 * A constant as one number for each of `channels` channels, where it broadcasts along the last dimension only and does
 * not enlarge a result of `rank` dimensions.
 */
export function perChannel(constant: Tensor | undefined, channels: number, rank: number): Float32Array | undefined {
  if (constant?.dtype !== 'float32' || constant.rank > rank) return undefined;
  const values = constant.data as Float32Array;
  if (constant.size === 1) return new Float32Array(channels).fill(values[0] as number);
  return constant.size === channels && constant.shape.at(-1) === channels ? values : undefined;
}

/** The rank of a value; undefined where it is unknown. */
export function rankOf(value: Value): number | undefined {
  return value.type.kind === 'tensor' ? value.type.shape?.length : undefined;
}

/** `weights` with each slice along `axis` multiplied by its factor; as late as the weights themselves. */
export function scaleAlong(weights: Tensor, axis: number, factors: ArrayLike<number>): Tensor {
  const { shape } = weights;
  const exact = Buffer.from(Float64Array.from(factors).buffer).toString('latin1');
  return weights.derive(shape, `scaled along ${axis} by ${exact}`, (bytes) => {
    if (axis === 0 && scaleLent(bytes, shape[0] as number, factors)) return bytes;
    if (axis === shape.length - 1 && scaleColumns(bytes, factors)) return bytes;
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
    scaleInPlace(new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4), shape, axis, factors);
    return aligned;
  });
}

function scaleInPlace(data: Float32Array, shape: readonly number[], axis: number, factors: ArrayLike<number>): void {
  const size = shape[axis] as number;
  const inner = shape.slice(axis + 1).reduce((all, dim) => all * dim, 1);
  if (inner === 1) {
    for (let start = 0; start < data.length; start += size) {
      for (let i = 0; i < size; i++) data[start + i] = (data[start + i] as number) * (factors[i] as number);
    }
    return;
  }
  for (let start = 0, slice = 0; start < data.length; start += inner, slice = (slice + 1) % size) {
    const factor = factors[slice] as number;
    for (let i = start; i < start + inner; i++) data[i] = (data[i] as number) * factor;
  }
}
