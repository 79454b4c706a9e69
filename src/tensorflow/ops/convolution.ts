import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { tensorType } from '#ir/type.js';
import { transpose } from '#tensor/kernels/transpose.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import {
  arrange,
  fromChannelsLast,
  type Layout,
  layoutOf,
  resolvePadding,
  slide,
  toChannelsLast,
  unlessFloat32,
  type Window,
  windowOf,
} from './convolution-layout.js';
import { shapeOfRank, withShape } from './support/operands.js';

const attributes = {
  strides: attr.ints(),
  padding: attr.string(),
  explicit_paddings: attr.ints([]),
  data_format: attr.string('NHWC'),
  dilations: attr.ints([1, 1, 1, 1]),
};

export const Conv2D = defineTfOp({
  name: 'Conv2D',
  summary: '2-D convolution, also grouped',
  operands: ['input', 'filter'],
  attributes,
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const input = shapeOfRank(op, 0, 4, 'the input');
    const filter = shapeOfRank(op, 1, 4, 'the filter');
    const [channels, perGroup] = [input[layout.channel] as Dim, filter[2] as Dim];
    if (channels !== null && perGroup !== null && (perGroup === 0 || channels % perGroup !== 0)) {
      throw new InferenceError(`${channels} channels are not a multiple of the filter's ${perGroup}`);
    }
    const spatial = slide(
      layout.spatial.map((axis) => input[axis] as Dim),
      windowOf(filter.slice(0, 2), layout, op.attributes),
    );
    return [withShape(op, 0, arrange(layout, input[0] as Dim, spatial, filter[3] as Dim))];
  },
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const layout = layoutOf(op.attributes.data_format);
    const filter = op.operand(1);
    const filterShape = tensorTypeOf(filter).shape ?? [null, null, null, null];
    const window = windowOf(filterShape.slice(0, 2), layout, op.attributes);
    const channels = tensorTypeOf(op.operand(0)).shape?.[layout.channel];
    // One channel a group is what the depthwise kernel is made for; it counts a single channel as a plain convolution.
    if (filterShape[2] === 1 && typeof channels === 'number' && channels > 1) {
      const multiplier = (filterShape[3] ?? 0) / channels;
      if (!Number.isInteger(multiplier) || multiplier === 0) {
        return unsupported(
          'the number of its filters is not known, or not a multiple of its groups',
          'Give the filter a static shape.',
        );
      }
      return depthwise(build, op.operand(0), filter, window, layout, multiplier);
    }
    if (filterShape[3] === null) {
      return unsupported('the number of its filters is not known', 'Give the filter a static shape.');
    }
    const { value, padding } = resolvePadding(build, toChannelsLast(build, op.operand(0), layout), window);
    const result = build.value(
      tfl.Conv2D,
      [value, toOhwi(build, filter), biasFor(build, filter, filterShape[3] as Dim)],
      {
        padding,
        ...windowOptions(window),
      },
    );
    return fromChannelsLast(build, result, layout);
  },
});

export const DepthwiseConv2dNative = defineTfOp({
  name: 'DepthwiseConv2dNative',
  summary: '2-D convolution of each channel by itself',
  operands: ['input', 'filter'],
  attributes,
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const input = shapeOfRank(op, 0, 4, 'the input');
    const filter = shapeOfRank(op, 1, 4, 'the filter');
    const channels = (input[layout.channel] ?? filter[2]) as Dim;
    if (channels !== null && filter[2] !== null && channels !== filter[2]) {
      throw new InferenceError(`the filter is for ${filter[2]} channels, and the input has ${channels}`);
    }
    const spatial = slide(
      layout.spatial.map((axis) => input[axis] as Dim),
      windowOf(filter.slice(0, 2), layout, op.attributes),
    );
    const outputs = channels === null || filter[3] === null ? null : channels * (filter[3] as number);
    return [withShape(op, 0, arrange(layout, input[0] as Dim, spatial, outputs))];
  },
  lower: (op, build) => {
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const layout = layoutOf(op.attributes.data_format);
    const filterShape = tensorTypeOf(op.operand(1)).shape ?? [null, null, null, null];
    const multiplier = filterShape[3];
    if (typeof multiplier !== 'number') {
      return unsupported('the number of its filters is not known', 'Give the filter a static shape.');
    }
    const window = windowOf(filterShape.slice(0, 2), layout, op.attributes);
    return depthwise(build, op.operand(0), op.operand(1), window, layout, multiplier);
  },
});

/** Strides and dilations as the options of TFLite's 2-D kernels name them. */
function windowOptions({ strides, dilations }: Window) {
  return {
    stride_h: strides[0] as number,
    stride_w: strides[1] as number,
    dilation_h_factor: dilations[0] as number,
    dilation_w_factor: dilations[1] as number,
  };
}

/** The filter from TensorFlow's [h, w, in, out] to TFLite's [out, h, w, in]. */
function toOhwi(build: LoweringBuilder, filter: Value): Value {
  const constant = build.constantOf(filter);
  if (constant) return build.constant(transpose(constant, [3, 0, 1, 2]));
  return build.value(tfl.Transpose, [filter, build.ints([3, 0, 1, 2])]);
}

/**
 * The kernels want a bias. A constant filter is given one when biases have been folded into it; a filter that is
 * computed has nothing folded into it, so its bias is zeros from the start.
 */
function biasFor(build: LoweringBuilder, filter: Value, channels: Dim): Value | undefined {
  if (build.constantOf(filter) || channels === null) return undefined;
  return build.constant(Tensor.float32(new Float32Array(channels)));
}

/**
 * A depthwise convolution. Its filter, [h, w, channels, multiplier] or for a grouped convolution [h, w, 1, channels ×
 * multiplier], holds its elements in the order of TFLite's [1, h, w, channels × multiplier].
 */
function depthwise(
  build: LoweringBuilder,
  input: Value,
  filter: Value,
  window: Window,
  layout: Layout,
  multiplier: number,
): Value {
  const [height, width, third, fourth] = tensorTypeOf(filter).shape ?? [null, null, null, null];
  const outputs = third == null || fourth == null ? null : third * fourth;
  const constant = build.constantOf(filter);
  const weights = constant
    ? build.constant(constant.reshape([1, height as number, width as number, outputs as number]))
    : reshapeFilter(build, filter, [1, height ?? null, width ?? null, outputs]);
  const { value, padding } = resolvePadding(build, toChannelsLast(build, input, layout), window);
  const result = build.value(tfl.DepthwiseConv2D, [value, weights, biasFor(build, filter, outputs)], {
    padding,
    ...windowOptions(window),
    depth_multiplier: multiplier,
  });
  return fromChannelsLast(build, result, layout);
}

function reshapeFilter(build: LoweringBuilder, filter: Value, shape: readonly Dim[]): Value {
  // TensorFlow's kernels have at most one size that the graph leaves open; RESHAPE computes it.
  const reshaped = build.value(tfl.Reshape, [filter, build.ints(shape.map((dim) => dim ?? -1))]);
  reshaped.type = tensorType(tensorTypeOf(filter).dtype, shape);
  return reshaped;
}
