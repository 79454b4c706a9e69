import type { Op, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { isTflOp } from '#tflite/define-op.js';
import { nameModuleValues } from '#tflite/export/module-names.js';
import { type RuleMatcher, subjectOf } from './match-rules.js';
import { hasOneScale, isAnchor } from './plan/op-roles.js';
import { loopDepth } from './plan/places.js';
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
 * A product with weights that a loop computes, or takes from outside, is what gates are computed of, and these are flat
 * where the product is furthest from zero: to cut that off costs less than the wider steps for all other values, whose
 * errors go through the loop again.
 */
function suitedTo(op: Op, scheme: Scheme): 'mse' | 'min-max' {
  if (scheme === 'int16x8' || !isTflOp(op.definition) || !isAnchor(op.definition)) return 'min-max';
  return loopDepth(op.region) > 0 || op.results.every(goesToLoops) ? 'mse' : 'min-max';
}

/** Whether only loops take a value, as it is or with its elements moved. */
function goesToLoops({ users }: Value): boolean {
  return (
    users.length > 0 &&
    users.every(({ definition, results }) => {
      if (definition.control === 'loop') return true;
      return isTflOp(definition) && hasOneScale(definition, 'int16') && results.every(goesToLoops);
    })
  );
}
