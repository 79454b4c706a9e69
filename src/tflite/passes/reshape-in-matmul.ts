import type { Value } from '#ir/graph.js';
import { noMatch, type Rewrite, rewritePass } from '#passes/rewrite-pass.js';
import { FullyConnected } from '../ops/matmul.js';
import { Reshape } from '../ops/shape.js';

/** The rows of a matrix product may be laid out along several axes: FULLY_CONNECTED keeps them if it is asked to. */
const rowsKept: Rewrite = {
  name: 'rows-kept',
  anchors: [Reshape],
  rewrite(op, build) {
    const product = op.operand(0).producer;
    if (!product?.is(FullyConnected)) return noMatch('its operand is no matrix product');
    if (!op.operand(0).hasOneUse) return noMatch('the product has other users');
    const flatten = product.operand(0).producer;
    if (!flatten?.is(Reshape)) return noMatch('the rows of the product come as they are');
    const source = flatten.operand(0);
    const [from, to] = [shapeOf(source), shapeOf(op.result())];
    const [features, units] = [shapeOf(product.operand(0))?.at(-1), shapeOf(op.operand(0))?.at(-1)];
    if (!from || !to || from.includes(null) || to.includes(null)) return noMatch('a size is known at run time only');
    const sameRows = String(from.slice(0, -1)) === String(to.slice(0, -1));
    if (!sameRows || from.at(-1) !== features || to.at(-1) !== units || from.length < 2) {
      return noMatch('its rows are laid out otherwise than those before the product');
    }
    const [, weights, bias] = product.operands;
    const options = { ...product.attributes, keep_num_dims: true };
    return [build.fuse(flatten, product).value(FullyConnected, [source, weights, bias], options)];
  },
};

export const reshapeInMatmul = rewritePass({
  name: 'reshape-in-matmul',
  summary: 'Lets a matrix product take rows laid out along several axes, instead of a RESHAPE before and behind it.',
  rewrites: [rowsKept],
});

function shapeOf({ type }: Value): readonly (number | null)[] | null {
  return type.kind === 'tensor' ? type.shape : null;
}
