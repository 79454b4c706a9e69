import { constantOf } from '#ir/constant.js';
import { controlOps, inlineRegion, loopOf } from '#ir/control-flow.js';
import type { Op, Value } from '#ir/graph.js';
import type { Tensor } from '#tensor/tensor.js';
import { evaluateRegion } from './evaluate-region.js';
import { definePass, type PassContext } from './pass.js';

/** The condition is evaluated on what the loop starts with, and on what the body makes of that. */
export const unrollShortLoops = definePass({
  name: 'unroll-short-loops',
  summary: 'Puts the body of a loop that is run once in its place, and nothing in that of one that is never run.',
  run(module, context) {
    for (const op of controlOps(module)) if (op.definition.control === 'loop' && op.region) unroll(op, context);
  },
});

function unroll(op: Op, { editor, explain }: PassContext): void {
  const { condition, body } = loopOf(op);
  const start = op.operands.map((operand) => constantOf(operand));
  const first = isTrue(evaluateRegion(condition, start)[0]);
  if (first === undefined) {
    explain(op, 'the model’s inputs tell how often it runs');
    return;
  }
  if (!first) {
    editor.replace(op, op.operands);
    return;
  }
  if (isTrue(evaluateRegion(condition, evaluateRegion(body, start))[0]) !== false) {
    explain(op, 'it runs more than once');
    return;
  }
  editor.replace(op, inlineRegion(editor, body, op.operands as readonly Value[], op));
}

function isTrue(tensor: Tensor | undefined): boolean | undefined {
  const [element] = tensor?.data ?? [];
  return element === undefined ? undefined : Boolean(element);
}
