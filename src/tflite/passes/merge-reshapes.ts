import { constantOf } from '#ir/constant.js';
import type { Op, Value } from '#ir/graph.js';
import { done, noMatch, type Rewrite, type RewriteBuilder, rewritePass } from '#passes/rewrite-pass.js';
import type { Dim } from '#tensor/shape.js';
import { Tensor } from '#tensor/tensor.js';
import { Add, Div, Maximum, Minimum, Mul, SquaredDifference, Sub } from '../ops/elementwise.js';
import { ExpandDims, Reshape, Squeeze, Transpose } from '../ops/shape.js';
import { permutationOf } from './permutation.js';

function shapeOf(value: Value): readonly Dim[] | undefined {
  return value.type.kind === 'tensor' && value.type.shape !== null ? value.type.shape : undefined;
}

/** The shape as a RESHAPE's target, with −1 for what only run time tells; undefined where that is more than one. */
function targetOf(value: Value): readonly number[] | undefined {
  const shape = shapeOf(value);
  if (!shape || shape.filter((dim) => dim === null).length > 1) return undefined;
  // With a dimension of 0 the kernel cannot work out what −1 stands for.
  if (shape.includes(null) && shape.includes(0)) return undefined;
  return shape.map((dim) => dim ?? -1);
}

function reshapeTo(build: RewriteBuilder, value: Value, target: readonly number[], like: Value): readonly Value[] {
  return [build.value(Reshape, [value, build.constant(Tensor.int32(target))], { new_shape: target }, [like.type])];
}

/** Two shapes of one number of elements are the same if all but one dimension are known, equal and not 0. */
function sameSizes(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  if (!a || !b || a.length !== b.length || !a.every((dim, i) => dim === b[i])) return false;
  const open = a.filter((dim) => dim === null).length;
  return open === 0 || (open === 1 && !a.includes(0));
}

const asReshape: Rewrite = {
  name: 'as-reshape',
  anchors: [ExpandDims, Squeeze],
  rewrite(op, build) {
    const target = targetOf(op.result());
    if (!target) return noMatch('more than one of its dimensions is known at run time only');
    return reshapeTo(build, op.operand(0), target, op.result());
  },
};

/** A transpose that only moves dimensions of size 1 leaves every element in its place. */
const transposeOfOnes: Rewrite = {
  name: 'transpose-of-ones',
  anchors: [Transpose],
  rewrite(op, build) {
    const shape = shapeOf(op.operand(0));
    const permutation = permutationOf(op);
    if (!shape || !permutation) return noMatch('its permutation or rank is not known');
    const moved = permutation.filter((axis) => shape[axis] !== 1);
    if (moved.some((axis, i) => i > 0 && axis < (moved[i - 1] as number))) return noMatch('it changes the order');
    const target = targetOf(op.result());
    if (!target) return noMatch('more than one of its dimensions is known at run time only');
    return reshapeTo(build, op.operand(0), target, op.result());
  },
};

const reshape: Rewrite = {
  name: 'reshape',
  anchors: [Reshape],
  rewrite(op, build) {
    const input = op.operand(0);
    if (sameSizes(shapeOf(input), shapeOf(op.result()))) return [input];
    const constant = constantOf(input);
    const shape = shapeOf(op.result());
    if (constant && shape && !shape.includes(null))
      return [build.constant(constant.reshape(shape as readonly number[]))];
    const inner = input.producer;
    if (!inner?.is(Reshape)) return noMatch('its operand is not reshaped');
    const target = targetOf(op.result());
    if (!target) return noMatch('more than one of its dimensions is known at run time only');
    return reshapeTo(build.fuse(inner as unknown as Op), inner.operand(0), target, op.result());
  },
};

/** Shapes are aligned at the last dimension: what differs in leading dimensions of 1 only broadcasts alike. */
const leadingOnes: Rewrite = {
  name: 'leading-ones',
  anchors: [Add, Sub, Mul, Div, Maximum, Minimum, SquaredDifference],
  rewrite(op, build) {
    const rank = shapeOf(op.result())?.length;
    for (const [i, operand] of op.operands.entries()) {
      const reshape = operand?.producer;
      if (!operand || !reshape?.is(Reshape) || rank === undefined) continue;
      const [from, to] = [shapeOf(reshape.operand(0)), shapeOf(operand)];
      const other = shapeOf(op.operand(1 - i))?.length ?? 0;
      if (!from || !to || Math.max(from.length, other) !== rank) continue;
      if (!sameButForOnes(from, to)) continue;
      build.editor.setOperand(op, i, reshape.operand(0));
      build.editor.eraseDead(reshape as unknown as Op);
      return done;
    }
    return noMatch('no operand was reshaped in leading dimensions of 1 only');
  },
};

/** Whether two shapes are one, but for dimensions of 1 in front; sizes that are not known have to be one and the same. */
function sameButForOnes(a: readonly Dim[], b: readonly Dim[]): boolean {
  const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a];
  const extra = longer.length - shorter.length;
  if (!longer.slice(0, extra).every((dim) => dim === 1)) return false;
  return sameSizes(longer.slice(extra), shorter);
}

export const mergeReshapes = rewritePass({
  name: 'merge-reshapes',
  summary:
    'Makes one RESHAPE of several, of SQUEEZE, EXPAND_DIMS and transposes of ones, and none where nothing changes.',
  rewrites: [asReshape, transposeOfOnes, reshape, leadingOnes],
});
