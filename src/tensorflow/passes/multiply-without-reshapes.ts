import type { Op, Region } from '#ir/graph.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { BatchMatMulV2, MatMul } from '../ops/matmul.js';
import { SymbolicShapes } from '../symbolic/analysis.js';
import { sameDimension } from '../symbolic/dimension.js';

/**
 * `Reshape(MatMul(Reshape(x), w))` that only merges the leading dimensions of x and splits them again is a product of
 * x itself with w over its last dimension, whatever its rank and batch: one FULLY_CONNECTED in TFLite.
 */
function rewrite(outer: Op, facts: SymbolicShapes, { editor, explain }: PassContext): void {
  const product = outer.operand(0).producer;
  if (!product?.is(MatMul) || !outer.region) return;
  const inner = product.operand(0).producer;
  if (inner?.name !== 'tf.Reshape' || product.attributes.transpose_a) return;
  if (!product.result().hasOneUse) {
    explain(outer, 'the product has other users');
    return;
  }
  const x = inner.operand(0);
  const from = facts.shapeOf(x);
  const to = facts.shapeOf(outer.result());
  const depth = facts.shapeOf(product.operand(0))?.[1];
  const width = facts.shapeOf(product.result())?.[1];
  if (!from || !to || from.length !== to.length || from.length < 2) return;
  const keepsLeading = from.slice(0, -1).every((dimension, i) => sameDimension(dimension, to[i]));
  if (!keepsLeading || !sameDimension(from.at(-1), depth) || !sameDimension(to.at(-1), width)) {
    explain(outer, 'the reshapes change more than how the leading dimensions are grouped');
    return;
  }
  const { transpose_b: adj_y, T } = product.attributes;
  const merged = editor.create(
    { region: outer.region, before: outer },
    BatchMatMulV2,
    [x, product.operand(1)],
    { T, adj_x: false, adj_y },
    product.location,
    { types: [outer.result().type] },
  );
  facts.replaced(outer.result(), merged.result());
  editor.replace(outer, merged.results);
}

function rewriteIn(region: Region, facts: SymbolicShapes, context: PassContext): void {
  for (const op of region.ops()) {
    if (op.name === 'tf.Reshape') rewrite(op, facts, context);
    for (const nested of op.regions) rewriteIn(nested, facts, context);
  }
}

export const multiplyWithoutReshapes = definePass({
  name: 'multiply-without-reshapes',
  summary: 'Multiplies tensors of any rank by a matrix directly, without flattening them before and unfolding after.',
  run(module, context) {
    for (const { region } of module.signatures) rewriteIn(region, new SymbolicShapes(region), context);
  },
});
