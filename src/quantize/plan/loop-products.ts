import type { Op, Value } from '#ir/graph.js';
import { isTflOp } from '#tflite/define-op.js';
import { hasOneScale, isAnchor } from './op-roles.js';
import { loopDepth } from './places.js';

/** Whether the op is a product with weights that a loop computes, or takes from outside, like those of recurrent layers. */
export function isLoopProduct({ definition, region, results }: Op): boolean {
  if (!isTflOp(definition) || !isAnchor(definition)) return false;
  return loopDepth(region) > 0 || results.every(goesToLoops);
}

/** Whether only loops take a value, as it is or with its elements moved. */
export function goesToLoops({ users }: Value): boolean {
  return users.length > 0 && users.every(isLoopOrMoves);
}

function isLoopOrMoves({ definition, results }: Op): boolean {
  if (definition.control === 'loop') return true;
  return isTflOp(definition) && hasOneScale(definition, 'int16') && results.every(goesToLoops);
}
