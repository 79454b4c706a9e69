import { constantOf } from '#ir/constant.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { Mean, ReduceAll, ReduceAny, ReduceMax, ReduceMin, ReduceProd, Sum } from '../ops/reduction.js';
import { Reshape } from '../ops/shape.js';

const reductions = new Set<unknown>([Mean, Sum, ReduceProd, ReduceMax, ReduceMin, ReduceAll, ReduceAny]);

const reshaped: Rewrite = {
  name: 'reshaped-reduction',
  anchors: [Reshape],
  rewrite(op, build) {
    const reduction = op.operand(0).producer;
    if (!reduction || !reductions.has(reduction.definition)) return noMatch('its operand is not a reduction');
    if (reduction.attributes['keep_dims'] === true) return noMatch('the reduction keeps its dimensions already');
    if (!op.operand(0).hasOneUse) return noMatch('the reduced value has other users');
    const axes = constantOf(reduction.operand(1));
    const from = reduction.operand(0).type;
    const to = op.result().type;
    if (!axes || from.kind !== 'tensor' || to.kind !== 'tensor' || !from.shape || !to.shape) {
      return noMatch('the axes or the shape are not known');
    }
    const rank = from.shape.length;
    const reduced = new Set(Array.from(axes.data as ArrayLike<number>, (axis) => (axis < 0 ? axis + rank : axis)));
    const kept = from.shape.map((dim, i) => (reduced.has(i) ? 1 : dim));
    const fits = kept.length === to.shape.length && kept.every((dim, i) => dim === to.shape?.[i]);
    if (!fits || kept.filter((dim) => dim === null).length > 1)
      return noMatch('it does not put back the reduced dimensions');
    const attributes = { ...reduction.attributes, keep_dims: true };
    return [build.fuse(reduction).value(reduction.definition, reduction.operands, attributes)];
  },
};

export const keepReducedDims = rewritePass({
  name: 'keep-reduced-dims',
  summary: 'Lets a reduction keep its dimensions as 1 where a RESHAPE puts them back.',
  rewrites: [reshaped],
});
