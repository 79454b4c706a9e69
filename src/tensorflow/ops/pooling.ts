import { attr } from '#ir/attribute.js';
import type { Op, Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import type { Dim, Shape } from '#tensor/shape.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import {
  arrange,
  fromChannelsLast,
  type Layout,
  layoutOf,
  resolvePadding,
  slide,
  spatialOf,
  toChannelsLast,
  unlessFloat32,
  type Window,
} from './convolution-layout.js';
import { cast } from './support/lower-elementwise.js';
import { reshapeTo, type Target } from './support/lower-shape.js';
import { shapeOfRank, withShape } from './support/operands.js';
import { constantIntegers } from './support/types.js';

type Pool = typeof tfl.MaxPool2D;

interface PoolAttributes {
  readonly padding: string;
  readonly explicit_paddings?: readonly number[];
  readonly data_format: string;
}

function poolWindow(
  ksize: readonly number[],
  strides: readonly number[],
  layout: Layout,
  { padding, explicit_paddings: explicit = [] }: PoolAttributes,
): Window {
  return {
    size: spatialOf(ksize, layout, 'ksize'),
    strides: spatialOf(strides, layout, 'strides'),
    dilations: layout.spatial.map(() => 1),
    padding,
    amounts:
      padding === 'EXPLICIT'
        ? layout.spatial.map((a) => [explicit[2 * a] as number, explicit[2 * a + 1] as number])
        : [],
  };
}

function pooledShape(input: readonly Dim[], layout: Layout, window: Window): Shape {
  const spatial = slide(
    layout.spatial.map((axis) => input[axis] as Dim),
    window,
  );
  return arrange(layout, input[0] as Dim, spatial, input[layout.channel] as Dim);
}

/** Whether a window reaches over several images or channels, which no kernel does. */
function crosses(list: readonly number[], layout: Layout): boolean {
  return list[0] !== 1 || list[layout.channel] !== 1;
}

function crossing(): Lowered {
  return unsupported(
    'its window reaches over several images or channels',
    'Reduce over channels with a Reshape and `tf.reduce_max` or `tf.reduce_mean` instead.',
  );
}

function pool2D(
  build: LoweringBuilder,
  definition: Pool,
  value: Value,
  size: readonly number[],
  strides: readonly number[],
  padding: string,
): Value {
  return build.value(definition, [value], {
    padding,
    filter_height: size[0] as number,
    filter_width: size[1] as number,
    stride_h: strides[0] as number,
    stride_w: strides[1] as number,
  });
}

/** Integers that float32 holds exactly; a maximum of them may be found as float32. */
const exactAsFloat: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'float16', 'bfloat16'];

function lowerMaxPool(
  op: Op,
  build: LoweringBuilder,
  ksize: readonly number[],
  strides: readonly number[],
  attributes: PoolAttributes,
): Lowered {
  const layout = layoutOf(attributes.data_format);
  if (crosses(ksize, layout) || crosses(strides, layout)) return crossing();
  const input = op.operand(0);
  const { dtype } = tensorTypeOf(input);
  if (dtype !== 'float32' && !exactAsFloat.includes(dtype)) {
    return unsupported(
      `MAX_POOL_2D takes float32, not ${dtype}`,
      'Put `tf.cast(x, tf.float32)` in front of it, and cast the result back.',
    );
  }
  const window = poolWindow(ksize, strides, layout, attributes);
  const last = toChannelsLast(build, cast(build, input, 'float32'), layout);
  const { value, padding } = resolvePadding(build, last, window, Number.NEGATIVE_INFINITY);
  const result = pool2D(build, tfl.MaxPool2D, value, window.size as number[], window.strides, padding);
  return cast(build, fromChannelsLast(build, result, layout), dtype);
}

export const MaxPool = defineTfOp({
  name: 'MaxPool',
  summary: 'Maximum over 2-D windows',
  operands: ['input'],
  attributes: {
    ksize: attr.ints(),
    strides: attr.ints(),
    padding: attr.string(),
    explicit_paddings: attr.ints([]),
    data_format: attr.string('NHWC'),
  },
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const window = poolWindow(op.attributes.ksize, op.attributes.strides, layout, op.attributes);
    return [withShape(op, 0, pooledShape(shapeOfRank(op, 0, 4, 'the input'), layout, window))];
  },
  lower: (op, build) => lowerMaxPool(op as never, build, op.attributes.ksize, op.attributes.strides, op.attributes),
});

export const MaxPoolV2 = defineTfOp({
  name: 'MaxPoolV2',
  summary: 'Maximum over 2-D windows, their size and strides operands',
  operands: ['input', 'ksize', 'strides'],
  attributes: { padding: attr.string(), data_format: attr.string('NHWC') },
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const input = shapeOfRank(op, 0, 4, 'the input');
    const ksize = constantIntegers(op.operands[1]);
    const strides = constantIntegers(op.operands[2]);
    if (!ksize || !strides)
      return [withShape(op, 0, arrange(layout, input[0] as Dim, [null, null], input[layout.channel] as Dim))];
    return [withShape(op, 0, pooledShape(input, layout, poolWindow(ksize, strides, layout, op.attributes)))];
  },
  lower: (op, build) => {
    const ksize = constantIntegers(op.operand(1));
    const strides = constantIntegers(op.operand(2));
    if (!ksize || !strides) {
      return unsupported(
        'its window is computed from the inputs, and MAX_POOL_2D has it as an option',
        'Give `ksize` and `strides` as constants.',
      );
    }
    return lowerMaxPool(op as never, build, ksize, strides, op.attributes);
  },
});

export const AvgPool = defineTfOp({
  name: 'AvgPool',
  summary: 'Mean over 2-D windows, padding left out',
  operands: ['value'],
  attributes: {
    ksize: attr.ints(),
    strides: attr.ints(),
    padding: attr.string(),
    data_format: attr.string('NHWC'),
  },
  infer: (op) => {
    const layout = layoutOf(op.attributes.data_format);
    const window = poolWindow(op.attributes.ksize, op.attributes.strides, layout, op.attributes);
    return [withShape(op, 0, pooledShape(shapeOfRank(op, 0, 4, 'the input'), layout, window))];
  },
  lower: (op, build) => {
    const { ksize, strides, data_format, padding } = op.attributes;
    const layout = layoutOf(data_format);
    if (crosses(ksize, layout) || crosses(strides, layout)) return crossing();
    const problem = unlessFloat32(op);
    if (problem) return problem;
    const window = poolWindow(ksize, strides, layout, op.attributes);
    const value = toChannelsLast(build, op.operand(0), layout);
    const result = pool2D(build, tfl.AveragePool2D, value, window.size as number[], window.strides, padding);
    return fromChannelsLast(build, result, layout);
  },
});

/**
 * A 3-D pool as two 2-D pools, over height and width and then over depth. Maxima and means of means are the same: all
 * windows of one depth hold equally many elements, even at padded borders.
 */
function definePool3D(name: string, summary: string, definition: Pool) {
  return defineTfOp({
    name,
    summary,
    operands: ['input'],
    attributes: {
      ksize: attr.ints(),
      strides: attr.ints(),
      padding: attr.string(),
      data_format: attr.string('NDHWC'),
    },
    infer: (op) => {
      const layout = layoutOf(op.attributes.data_format);
      const window = poolWindow(op.attributes.ksize, op.attributes.strides, layout, op.attributes);
      return [withShape(op, 0, pooledShape(shapeOfRank(op, 0, 5, 'the input'), layout, window))];
    },
    lower: (op, build) => {
      const { ksize, strides, data_format, padding } = op.attributes;
      const layout = layoutOf(data_format);
      if (crosses(ksize, layout) || crosses(strides, layout)) return crossing();
      const problem = unlessFloat32(op);
      if (problem) return problem;
      const value = toChannelsLast(build, op.operand(0), layout);
      if (tensorTypeOf(value).shape === null) {
        return unsupported('the rank of its operand is not known', 'Give it a known rank with `tf.ensure_shape`.');
      }
      const window = poolWindow(ksize, strides, layout, op.attributes);
      const [overDepth, ...size] = window.size as [number, number, number];
      const [depthStride, ...planeStrides] = window.strides as [number, number, number];
      const [batch, depth, height, width, channels] = [0, 1, 2, 3, 4].map((axis) => ({ of: value, axis })) as [
        Target,
        Target,
        Target,
        Target,
        Target,
      ];
      const images = reshapeTo(build, value, [[batch, depth], height, width, channels]);
      const planes = pool2D(build, definition, images, size, planeStrides, padding);
      const [high, wide] = [1, 2].map((axis) => ({ of: planes, axis })) as [Target, Target];
      const columns = reshapeTo(build, planes, [batch, depth, [high, wide], channels]);
      const pooled = pool2D(build, definition, columns, [overDepth, 1], [depthStride, 1], padding);
      const result = reshapeTo(build, pooled, [batch, { of: pooled, axis: 1 }, high, wide, channels]);
      return fromChannelsLast(build, result, layout);
    },
  });
}

export const MaxPool3D = definePool3D('MaxPool3D', 'Maximum over 3-D windows', tfl.MaxPool2D);
export const AvgPool3D = definePool3D('AvgPool3D', 'Mean over 3-D windows, padding left out', tfl.AveragePool2D);
