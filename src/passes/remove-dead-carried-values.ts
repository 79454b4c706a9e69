import { controlOps, keepBranchValues, keepCarried, loopOf } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { hasSideEffects } from '#ir/side-effects.js';
import { definePass, type PassContext } from './pass.js';

/** A loop may carry a value around for nothing but the value itself: to count, say, what nobody asks for. */
export const removeDeadCarriedValues = definePass({
  name: 'remove-dead-carried-values',
  summary: 'Removes what loops carry, and branches take or give, though nothing needs it.',
  run(module, context) {
    for (const op of controlOps(module)) {
      if (op.definition.control === 'loop') removeFromLoop(op, context);
      else removeFromBranches(op, context);
    }
  },
});

function removeFromLoop(op: Op, { editor }: PassContext): void {
  const { condition, body } = loopOf(op);
  const alive = new Set<number>();
  op.results.forEach((result, i) => {
    if (result.isUsed) alive.add(i);
  });
  condition.args.forEach((arg, i) => {
    if (arg.isUsed) alive.add(i);
  });
  const needs = new Needs(body);
  for (const inner of body.ops()) if (hasSideEffects(inner)) needs.addOp(inner);
  const pending = [...alive];
  const spread = (): void => {
    for (const index of needs.taken()) {
      if (alive.has(index)) continue;
      alive.add(index);
      pending.push(index);
    }
  };
  spread();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    needs.add(body.outputs[next] as Value);
    spread();
  }
  if (alive.size === op.operands.length) return;
  const dead = body.outputs.filter((_, i) => !alive.has(i));
  // The body lets go of what it computed for them, so that their arguments become free.
  body.setOutputs(body.outputs.map((output, i) => (alive.has(i) ? output : (body.args[i] as Value))));
  for (const { producer } of dead) if (producer) editor.eraseDead(producer);
  for (const inner of body.opsReversed()) if (!inner.isUsed && !hasSideEffects(inner)) editor.erase(inner);
  keepCarried(editor, op, (i) => alive.has(i));
}

/** What of a region's arguments is needed for the values that were asked for. */
class Needs {
  readonly #seen = new Set<Op>();
  readonly #taken: number[] = [];
  readonly #region: Region;

  constructor(region: Region) {
    this.#region = region;
  }

  /** Indices of arguments that turned out to be needed since the last call. */
  taken(): number[] {
    return this.#taken.splice(0);
  }

  add(value: Value): void {
    const { producer } = value;
    if (producer) this.addOp(producer);
    else if (value.owner === this.#region) this.#taken.push(value.index);
  }

  addOp(op: Op): void {
    const pending = [op];
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (this.#seen.has(next)) continue;
      this.#seen.add(next);
      for (const operand of next.operands) {
        if (operand?.producer) pending.push(operand.producer);
        else if (operand) this.#taken.push(operand.index);
      }
    }
  }
}

function removeFromBranches(op: Op, { editor }: PassContext): void {
  const kept = keepBranchValues(
    editor,
    op,
    () => true,
    (i) => op.result(i).isUsed,
  );
  for (const region of kept.regions) {
    for (const inner of region.opsReversed()) if (!inner.isUsed && !hasSideEffects(inner)) editor.erase(inner);
  }
  keepBranchValues(
    editor,
    kept,
    (i) => kept.regions.some((region) => region.args[i]?.isUsed),
    () => true,
  );
}
