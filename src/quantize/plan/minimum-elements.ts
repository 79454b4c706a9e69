import type { Op } from '#ir/graph.js';
import type { Recipe, Scheme } from '../recipe.js';
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
