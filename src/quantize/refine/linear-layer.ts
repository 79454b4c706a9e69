import { constantOf } from '#ir/constant.js';
import type { Op } from '#ir/graph.js';
import * as tfl from '#tflite/ops/index.js';

/** How the window of a layer moves along one axis of its input. */
export interface WindowAxis {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
}

/**
 * A layer whose results are sums of products of its constant weights and a window of its input. The input is seen as
 * [places, height, width, channels]; layers without a window have one of 1 × 1.
 */
export interface LinearLayer {
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
  readonly height: WindowAxis;
  readonly width: WindowAxis;
  readonly samePadding: boolean;
  readonly channels: number;
  /** Results for each place. */
  readonly units: number;
  /** Each unit sees one channel, `units / channels` of them in turn the same; otherwise each sees all. */
  readonly depthwise: boolean;
  /** Whether the input is an image, of four dimensions. */
  readonly windowed: boolean;
}

const POINT: WindowAxis = { size: 1, stride: 1, dilation: 1 };

/** The layer that an op with constant float32 weights is; undefined for others and for grouped convolutions. */
export function linearLayerOf(op: Op): LinearLayer | undefined {
  const shape = constantOf(op.operands[1]);
  if (shape?.dtype !== 'float32') return undefined;
  const common = { input: 0, weights: 1, bias: 2 };
  if (op.is(tfl.FullyConnected)) {
    const [units = 0, channels = 0] = shape.shape;
    return {
      ...common,
      height: POINT,
      width: POINT,
      samePadding: false,
      channels,
      units,
      depthwise: false,
      windowed: false,
    };
  }
  const depthwise = op.is(tfl.DepthwiseConv2D);
  if (!depthwise && !op.is(tfl.Conv2D)) return undefined;
  const { stride_h, stride_w, dilation_h_factor, dilation_w_factor, padding } = op.attributes as Readonly<{
    stride_h: number;
    stride_w: number;
    dilation_h_factor: number;
    dilation_w_factor: number;
    padding: string;
  }>;
  const [first = 0, rows = 0, columns = 0, last = 0] = shape.shape;
  const input = op.operand(0).type;
  const channels = input.kind === 'tensor' ? input.shape?.[3] : undefined;
  if (typeof channels !== 'number' || (!depthwise && channels !== last)) return undefined;
  return {
    ...common,
    height: { size: rows, stride: stride_h, dilation: dilation_h_factor },
    width: { size: columns, stride: stride_w, dilation: dilation_w_factor },
    samePadding: padding === 'SAME',
    channels,
    units: depthwise ? last : first,
    depthwise,
    windowed: true,
  };
}

/** How many numbers of the input a window covers, all channels together. */
export function patchSize({ height, width, channels }: LinearLayer): number {
  return height.size * width.size * channels;
}

/** Positions of the window along an axis of `length`, and how much padding is in front. */
export function positionsAlong(
  length: number,
  { size, stride, dilation }: WindowAxis,
  samePadding: boolean,
): { readonly count: number; readonly before: number } {
  const span = (size - 1) * dilation + 1;
  if (!samePadding) return { count: Math.max(0, Math.ceil((length - span + 1) / stride)), before: 0 };
  const count = Math.ceil(length / stride);
  return { count, before: Math.floor(Math.max(0, (count - 1) * stride + span - length) / 2) };
}
