import { constantOf } from '#ir/constant.js';
import { controlOps, inlineRegion, regionInputs } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { definePass, type PassContext } from './pass.js';

export const inlineKnownBranches = definePass({
  name: 'inline-known-branches',
  summary: 'Replaces a choice between bodies by the body that is always chosen.',
  run(module, context) {
    for (const op of controlOps(module)) {
      if (op.definition.control !== 'loop' && op.region) inlineIn(op, context);
    }
  },
});

function inlineIn(op: Op, { editor, explain }: PassContext): void {
  const chosen = chosenRegion(op);
  if (!chosen) {
    explain(op, 'the model’s inputs tell which body runs');
    return;
  }
  editor.replace(op, inlineRegion(editor, chosen, regionInputs(op) as readonly Value[], op));
}

function chosenRegion(op: Op): Region | undefined {
  const { regions } = op;
  if (regions.length === 1) return regions[0];
  const choice = constantOf(op.operand(0));
  if (!choice) return undefined;
  const isCondition = op.definition.control === 'branches';
  // TensorFlow asks a condition that is no scalar whether it has elements.
  if (isCondition && choice.rank > 0) return regions[choice.size > 0 ? 0 : 1];
  const number = Number(choice.data[0]);
  return isCondition ? regions[number !== 0 ? 0 : 1] : (regions[number] ?? regions.at(-1));
}
