import { Const, constantOf } from '#ir/constant.js';
import { controlOps, loopOf, withInvariants } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { definePass, type PassContext } from './pass.js';

/** Ops that may fail on operands that a loop without rounds never sees: they stay in it. */
const mayFail = /\.(Floor)?(Div|Mod)$|\.(TruncateMod|TruncateDiv|floor_mod|floor_div)$/;

/** What the values that a loop hands on unchanged suffice for is computed once, before it. */
export const hoistLoopInvariants = definePass({
  name: 'hoist-loop-invariants',
  summary: 'Computes before a loop what is the same in all of its rounds.',
  run(module, context) {
    // Inner loops first: what leaves one may leave the next as well.
    for (const op of [...controlOps(module)].reverse()) if (op.definition.control === 'loop') hoist(op, context);
  },
});

function hoist(loop: Op, context: PassContext): void {
  const { condition, body } = loopOf(loop);
  const handedOn = (index: number): boolean => body.outputs[index] === body.args[index];
  const hoisted: { readonly value: Value; readonly inside: Value }[] = [];
  for (const region of [condition, body]) {
    for (const { outside, inside } of computeBefore(loop, region, handedOn, context)) {
      hoisted.push({ value: outside, inside });
    }
  }
  if (hoisted.length === 0) return;
  const { editor } = context;
  const carried = [...new Set(hoisted.map(({ value }) => value))];
  const first = loop.operands.length;
  const fresh = withInvariants(editor, loop, carried);
  for (const { value, inside } of hoisted) {
    const region = inside.producer?.region as Region;
    editor.replaceAllUses(inside, region.args[first + carried.indexOf(value)] as Value);
    editor.eraseDead(inside.producer as Op);
  }
  context.explain(fresh, `${carried.length} values are computed before it`);
}

interface Hoisted {
  readonly inside: Value;
  readonly outside: Value;
}

/** Makes the invariant ops of a region again before the loop; gives the values that others in the region use. */
function computeBefore(
  loop: Op,
  region: Region,
  handedOn: (index: number) => boolean,
  { editor }: PassContext,
): readonly Hoisted[] {
  const outside = new Map<Value, Value>();
  for (const arg of region.args) if (handedOn(arg.index)) outside.set(arg, loop.operand(arg.index));
  const invariant = invariantOps(region, outside);
  const result: Hoisted[] = [];
  const at = { region: loop.region as Region, before: loop };
  for (const op of invariant) {
    const operands = op.operands.map((operand) => operand && outsideOf(operand));
    const copy = editor.create(at, op.definition, operands, op.attributes, op.location, {
      types: op.results.map(({ type }) => type),
    });
    op.results.forEach((inside, i) => {
      outside.set(inside, copy.result(i));
      const stays = inside.uses.some(({ user }) => user === region || !invariant.has(user as Op));
      if (stays) result.push({ inside, outside: copy.result(i) });
    });
  }
  return result;

  function outsideOf(value: Value): Value {
    const known = outside.get(value);
    if (known) return known;
    const constant = constantOf(value);
    if (!constant) throw new Error('an invariant op has an operand that is none');
    const copy = editor.constant(at, constant, (value.producer as Op).location);
    outside.set(value, copy);
    return copy;
  }
}

function invariantOps(region: Region, given: ReadonlyMap<Value, unknown>): ReadonlySet<Op> {
  const invariant = new Set<Op>();
  for (const op of region.ops()) {
    const { definition, operands } = op;
    if (definition.sideEffects || definition.readsState || op.is(Const) || op.regions.length > 0) continue;
    if (operands.length === 0 || mayFail.test(op.name)) continue;
    const known = operands.every(
      (operand) => !operand || given.has(operand) || constantOf(operand) || invariant.has(operand.producer as Op),
    );
    if (known && operands.some((operand) => operand && !constantOf(operand))) invariant.add(op);
  }
  return invariant;
}
