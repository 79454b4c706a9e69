import type { Op } from '#ir/graph.js';
import type { Recipe, Scheme } from '../recipe.js';
import { movedTable, weightsOf } from '../weights/weights-of.js';
import { isLoopProduct } from './loop-products.js';

/** Where fewer weights are, the time that integers save is less than that of quantizing the data takes. */
const USUAL = 1024;
/**
 * Of products in loops, whose data are a row or a few in each run: `benchmarks/small-layers.mjs` measures it. What loops
 * take from outside is added to these, and as exact.
 */
const IN_LOOPS = 8192;

/** Elements that an op's weights need to be quantized by a scheme that leaves data in float32. */
export function minimumElements(op: Op, scheme: Scheme, { options }: Recipe): number {
  return options.minimumElements ?? (scheme === 'dynamic' && isLoopProduct(op) ? IN_LOOPS : USUAL);
}

/** Whether all weights of the op are large enough to be stored in 8 bits, and a kernel takes them with float32 data. */
export function hasHybridWeights(op: Op, recipe: Recipe): boolean {
  const minimum = minimumElements(op, 'dynamic', recipe);
  const weights = weightsOf(op);
  return (
    weights.length > 0 &&
    weights.every(({ constraint, tensor }) => typeof constraint.hybrid === 'object' && tensor.size >= minimum)
  );
}

/** Whether the op moves elements of a large constant, which is stored in 8 bits like all weights. */
export function isLargeTable(op: Op, recipe: Recipe): boolean {
  return (movedTable(op)?.size ?? 0) >= minimumElements(op, 'weight-only', recipe);
}
