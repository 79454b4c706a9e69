import type { Op, Value } from '#ir/graph.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { BatchMatMul } from '../ops/matmul.js';
import { Transpose } from '../ops/shape.js';
import { permutationOf } from './permutation.js';

/** The operand of a transpose that swaps the last two dimensions and nothing else. */
function swapped(value: Value): Op | undefined {
  const op = value.producer;
  if (!op?.is(Transpose) || !value.hasOneUse) return undefined;
  const axes = permutationOf(op as unknown as Op);
  if (!axes) return undefined;
  const rank = axes.length;
  const wanted = axes.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return axes.every((axis, i) => axis === wanted[i]) ? (op as unknown as Op) : undefined;
}

const operandTransposed: Rewrite = {
  name: 'operand-transposed',
  anchors: [BatchMatMul],
  rewrite(op, build) {
    if (!op.is(BatchMatMul)) return noMatch('it is not a matrix product');
    const [x, y] = [swapped(op.operand(0)), swapped(op.operand(1))];
    if (!x && !y) return noMatch('neither operand is transposed in its last two dimensions');
    const { adj_x, adj_y } = op.attributes;
    for (const transpose of [x, y]) if (transpose) build.fuse(transpose);
    return [
      build.value(BatchMatMul, [x?.operand(0) ?? op.operand(0), y?.operand(0) ?? op.operand(1)], {
        ...op.attributes,
        adj_x: x ? !adj_x : adj_x,
        adj_y: y ? !adj_y : adj_y,
      }),
    ];
  },
};

export const transposeInMatmul = rewritePass({
  name: 'transpose-in-matmul',
  summary: 'Lets a matrix product read its operands transposed, instead of a TRANSPOSE before it.',
  rewrites: [operandTransposed],
});
