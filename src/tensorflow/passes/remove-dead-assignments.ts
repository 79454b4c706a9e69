import type { Op, Region, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { hasSideEffects } from '#ir/side-effects.js';
import { definePass } from '#passes/pass.js';
import { ResourceScatterAdd, ResourceScatterSub, ResourceScatterUpdate } from '../ops/scatter.js';
import { AssignAddVariableOp, AssignSubVariableOp, AssignVariableOp, VarHandleOp } from '../ops/variables.js';

const assignments = new Set<unknown>([
  AssignVariableOp,
  AssignAddVariableOp,
  AssignSubVariableOp,
  ResourceScatterUpdate,
  ResourceScatterAdd,
  ResourceScatterSub,
]);

/** A variable that is written for nothing but the next value of it, such as the seed of a dropout that is off. */
export const removeDeadAssignments = definePass({
  name: 'remove-dead-assignments',
  summary: 'Removes writes of variables that no output of any signature depends on.',
  run(module, { editor, explain }) {
    let writes = false;
    for (const op of module.ops()) writes ||= assignments.has(op.definition);
    if (!writes) return;
    const alive = new LiveVariables(module).find();
    for (const op of [...module.ops()]) {
      if (!op.region || !assignments.has(op.definition)) continue;
      const variable = variableOf(op);
      if (variable === undefined || alive.has(variable)) explain(op, 'what it writes may be read for an output');
      else editor.erase(op);
    }
  },
});

/** The variable of an op's handle; undefined where that is not made right there. */
function variableOf(op: Op): string | undefined {
  const handle = op.operands[0]?.producer;
  return handle?.is(VarHandleOp) ? handle.attributes.variable : undefined;
}

/** Marks what outputs and effects need, from the end to the beginning. Linear in the ops. */
class LiveVariables {
  readonly #module: Module;
  readonly #variables = new Set<string>();
  readonly #needed = new Set<Op>();
  readonly #pending: Op[] = [];
  readonly #writers = new Map<string, Op[]>();

  constructor(module: Module) {
    this.#module = module;
  }

  find(): ReadonlySet<string> {
    for (const op of this.#module.ops()) {
      const variable = assignments.has(op.definition) ? variableOf(op) : undefined;
      if (variable !== undefined) this.#writers.set(variable, [...(this.#writers.get(variable) ?? []), op]);
      else if (op.regions.length === 0 && hasSideEffects(op)) this.#need(op);
    }
    for (const { region } of this.#module.signatures) this.#outputs(region);
    for (let op = this.#pending.pop(); op; op = this.#pending.pop()) this.#visit(op);
    return this.#variables;
  }

  #outputs(region: Region): void {
    for (const output of region.outputs) this.#value(output);
  }

  #value(value: Value): void {
    if (value.producer) this.#need(value.producer);
  }

  #need(op: Op): void {
    if (this.#needed.has(op)) return;
    this.#needed.add(op);
    this.#pending.push(op);
  }

  #visit(op: Op): void {
    for (const operand of op.operands) if (operand) this.#value(operand);
    for (const region of op.regions) this.#outputs(region);
    // What is in a region is run by the op around it.
    if (op.region?.parent) this.#need(op.region.parent);
    for (const operand of op.operands) {
      const handle = operand?.producer;
      if (!handle?.is(VarHandleOp) || assignments.has(op.definition)) continue;
      const { variable } = handle.attributes;
      if (!this.#variables.has(variable)) this.#live(variable);
    }
  }

  #live(variable: string): void {
    this.#variables.add(variable);
    for (const writer of this.#writers.get(variable) ?? []) this.#need(writer);
  }
}
