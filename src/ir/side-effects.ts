import type { Op } from './graph.js';

/** Whether something would be missed though no result is used: it, or an op in its regions, has side effects. */
export function hasSideEffects(op: Op): boolean {
  if (op.definition.sideEffects) return true;
  for (const region of op.regions) {
    for (const inner of region.ops()) if (hasSideEffects(inner)) return true;
  }
  return false;
}
