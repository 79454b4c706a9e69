import { Op, type Value } from '#ir/graph.js';
import { isTflOp } from '#tflite/define-op.js';
import { hasOneScale, isAnchor } from './op-roles.js';
import { loopDepth } from './places.js';

/** Whether the op is a product with weights that a loop computes, or takes from outside, like those of recurrent layers. */
export function isLoopProduct({ definition, region, results }: Op): boolean {
  if (!isTflOp(definition) || !isAnchor(definition)) return false;
  return loopDepth(region) > 0 || results.every(goesToLoops);
}

/** Whether only loops take a value, as it is or with its elements moved. */
export function goesToLoops(value: Value): boolean {
  const seen = new Set([value]);
  for (const { uses } of seen) {
    if (uses.length === 0) return false;
    for (const { user } of uses) {
      if (!(user instanceof Op)) return false;
      if (user.definition.control === 'loop') continue;
      if (!isTflOp(user.definition) || !hasOneScale(user.definition, 'int16')) return false;
      for (const result of user.results) seen.add(result);
    }
  }
  return true;
}
