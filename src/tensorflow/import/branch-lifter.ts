import { InferenceError } from '#ir/graph.js';
import type { FunctionArgument, FunctionDef, NodeDef, TfDType } from '#saved-model/records.js';
import { argument, base, Cut, dtypeOf, type Nodes, named, node, textOf } from './graph-cut.js';
import { parseReference } from './references.js';

/** Adds a function whose body may hold branches: they become functions of their own. */
export function define(
  functions: Map<string, FunctionDef>,
  name: string,
  inputs: readonly FunctionArgument[],
  outputs: readonly string[],
  body: Nodes,
): void {
  // Branches within the body are functions of their own.
  new BranchLifter(body, functions).lift();
  functions.set(name, {
    name,
    inputs,
    outputs: outputs.map((_, i) => argument(`output_${i}`, 'invalid')),
    nodes: [...body.values()],
    returns: new Map(outputs.map((output, i) => [`output_${i}`, output])),
    controlReturns: new Map(),
    attributes: new Map(),
  });
}

/** Lifts the branches among nodes that have no loops any more. */
export class BranchLifter {
  readonly #nodes: Nodes;
  readonly #functions: Map<string, FunctionDef>;

  constructor(nodes: Nodes, functions: Map<string, FunctionDef>) {
    this.#nodes = nodes;
    this.#functions = functions;
  }

  lift(): void {
    const merges = [...this.#nodes.values()].filter(({ op }) => base(op) === 'Merge');
    const waiting = new Set(merges.map(({ name }) => name));
    while (waiting.size > 0) {
      const ready = [...waiting].filter((name) => !this.#waitsFor(name, waiting));
      if (ready.length === 0) throw new InferenceError('a branch is part of a cycle');
      const byCondition = new Map<string, string[]>();
      for (const name of ready) {
        const condition = this.#conditionOf(name);
        byCondition.set(condition, [...(byCondition.get(condition) ?? []), name]);
        waiting.delete(name);
      }
      for (const [condition, names] of byCondition) this.#liftMerges(condition, names);
    }
  }

  /** Whether another Merge that is not lifted yet stands behind this one. */
  #waitsFor(name: string, waiting: ReadonlySet<string>): boolean {
    const seen = new Set<string>();
    const pending = [...(this.#nodes.get(name)?.inputs ?? [])];
    for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
      const { node: at } = parseReference(text);
      if (seen.has(at)) continue;
      seen.add(at);
      if (waiting.has(at)) return true;
      pending.push(...(this.#nodes.get(at)?.inputs ?? []));
    }
    return false;
  }

  /** The nearest Switch nodes behind an input of a Merge; each with the side that is used. */
  #switchesBehind(text: string): readonly { readonly node: NodeDef; readonly side: number }[] {
    const found: { readonly node: NodeDef; readonly side: number }[] = [];
    const seen = new Set<string>();
    const pending = [text];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const reference = parseReference(next);
      const at = this.#nodes.get(reference.node);
      if (!at || seen.has(next)) continue;
      seen.add(next);
      if (base(at.op) === 'Switch') found.push({ node: at, side: reference.kind === 'data' ? reference.index : -1 });
      else pending.push(...at.inputs);
    }
    return found;
  }

  #conditionOf(merge: string): string {
    const at = this.#nodes.get(merge) as NodeDef;
    for (const input of at.inputs) {
      for (const { node: found } of this.#switchesBehind(input)) {
        const [, condition] = found.inputs;
        if (condition !== undefined) return this.#origin(condition);
      }
    }
    throw new InferenceError(`"${merge}" merges what no Switch parts`);
  }

  /** The tensor itself, where a reference leads to an Identity of it: each Switch may have another one. */
  #origin(text: string): string {
    const reference = parseReference(text);
    const at = this.#nodes.get(reference.node);
    const [input] = at?.inputs ?? [];
    if (at?.op === 'Identity' && input !== undefined) return this.#origin(input);
    return reference.kind === 'data' ? textOf(reference) : text;
  }

  #liftMerges(condition: string, merges: readonly string[]): void {
    const name = `${merges[0]}/if`;
    const args: FunctionArgument[] = [];
    const operands: string[] = [];
    const taken = new Map<string, string>();
    const take = (operand: string, dtype: TfDType): string => {
      const known = taken.get(operand);
      if (known !== undefined) return known;
      const fresh = `captured_${args.length}`;
      args.push(argument(fresh, dtype));
      operands.push(operand);
      taken.set(operand, fresh);
      return fresh;
    };
    const switches = [...this.#nodes.values()].filter(
      ({ op, inputs }) => base(op) === 'Switch' && this.#origin(inputs[1] as string) === condition,
    );
    const bodies = [1, 0].map((side) => {
      const body: Nodes = new Map();
      const inside = new Map(
        switches.map((each) => [
          side === 0 ? each.name : `${each.name}:1`,
          take(each.inputs[0] as string, dtypeOf(each)),
        ]),
      );
      const boundary = new Set(switches.map((each) => each.name));
      const cut = new Cut(this.#nodes, boundary, inside, (text) => take(text, 'invalid'));
      const outputs = merges.map((merge) => cut.copy(this.#inputFor(merge, side), body));
      return { side, body, outputs };
    });
    for (const { side, body, outputs } of bodies) {
      define(this.#functions, `${name}_${side === 1 ? 'then' : 'else'}`, args, outputs, body);
    }
    const attributes = new Map([
      ['then_branch', named(`${name}_then`)],
      ['else_branch', named(`${name}_else`)],
    ]);
    this.#nodes.set(name, node(name, 'StatelessIf', [condition, ...operands], attributes));
    merges.forEach((merge, i) => {
      const old = this.#nodes.get(merge) as NodeDef;
      this.#nodes.set(merge, node(merge, 'Identity', [`${name}:${i}`], old.attributes));
    });
  }

  /** The input of a Merge that has a value where the condition holds (side 1) or does not (side 0). */
  #inputFor(merge: string, side: number): string {
    const [first = '', second = ''] = (this.#nodes.get(merge) as NodeDef).inputs;
    const sideOf = (text: string): number | undefined => {
      const sides = this.#switchesBehind(text).map((each) => each.side);
      return sides.find((each) => each >= 0);
    };
    const [a, b] = [sideOf(first), sideOf(second)];
    if (a === side || (b !== undefined && b === 1 - side)) return first;
    if (b === side || (a !== undefined && a === 1 - side)) return second;
    throw new InferenceError(`"${merge}" does not tell which of its inputs belongs to which branch`);
  }
}
