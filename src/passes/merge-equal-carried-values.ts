import { constantOf } from '#ir/constant.js';
import { controlOps, loopOf } from '#ir/control-flow.js';
import type { Op, Value } from '#ir/graph.js';
import { sameType } from '#ir/type.js';
import { definePass, type PassContext } from './pass.js';
import { ValueNumbering } from './value-numbering.js';

/**
 * A loop's counter and the time step of a recurrent network are one number. Values that start equal are taken to stay
 * so, until the body is found to tell them apart: the largest sets of equal values are left.
 */
export const mergeEqualCarriedValues = definePass({
  name: 'merge-equal-carried-values',
  summary: 'Carries values around a loop once that are the same in every round.',
  run(module, context) {
    for (const op of controlOps(module)) {
      if (op.definition.control === 'loop' && op.operands.length > 1) mergeIn(op, context);
    }
  },
});

function mergeIn(op: Op, { editor }: PassContext): void {
  const { condition, body } = loopOf(op);
  let classes = startingClasses(op);
  for (let count = new Set(classes).size; count < op.operands.length; ) {
    const next = refined(op, classes);
    const nextCount = new Set(next).size;
    classes = next;
    if (nextCount === count) break;
    count = nextCount;
  }
  const first = new Map<string, number>();
  classes.forEach((each, i) => {
    const leader = first.get(each);
    if (leader === undefined) {
      first.set(each, i);
      return;
    }
    for (const region of [condition, body]) {
      const [arg, led] = [region.args[i] as Value, region.args[leader] as Value];
      // What only hands itself on is left to be removed.
      const handedOn = arg.hasOneUse && body.outputs[i] === arg;
      if (arg.isUsed && !handedOn) editor.replaceAllUses(arg, led);
    }
    if (op.result(i).isUsed) editor.replaceAllUses(op.result(i), op.result(leader));
  });
}

/** One name for all that start with the same value and type. */
function startingClasses(op: Op): readonly string[] {
  const { body } = loopOf(op);
  const numbering = new ValueNumbering();
  return op.operands.map((operand, i) => {
    const value = operand as Value;
    const start = constantOf(value) ? numbering.keyOf(value.producer as Op) : numbering.numberOf(value);
    const alike = body.args.findIndex((arg) => sameType(arg.type, body.args[i]?.type ?? arg.type));
    return `${start} ${alike}`;
  });
}

/** The classes told apart by what the body gives, if all in one class are equal before. */
function refined(op: Op, classes: readonly string[]): readonly string[] {
  const { body } = loopOf(op);
  const numbering = new ValueNumbering();
  const leaders = new Map<string, Value>();
  body.args.forEach((arg, i) => {
    const leader = leaders.get(classes[i] as string);
    if (leader) numbering.equate(arg, leader);
    else leaders.set(classes[i] as string, arg);
  });
  const met = new Map<string, Op>();
  for (const inner of body.ops()) {
    const { sideEffects, readsState } = inner.definition;
    if (sideEffects || readsState || inner.regions.length > 0) continue;
    const key = numbering.keyOf(inner);
    const equal = met.get(key);
    if (!equal) met.set(key, inner);
    else
      inner.results.forEach((result, i) => {
        numbering.equate(result, equal.result(i));
      });
  }
  return classes.map((each, i) => `${each};${numbering.numberOf(body.outputs[i] as Value)}`);
}
