import { constantOf } from '#ir/constant.js';
import { controlOps, loopOf, withInvariants } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { definePass, type PassContext } from '#passes/pass.js';
import { elementCount } from '#tensor/shape.js';
import { GraphBuilder } from '../graph-builder.js';
import { fitsAllSteps, stepRules } from '../lists/step-rules.js';
import { constantInteger, shapeOf } from '../ops/support/types.js';

/**
 * A loop over a sequence takes one step of it each round. What it computes from that step alone, such as the input
 * projections of a recurrent network, is computed of the whole sequence before the loop, in one matrix product.
 */
export const computeStepsAtOnce = definePass({
  name: 'compute-steps-at-once',
  summary: 'Computes before a loop, for all steps of a sequence at once, what does not depend on earlier steps.',
  run(module, context) {
    for (const op of [...controlOps(module)].reverse()) {
      if (op.definition.control === 'loop') new StepHoisting(op, context).run();
    }
  },
});

/** A value of the body that is step `index` of something. */
interface Step {
  readonly index: Value;
  /** Whether it is taken from the sequence as it is. */
  readonly taken: boolean;
}

class StepHoisting {
  readonly #loop: Op;
  readonly #body: Region;
  readonly #context: PassContext;
  readonly #steps = new Map<Value, Step>();
  readonly #found: Op[] = [];
  /** What stands before the loop for values of the body: whole sequences for steps. */
  readonly #before = new Map<Value, Value>();

  constructor(loop: Op, context: PassContext) {
    this.#loop = loop;
    this.#body = loopOf(loop).body;
    this.#context = context;
  }

  run(): void {
    this.#find();
    const chosen = this.#choose();
    if (chosen.size === 0) return;
    const { region } = this.#loop;
    if (!region) return;
    const { editor } = this.#context;
    const made: { readonly inside: Value; readonly whole: Value }[] = [];
    for (const op of this.#found) {
      if (!chosen.has(op)) continue;
      const build = new GraphBuilder(editor, { region, before: this.#loop }, op.location);
      const operands = op.operands.map((operand) => this.#outside(operand as Value, build));
      const whole = stepRules.get(op.name)?.make(op, operands, build) as Value;
      const inside = op.result();
      this.#before.set(inside, whole);
      if (inside.uses.some(({ user }) => !chosen.has(user as Op))) made.push({ inside, whole });
    }
    const first = this.#loop.operands.length;
    withInvariants(
      editor,
      this.#loop,
      made.map(({ whole }) => whole),
    );
    made.forEach(({ inside }, i) => {
      const op = inside.producer as Op;
      const build = new GraphBuilder(editor, { region: this.#body, before: op }, op.location);
      const { index } = this.#steps.get(inside) as Step;
      const step = build.gather(this.#body.args[first + i] as Value, index);
      editor.setType(step, inside.type);
      editor.replaceAllUses(inside, step);
      editor.eraseDead(op);
    });
  }

  /** All values of the body that are steps. */
  #find(): void {
    const body = this.#body;
    for (const op of body.ops()) {
      if (this.#isTaken(op)) {
        this.#steps.set(op.result(), { index: op.operand(1), taken: true });
        continue;
      }
      const steps = op.operands.map((operand) => operand && this.#steps.get(operand));
      const [one] = steps.filter((step) => step !== undefined);
      if (!one || steps.some((step) => step && step.index !== one.index)) continue;
      const others = op.operands.every((operand, i) => steps[i] || (operand && this.#isSame(operand)));
      if (!others || !fitsAllSteps(op, steps.map(Boolean))) continue;
      this.#steps.set(op.result(), { index: one.index, taken: false });
      this.#found.push(op);
    }
  }

  /** A step of a sequence that the loop hands on, at a place that each round moves by one. */
  #isTaken(op: Op): boolean {
    if (op.name !== 'tf.GatherV2' || op.attributes['batch_dims'] !== 0) return false;
    const [sequence, index, axis] = op.operands as [Value, Value, Value];
    return this.#isHandedOn(sequence) && constantInteger(axis) === 0 && this.#counts(index);
  }

  #isHandedOn(value: Value): boolean {
    return value.owner === this.#body && this.#body.outputs[value.index] === value;
  }

  #counts(index: Value): boolean {
    if (index.owner !== this.#body || shapeOf(index)?.length !== 0) return false;
    const next = this.#body.outputs[index.index]?.producer;
    if (!next || (next.name !== 'tf.AddV2' && next.name !== 'tf.Add')) return false;
    const [a, b] = next.operands as [Value, Value];
    return (a === index && constantInteger(b) === 1) || (b === index && constantInteger(a) === 1);
  }

  #isSame(value: Value): boolean {
    return constantOf(value) !== undefined || this.#isHandedOn(value);
  }

  /** Heavy ops with all that they need, and what follows them without more to fetch. */
  #choose(): ReadonlySet<Op> {
    const chosen = new Set<Op>();
    for (const op of this.#found.toReversed()) {
      const needed = op.result().users.some((user) => chosen.has(user));
      if (needed || stepRules.get(op.name)?.heavy) chosen.add(op);
    }
    for (const op of this.#found) if (!chosen.has(op) && this.#isFree(op, chosen)) chosen.add(op);
    return chosen;
  }

  /** Its result is fetched in place of its operands. */
  #isFree(op: Op, chosen: ReadonlySet<Op>): boolean {
    let size = 0;
    for (const operand of op.operands) {
      const step = operand && this.#steps.get(operand);
      if (!operand || !step) continue;
      const taken = step.taken || chosen.has(operand.producer as Op);
      if (!taken || operand.users.some((user) => user !== op && !chosen.has(user))) return false;
      if (operand.uses.some(({ user }) => user === this.#body)) return false;
      size += sizeOf(operand);
    }
    return sizeOf(op.result()) <= size;
  }

  #outside(value: Value, build: GraphBuilder): Value {
    const known = this.#before.get(value);
    if (known) return known;
    const constant = constantOf(value);
    if (constant) return build.constant(constant);
    const step = this.#steps.get(value);
    const source = step ? (value.producer as Op).operand(0) : value;
    return this.#loop.operand(source.index);
  }
}

/** Elements, an unknown size counted as one. */
function sizeOf(value: Value): number {
  const sizes = shapeOf(value)?.map((size) => size ?? 1) ?? [];
  return elementCount(sizes);
}
