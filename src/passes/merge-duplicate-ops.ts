import { Const } from '#ir/constant.js';
import type { Op, Region } from '#ir/graph.js';
import { fuseLocations } from '#ir/location.js';
import { sameType } from '#ir/type.js';
import { definePass, type PassContext } from './pass.js';
import { ValueNumbering } from './value-numbering.js';

/**
 * Value numbering: a body is walked once, forwards, and each op is looked up by its definition, operands and
 * attributes. Constants are compared by content. Ops with side effects or bodies are left alone.
 */
export const mergeDuplicateOps = definePass({
  name: 'merge-duplicate-ops',
  summary: 'Computes equal ops on equal operands once, and keeps equal constants once',
  run(module, context) {
    const numbering = new ValueNumbering();
    for (const region of module.regions()) mergeIn(region, numbering, context);
  },
});

function mergeIn(region: Region, numbering: ValueNumbering, context: PassContext): void {
  const first = new Map<string, Op>();
  const merged = new Map<Op, Op[]>();
  for (const op of region.ops()) {
    const { sideEffects, readsState } = op.definition;
    if (sideEffects || readsState || op.regions.length > 0 || op.results.length === 0) continue;
    const key = numbering.keyOf(op);
    const met = first.get(key);
    if (met === undefined) {
      first.set(key, op);
    } else if (met.results.every(({ type }, i) => sameType(type, op.result(i).type))) {
      const others = merged.get(met);
      // A constant such as 1 may stand for hundreds, and nobody asks where each came from.
      if (others) others.push(op);
      else if (!op.is(Const)) merged.set(met, [op]);
      context.editor.replace(op, met.results);
    } else {
      context.explain(op, 'an equal op has results of other types');
    }
  }
  for (const [op, others] of merged)
    op.location = fuseLocations(op.location, ...others.map(({ location }) => location));
}
