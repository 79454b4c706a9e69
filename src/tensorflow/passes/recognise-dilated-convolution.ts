import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Conv2D, DepthwiseConv2dNative } from '../ops/convolution.js';
import { Pad } from '../ops/pad.js';
import { ExpandDims, Squeeze } from '../ops/shape.js';
import { BatchToSpaceND, SpaceToBatchND } from '../ops/space.js';

/** Dimensions of what is convolved. */
const RANK = 4;

function integers(value: Value): readonly number[] | undefined {
  const tensor = constantOf(value);
  return tensor && Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** The op behind a value that nothing else uses. */
function only(value: Value): Op | undefined {
  return value.hasOneUse ? value.producer : undefined;
}

interface Parts {
  readonly space: Op;
  /** Adds the dimension that a convolution over one dimension lacks, before it; removed again behind it. */
  readonly expand: Op | undefined;
  readonly convolution: Op;
  readonly squeeze: Op | undefined;
}

/** SpaceToBatchND → (ExpandDims →) convolution (→ Squeeze) → BatchToSpaceND, from its end. */
function partsOf(op: Op): Parts | string {
  const last = only(op.operand(0));
  const squeeze = last?.isOneOf(Squeeze) ? last : undefined;
  const convolution = squeeze ? only(squeeze.operand(0)) : last;
  if (!convolution?.isOneOf(Conv2D, DepthwiseConv2dNative)) return 'its operand is not a convolution';
  const before = only(convolution.operand(0));
  const expand = before?.isOneOf(ExpandDims) ? before : undefined;
  const space = expand ? only(expand.operand(0)) : before;
  if (!space?.isOneOf(SpaceToBatchND)) return 'the input of the convolution is not moved from space to batch';
  return (squeeze === undefined) === (expand === undefined)
    ? { space, expand, convolution, squeeze }
    : 'a dimension is only added or only removed';
}

/**
 * A convolution over every d-th element, computed by moving d interleaved pictures into the batch and back, is a
 * dilated convolution. What SpaceToBatchND pads and BatchToSpaceND crops beyond that becomes its padding.
 */
const dilated: Rewrite = {
  name: 'dilated-convolution',
  anchors: [BatchToSpaceND],
  rewrite(op, build) {
    const parts = partsOf(op);
    if (typeof parts === 'string') return noMatch(parts);
    const { space, expand, convolution, squeeze } = parts;
    const block = integers(space.operand(1));
    const pads = integers(space.operand(2));
    const crops = integers(op.operand(2));
    if (!block || !pads || !crops) return noMatch('its blocks, paddings and crops are not all constant');
    if (integers(op.operand(1))?.join() !== block.join()) return noMatch('the blocks before and after differ');
    const o = convolution.attributes as Readonly<Record<string, unknown>>;
    const format = o['data_format'] ?? 'NHWC';
    if (format !== 'NHWC') return noMatch('it is not NHWC');
    if (o['padding'] !== 'VALID') return noMatch('the convolution pads by itself');
    if (!(o['strides'] as readonly number[]).every((s) => s === 1)) return noMatch('the convolution has a stride');
    if (!(o['dilations'] as readonly number[]).every((d) => d === 1))
      return noMatch('the convolution is dilated itself');
    if (block.length > (expand ? 1 : 2)) return noMatch('channels are moved to the batch');
    const left = pads.map((amount, i) => amount - (crops[i] as number));
    if (left.some((amount) => amount < 0)) return noMatch('more is cropped than was padded');
    const added = expand && fromFront(integers(expand.operand(1))?.[0]);
    if (expand && added !== 1 && added !== 2) return noMatch('the added dimension is not a spatial one');
    const removed = squeeze && (squeeze.attributes['squeeze_dims'] as readonly number[]);
    if (removed && (removed.length !== 1 || fromFront(removed[0]) !== added)) {
      return noMatch('another dimension is removed than was added');
    }
    const first = added === 1 ? 2 : 1;
    const dilations = [1, 1, 1, 1];
    for (const [i, size] of block.entries()) dilations[first + i] = size;
    build.fuse(...[space, expand, squeeze, op].filter((part) => part !== undefined));
    let value = space.operand(0);
    if (expand) value = build.value(ExpandDims, [value, expand.operand(1)], expand.attributes as never);
    value = padded(build, value, first, left);
    const attributes = { ...convolution.attributes, dilations };
    value = build.value(convolution.definition, [value, convolution.operand(1)], attributes);
    return [squeeze ? build.value(Squeeze, [value], squeeze.attributes as never) : value];
  },
};

/** An axis of a convolution's operand, counted from the front. */
function fromFront(axis: number | undefined): number | undefined {
  return axis !== undefined && axis < 0 ? axis + RANK : axis;
}

/** Zeros in front of and behind the dimensions from `first` on, right before the convolution, which may take them in. */
function padded(build: RewriteBuilder, value: Value, first: number, amounts: readonly number[]): Value {
  if (amounts.every((amount) => amount === 0) || value.type.kind !== 'tensor') return value;
  const all = new Array<number>(2 * RANK).fill(0);
  for (const [i, amount] of amounts.entries()) all[2 * first + i] = amount;
  const constant = build.constant(Tensor.int32(all, [RANK, 2]));
  return build.value(Pad, [value, constant], { T: value.type.dtype, Tpaddings: 'int32' });
}

export const recogniseDilatedConvolution = rewritePass({
  name: 'recognise-dilated-convolution',
  summary: 'Makes one dilated convolution of SpaceToBatchND, a convolution and BatchToSpaceND.',
  rewrites: [dilated],
});
