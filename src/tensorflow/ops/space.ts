import { attr } from '#ir/attribute.js';
import { InferenceError, type Value } from '#ir/graph.js';
import type { DType } from '#tensor/dtype.js';
import { type Dim, formatShape, type Shape } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import * as tfl from '#tflite/ops/index.js';
import { defineTfOp, type Lowered, unsupported } from '../define-op.js';
import { type LoweringBuilder, tensorTypeOf } from '../lowering-builder.js';
import { arrange, fromChannelsLast, type Layout, layoutOf, toChannelsLast } from './convolution-layout.js';
import { cast, computeType, unsupportedType } from './support/lower-elementwise.js';
import { asInt32, reshapeTo, type Target } from './support/lower-shape.js';
import { shapeOfRank, withShape } from './support/operands.js';
import { constantIntegers, productOf, rankOf, shapeOf } from './support/types.js';

const blockTypes: readonly DType[] = ['float32', 'int32', 'int64', 'uint8', 'int8', 'int16'];

function divided(size: Dim, by: number, what: string): Dim {
  if (size === null) return null;
  if (size % by !== 0) throw new InferenceError(`${what} of ${size} is not a multiple of the block's ${by}`);
  return size / by;
}

/** The shape with `count` spatial dimensions and the batch changed; those behind stay. */
function blockedShape(
  shape: Shape,
  block: readonly number[] | undefined,
  margins: readonly number[] | undefined,
  batch: (size: Dim, product: number) => Dim,
  spatial: (size: number, block: number, before: number, after: number) => Dim,
): Shape {
  if (shape === null) return null;
  if (!block) return shape.map(() => null);
  if (shape.length < block.length + 1) {
    throw new InferenceError(`${formatShape(shape)} has too few dimensions for ${block.length} blocks`);
  }
  const product = block.reduce((all, size) => all * size, 1);
  const dims = shape.slice(1).map((dim, i): Dim => {
    const size = block[i];
    if (size === undefined) return dim;
    if (dim === null || !margins) return null;
    return spatial(dim, size, margins[2 * i] as number, margins[2 * i + 1] as number);
  });
  return [batch(shape[0] as Dim, product), ...dims];
}

export const SpaceToBatchND = defineTfOp({
  name: 'SpaceToBatchND',
  summary: 'Moves blocks of the spatial dimensions into the batch',
  operands: ['input', 'block_shape', 'paddings'],
  infer: (op) => {
    const shape = blockedShape(
      shapeOf(op.operands[0]),
      constantIntegers(op.operands[1]),
      constantIntegers(op.operands[2]),
      (size, product) => productOf([size, product]),
      (size, block, before, after) => divided(size + before + after, block, 'a padded size'),
    );
    return [withShape(op, 0, shape)];
  },
  lower: (op, build) => lowerBlocks(op.operand(0), op.operand(1), op.operand(2), tfl.SpaceToBatchNd, build),
});

export const BatchToSpaceND = defineTfOp({
  name: 'BatchToSpaceND',
  summary: 'Moves blocks of the batch into the spatial dimensions',
  operands: ['input', 'block_shape', 'crops'],
  infer: (op) => {
    const shape = blockedShape(
      shapeOf(op.operands[0]),
      constantIntegers(op.operands[1]),
      constantIntegers(op.operands[2]),
      (size, product) => divided(size, product, 'a batch'),
      (size, block, before, after) => size * block - before - after,
    );
    return [withShape(op, 0, shape)];
  },
  lower: (op, build) => lowerBlocks(op.operand(0), op.operand(1), op.operand(2), tfl.BatchToSpaceNd, build),
});

/**
 * One TFLite op. Its kernels take images [N, H, W, C] or [N, W, C] with a block for every spatial dimension, so blocks
 * of 1 and channels of 1 fill what is missing.
 */
function lowerBlocks(
  input: Value,
  block: Value,
  margins: Value,
  definition: typeof tfl.SpaceToBatchNd,
  build: LoweringBuilder,
): Lowered {
  const { dtype } = tensorTypeOf(input);
  const computed = computeType(dtype, blockTypes);
  if (computed === undefined) return unsupportedType(dtype, blockTypes);
  const rank = rankOf(input);
  const count = shapeOf(block)?.[0];
  if (rank === undefined || typeof count !== 'number' || rank < 2 || rank > 4) {
    return unsupported(
      rank === undefined
        ? 'the rank of its operand is not known'
        : `TFLite's kernel takes 3 or 4 dimensions, not ${rank}`,
      'Reshape the operand to [batch, height, width, channels] before it.',
    );
  }
  const spatial = Math.max(rank - 2, count);
  const [sizes, edges] = [constantIntegers(block), constantIntegers(margins)];
  if (spatial > 2 || (count < spatial && (!sizes || !edges))) {
    return unsupported(
      `it has ${count} blocks for an operand of ${rank} dimensions`,
      'Give a block for each of height and width; 1 leaves one as it is.',
    );
  }
  const missing = spatial - count;
  const blocks = sizes ? build.ints([...sizes, ...new Array<number>(missing).fill(1)]) : asInt32(build, block);
  const table = edges
    ? build.constant(Tensor.int32([...edges, ...new Array<number>(2 * missing).fill(0)], [spatial, 2]))
    : asInt32(build, margins);
  const value = cast(build, input, computed);
  const axes = (of: Value): Target[] => Array.from({ length: rank }, (_, axis) => ({ of, axis }));
  const withChannels = spatial > rank - 2 ? reshapeTo(build, value, [...axes(value), 1]) : value;
  const result = build.value(definition, [withChannels, blocks, table]);
  return cast(build, spatial > rank - 2 ? reshapeTo(build, result, axes(result)) : result, dtype);
}

const depthTypes: readonly DType[] = ['float32', 'int32', 'int64', 'uint8', 'int8'];

/** `NHWC` or `NCHW`; the vectorized format of GPUs has no kernel. */
function planeLayout(format: string): Layout {
  return layoutOf(format);
}

export const SpaceToDepth = defineTfOp({
  name: 'SpaceToDepth',
  summary: 'Moves blocks of height and width into the channels',
  operands: ['input'],
  attributes: { block_size: attr.int(), data_format: attr.string('NHWC') },
  infer: (op) => {
    const layout = planeLayout(op.attributes.data_format);
    const { block_size: block } = op.attributes;
    const input = shapeOfRank(op, 0, 4, 'the input');
    const plane = layout.spatial.map((axis) => divided(input[axis] as Dim, block, 'a size'));
    const channels = productOf([input[layout.channel] as Dim, block, block]);
    return [withShape(op, 0, arrange(layout, input[0] as Dim, plane, channels))];
  },
  lower: (op, build) => lowerDepth(op.operand(0), op.attributes, tfl.SpaceToDepth, build),
});

export const DepthToSpace = defineTfOp({
  name: 'DepthToSpace',
  summary: 'Moves blocks of the channels into height and width',
  operands: ['input'],
  attributes: { block_size: attr.int(), data_format: attr.string('NHWC') },
  infer: (op) => {
    const layout = planeLayout(op.attributes.data_format);
    const { block_size: block } = op.attributes;
    const input = shapeOfRank(op, 0, 4, 'the input');
    const plane = layout.spatial.map((axis) => productOf([input[axis] as Dim, block]));
    const channels = divided(input[layout.channel] as Dim, block * block, 'the channels');
    return [withShape(op, 0, arrange(layout, input[0] as Dim, plane, channels))];
  },
  lower: (op, build) => lowerDepth(op.operand(0), op.attributes, tfl.DepthToSpace, build),
});

function lowerDepth(
  input: Value,
  attributes: { readonly block_size: number; readonly data_format: string },
  definition: typeof tfl.SpaceToDepth,
  build: LoweringBuilder,
): Lowered {
  const layout = planeLayout(attributes.data_format);
  const { dtype } = tensorTypeOf(input);
  const computed = computeType(dtype, depthTypes);
  if (computed === undefined) return unsupportedType(dtype, depthTypes);
  const value = toChannelsLast(build, cast(build, input, computed), layout);
  const result = build.value(definition, [value], { block_size: attributes.block_size });
  return cast(build, fromChannelsLast(build, result, layout), dtype);
}
