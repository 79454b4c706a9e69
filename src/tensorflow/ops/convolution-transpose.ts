import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import { transpose } from '#tensor/kernels/transpose.js';
import type { Dim } from '#tensor/shape.js';
import { allocate, Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Unsupported, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import {
  arrange,
  fromChannelsLast,
  type Layout,
  layoutOf,
  spatialOf,
  toChannelsLast,
  unlessFloat32,
  windowOf,
} from './convolution-layout.js';
import { knownShape } from './support/known-integers.js';
import { asInt32 } from './support/lower-shape.js';
import { shapeOfRank, withShape } from './support/operands.js';

/** The result's shape, as far as `input_sizes`, the gradient and the number of the filter's outputs tell. */
function resultShape(sizes: readonly Dim[] | undefined, layout: Layout, batch: Dim, channels: Dim): Dim[] {
  if (sizes?.length === layout.rank) {
    return sizes.map((size, axis) => size ?? (axis === 0 ? batch : axis === layout.channel ? channels : null));
  }
  if (sizes && sizes.length !== layout.spatial.length) {
    throw new InferenceError(`input_sizes has ${sizes.length} entries, not ${layout.rank}`);
  }
  return arrange(layout, batch, sizes ?? layout.spatial.map(() => null), channels);
}

export const Conv2DBackpropInput = defineTfOp({
  name: 'Conv2DBackpropInput',
  summary: 'Transposed 2-D convolution',
  operands: ['input_sizes', 'filter', 'out_backprop'],
  attributes: {
    strides: attr.ints(),
    padding: attr.string(),
    explicit_paddings: attr.ints([]),
    data_format: attr.string('NHWC'),
    dilations: attr.ints([1, 1, 1, 1]),
  },
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const filter = shapeOfRank(op, 1, 4, 'the filter');
    const input = shapeOfRank(op, 2, 4, 'the input');
    const sizes = knownShape(op.operands[0]) ?? undefined;
    return [withShape(op, 2, resultShape(sizes, layout, input[0] as Dim, filter[2] as Dim))];
  },
  lower: (op, build) => {
    const problem = unlessFloat32(op, 2);
    if (problem) return problem;
    const layout = layoutOf(op.attributes.data_format);
    const filter = op.operand(1);
    const shape = tensorTypeOf(filter).shape ?? [null, null, null, null];
    const window = windowOf(shape.slice(0, 2), layout, op.attributes);
    const weights = toOhwi(build, filter, window.dilations);
    if ('reason' in weights) return weights;
    const input = toChannelsLast(build, op.operand(2), layout);
    let sizes = channelsLastSizes(build, op.operand(0), layout, input, shape[2] as Dim);
    const cropped = window.padding === 'EXPLICIT' && window.amounts.flat().some((amount) => amount !== 0);
    // Padding of the forward convolution is what a larger result without padding has too much.
    const wanted = sizes;
    if (cropped)
      sizes = enlarge(
        build,
        sizes,
        window.amounts.map(([before, after]) => before + after),
      );
    let result = build.value(tfl.TransposeConv, [sizes, weights, input, undefined], {
      padding: window.padding === 'SAME' ? 'SAME' : 'VALID',
      stride_h: window.strides[0] as number,
      stride_w: window.strides[1] as number,
    });
    if (cropped) {
      const begin = build.ints([0, ...window.amounts.map(([before]) => before), 0]);
      result = build.value(tfl.Slice, [result, begin, wanted]);
    }
    return fromChannelsLast(build, result, layout);
  },
});

export const Conv3DBackpropInputV2 = defineTfOp({
  name: 'Conv3DBackpropInputV2',
  summary: 'Transposed 3-D convolution',
  operands: ['input_sizes', 'filter', 'out_backprop'],
  attributes: {
    strides: attr.ints(),
    padding: attr.string(),
    data_format: attr.string('NDHWC'),
    dilations: attr.ints([1, 1, 1, 1, 1]),
  },
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const filter = shapeOfRank(op, 1, 5, 'the filter');
    const input = shapeOfRank(op, 2, 5, 'the input');
    const sizes = knownShape(op.operands[0]) ?? undefined;
    return [withShape(op, 2, resultShape(sizes, layout, input[0] as Dim, filter[3] as Dim))];
  },
  lower: (op, build) => {
    const problem = unlessFloat32(op, 2);
    if (problem) return problem;
    const layout = layoutOf(op.attributes.data_format);
    const [depth, height, width] = spatialOf(op.attributes.strides, layout, 'strides');
    const dilations = spatialOf(op.attributes.dilations, layout, 'dilations');
    if (dilations.some((dilation) => dilation !== 1)) {
      return unsupported('TFLite has no dilated transposed 3-D convolution', 'Use `dilations=1`.');
    }
    const input = toChannelsLast(build, op.operand(2), layout);
    const channels = tensorTypeOf(op.operand(1)).shape?.[3] ?? null;
    const sizes = channelsLastSizes(build, op.operand(0), layout, input, channels);
    const result = build.value(tfl.Conv3DTranspose, [sizes, op.operand(1), input, undefined], {
      padding: op.attributes.padding,
      stride_d: depth as number,
      stride_h: height as number,
      stride_w: width as number,
    });
    return fromChannelsLast(build, result, layout);
  },
});

/** The filter from TensorFlow's [h, w, out, in] to TFLite's [out, h, w, in], holes of a dilation filled with zeros. */
function toOhwi(build: LoweringBuilder, filter: Value, dilations: readonly number[]): Value | Unsupported {
  const constant = build.constantOf(filter);
  const dilated = dilations.some((dilation) => dilation !== 1);
  if (constant) return build.constant(transpose(dilated ? dilate(constant, dilations) : constant, [2, 0, 1, 3]));
  if (dilated) {
    return unsupported(
      'TRANSPOSE_CONV has no dilation, and the filter is not constant',
      'Use `dilations=1`, or a filter that does not depend on the inputs.',
    );
  }
  return build.value(tfl.Transpose, [filter, build.ints([2, 0, 1, 3])]);
}

/** A float32 filter [h, w, …] with zeros between its taps. */
function dilate(filter: Tensor, dilations: readonly number[]): Tensor {
  const [height, width, ...rest] = filter.shape as [number, number, ...number[]];
  const [down, right] = dilations as [number, number];
  const tap = rest.reduce((count, dim) => count * dim, 1);
  const wide = (width - 1) * right + 1;
  const high = (height - 1) * down + 1;
  const result = allocate('float32', high * wide * tap) as Float32Array;
  const source = filter.data as Float32Array;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * tap;
      result.set(source.subarray(from, from + tap), (y * down * wide + x * right) * tap);
    }
  }
  return Tensor.from('float32', [high, wide, ...rest], result);
}

/** `input_sizes` as the kernels want it: int32, channels last, of one entry for each axis. */
function channelsLastSizes(build: LoweringBuilder, sizes: Value, layout: Layout, input: Value, channels: Dim): Value {
  const known = build.constantOf(sizes);
  const { shape } = tensorTypeOf(sizes);
  if (shape?.[0] === layout.spatial.length) {
    const batch = build.value(tfl.StridedSlice, [
      build.value(tfl.Shape, [input]),
      build.ints([0]),
      build.ints([1]),
      build.ints([1]),
    ]);
    const parts = [batch, asInt32(build, sizes), build.ints([channels as number])];
    return build.value(tfl.Concatenation, parts, { axis: 0 });
  }
  const order = [0, ...layout.spatial, layout.channel];
  if (known) {
    const entries = Array.from(known.data as ArrayLike<number | bigint>, Number);
    return build.ints(order.map((axis) => entries[axis] as number));
  }
  const narrow = asInt32(build, sizes);
  return layout.channelsFirst ? build.value(tfl.Gather, [narrow, build.ints(order)], { axis: 0 }) : narrow;
}

function enlarge(build: LoweringBuilder, sizes: Value, by: readonly number[]): Value {
  const known = build.constantOf(sizes);
  const amounts = [0, ...by, 0];
  if (!known) return build.value(tfl.Add, [sizes, build.ints(amounts)]);
  return build.ints(amounts.map((amount, axis) => amount + Number((known.data as Int32Array)[axis])));
}
