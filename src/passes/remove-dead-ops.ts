import type { Region } from '#ir/graph.js';
import { hasSideEffects } from '#ir/side-effects.js';
import { definePass, type PassContext } from './pass.js';

/** Walks every body backwards, so that an op is met after all that use it: one walk suffices. */
export const removeDeadOps = definePass({
  name: 'remove-dead-ops',
  summary: 'Removes ops whose results nothing uses',
  run(module, context) {
    for (const { region } of module.signatures) removeFrom(region, context);
  },
});

function removeFrom(region: Region, context: PassContext): void {
  for (const op of region.opsReversed()) {
    for (const nested of op.regions) removeFrom(nested, context);
    if (!op.isUsed && !hasSideEffects(op)) context.editor.erase(op);
  }
}
