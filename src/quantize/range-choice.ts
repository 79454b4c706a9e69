import type { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { nameModuleValues } from '#tflite/export/module-names.js';
import { type RuleMatcher, subjectOf } from './match-rules.js';
import { isLoopProduct } from './plan/loop-products.js';
import type { RangeAlgorithm } from './range-algorithms/range-algorithm.js';
import type { Scheme } from './recipe.js';

/**
 * How the range of each tensor that an op gives is to be found, by its key: as the rule for the op says, or else as suits
 * the op.
 */
export function rangeAlgorithmsOf(module: Module, matcher: RuleMatcher): ReadonlyMap<string, RangeAlgorithm> {
  const names = nameModuleValues(module);
  const algorithms = new Map<string, RangeAlgorithm>();
  for (const op of module.ops()) {
    const { activations, scheme } = matcher.treatmentOf(subjectOf(op, names));
    const algorithm = activations.algorithm ?? suitedTo(op, scheme);
    // Only these two cut ranges into steps.
    const stepped = algorithm === 'mse' || algorithm === 'entropy';
    const bits = stepped && scheme === 'int16x8' ? ({ bits: 16 } as const) : {};
    for (const result of op.results) {
      const key = names.get(result);
      if (key !== undefined) algorithms.set(key, { ...activations, algorithm, ...bits });
    }
  }
  return algorithms;
}

/**
 * Gates are computed of the products of loops, and are flat where these are furthest from zero: to cut that off costs less
 * than wider steps for all other values, whose errors go through the loop again.
 */
function suitedTo(op: Op, scheme: Scheme): 'mse' | 'min-max' {
  return scheme !== 'int16x8' && isLoopProduct(op) ? 'mse' : 'min-max';
}
