import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { Tensor } from '#tensor/tensor.js';
import { Gather } from '../ops/indexing.js';
import { ReverseV2 } from '../ops/shape.js';

/** The constant axes that are turned around, counted from the front and in order. */
export function reversedAxes(op: Op | undefined): readonly number[] | undefined {
  const axes = op?.isOneOf(ReverseV2) ? constantOf(op.operand(1)) : undefined;
  const rank = op && shapeOf(op.operand(0))?.length;
  if (!axes || rank === undefined) return undefined;
  const numbers = Array.from(axes.data as ArrayLike<number>, (axis) => (axis < 0 ? axis + rank : axis));
  return numbers.sort((a, b) => a - b);
}

const reversedTwice: Rewrite = {
  name: 'reversed-twice',
  anchors: [ReverseV2],
  rewrite(op) {
    const before = op.operand(0).producer;
    const [outer, inner] = [reversedAxes(op), reversedAxes(before)];
    if (!before || !outer || !inner) return noMatch('its operand is not turned around');
    if (String(outer) !== String(inner)) return noMatch('its operand is turned around along other axes');
    return [before.operand(0)];
  },
};

/** What is taken at constant places of a reversed axis is taken from its other end. */
const takenFromReversed: Rewrite = {
  name: 'taken-from-reversed',
  anchors: [Gather],
  rewrite(op, build) {
    const reversal = op.operand(0).producer;
    const axes = reversedAxes(reversal);
    if (!reversal || !axes) return noMatch('its operand is not turned around');
    const rank = shapeOf(reversal.operand(0))?.length ?? 0;
    const { axis: named, batch_dims } = op.attributes as typeof Gather.options;
    const axis = named < 0 ? named + rank : named;
    const size = shapeOf(reversal.operand(0))?.[axis];
    const places = constantOf(op.operand(1));
    if (axes.length !== 1 || axes[0] !== axis || batch_dims !== 0) return noMatch('other axes are turned around');
    if (typeof size !== 'number' || places?.dtype !== 'int32') return noMatch('its places are not known');
    const mirrored = Array.from(places.data as Int32Array, (place) => size - 1 - place);
    const constant = build.constant(Tensor.int32(mirrored, places.shape));
    return [
      build.fuse(reversal).value(Gather, [reversal.operand(0), constant], op.attributes as typeof Gather.options),
    ];
  },
};

export const cancelReversals = rewritePass({
  name: 'cancel-reversals',
  summary: 'Drops a REVERSE_V2 that another one undoes, or of which only known places are taken.',
  rewrites: [reversedTwice, takenFromReversed],
});

function shapeOf({ type }: Value): readonly (number | null)[] | null {
  return type.kind === 'tensor' ? type.shape : null;
}
