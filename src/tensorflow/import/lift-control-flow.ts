import { InferenceError } from '#ir/graph.js';
import type { FunctionArgument, FunctionDef, NodeDef, TfDType } from '#saved-model/records.js';
import { BranchLifter, define } from './branch-lifter.js';
import { argument, base, Cut, dtypeOf, type Nodes, named, node } from './graph-cut.js';
import { parseReference, type Reference } from './references.js';

/** Ops by which TensorFlow 1 wrote loops and branches into the graph itself. */
const CONTROL_OPS = new Set([
  'Enter',
  'Exit',
  'NextIteration',
  'Merge',
  'Switch',
  'LoopCond',
  'RefEnter',
  'RefExit',
  'RefNextIteration',
  'RefSwitch',
  'RefMerge',
]);

export function isControlOp(op: string): boolean {
  return CONTROL_OPS.has(op);
}

export interface LiftedGraph {
  readonly nodes: ReadonlyMap<string, NodeDef>;
  /** The bodies, by the names that the lifted nodes call them by. */
  readonly functions: ReadonlyMap<string, FunctionDef>;
}

/**
 * Loops and branches in the form of TensorFlow 1 as `StatelessWhile` and `StatelessIf` with functions, as TensorFlow 2
 * writes them; innermost first. What a body uses from outside becomes an argument of it. A loop's results stand for its
 * Exit nodes, those of a branch for its Merge nodes. Throws an InferenceError where a part is missing.
 */
export function liftControlFlow(nodes: readonly NodeDef[]): LiftedGraph {
  const lifter = new Lifter(nodes);
  lifter.liftLoops();
  lifter.liftBranches();
  return { nodes: lifter.nodes, functions: lifter.functions };
}

interface LoopVariable {
  readonly enter: NodeDef;
  readonly merge: NodeDef;
  readonly next: NodeDef;
  readonly switch: NodeDef | undefined;
}

class Lifter {
  readonly nodes: Nodes;
  readonly functions = new Map<string, FunctionDef>();

  constructor(nodes: readonly NodeDef[]) {
    this.nodes = new Map(nodes.map((each) => [each.name, each]));
  }

  liftLoops(): void {
    const frames = new Map<string, NodeDef[]>();
    for (const each of this.nodes.values()) {
      if (base(each.op) !== 'Enter') continue;
      const name = each.attributes.get('frame_name');
      const key = name?.kind === 'string' ? new TextDecoder().decode(name.value) : '';
      frames.set(key, [...(frames.get(key) ?? []), each]);
    }
    const waiting = new Map(frames);
    while (waiting.size > 0) {
      const ready = [...waiting].filter(([, enters]) => !this.#holdsLoop(enters));
      if (ready.length === 0) throw new InferenceError('loops are within each other');
      for (const [frame, enters] of ready) {
        this.#liftLoop(frame, enters);
        waiting.delete(frame);
      }
    }
  }

  liftBranches(): void {
    new BranchLifter(this.nodes, this.functions).lift();
  }

  #users(of: NodeDef): NodeDef[] {
    const users: NodeDef[] = [];
    for (const each of this.nodes.values()) {
      if (each.inputs.some((input) => parseReference(input).node === of.name)) users.push(each);
    }
    return users;
  }

  /** Whether a loop that is not lifted yet stands within this one. */
  #holdsLoop(enters: readonly NodeDef[]): boolean {
    const own = new Set(enters.map(({ name }) => name));
    const seen = new Set<string>();
    const pending = enters.flatMap((enter) => this.#variable(enter)?.next.inputs ?? []);
    for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
      const name = parseReference(text).node;
      const at = this.nodes.get(name);
      if (seen.has(name) || !at || own.has(name)) continue;
      seen.add(name);
      if (base(at.op) === 'Exit') return true;
      pending.push(...at.inputs);
    }
    return false;
  }

  /** The nodes of a loop variable; undefined for a value that only comes in. */
  #variable(enter: NodeDef): LoopVariable | undefined {
    const merge = this.#users(enter).find(({ op }) => base(op) === 'Merge');
    if (!merge) return undefined;
    const next = merge.inputs
      .map((input) => this.nodes.get(parseReference(input).node))
      .find((each) => each && base(each.op) === 'NextIteration');
    if (!next) throw new InferenceError(`"${merge.name}" of a loop has no next value`);
    return { enter, merge, next, switch: this.#users(merge).find(({ op }) => base(op) === 'Switch') };
  }

  #liftLoop(frame: string, enters: readonly NodeDef[]): void {
    const variables = enters.map((enter) => this.#variable(enter)).filter((each) => each !== undefined);
    const [first] = variables;
    if (!first) return;
    const condition = this.#condition(first, frame);
    const inside = new Map<string, string>();
    const args: FunctionArgument[] = [];
    const operands: string[] = [];
    const take = (dtype: TfDType, operand: string): string => {
      const name = `carried_${args.length}`;
      args.push(argument(name, dtype));
      operands.push(operand);
      return name;
    };
    for (const { enter, merge, switch: each } of variables) {
      const name = take(dtypeOf(enter), enter.inputs[0] as string);
      inside.set(merge.name, name);
      if (each) inside.set(`${each.name}:1`, name);
    }
    for (const enter of enters) {
      if (!variables.some((variable) => variable.enter === enter)) {
        inside.set(enter.name, take(dtypeOf(enter), enter.inputs[0] as string));
      }
    }
    const boundary = new Set(
      [...enters, ...variables.flatMap((each) => [each.merge, each.switch])].map((each) => each?.name),
    );
    const cut = new Cut(this.nodes, boundary, inside, (text) => {
      // What does not hang on the loop comes from outside, and stays the same.
      const outer = parseReference(text);
      return take(outer.kind === 'data' ? this.#dtypeOf(outer) : 'invalid', text);
    });
    const [test = ''] = condition.inputs;
    const conditionNodes = new Map<string, NodeDef>();
    const conditionOutput = cut.copy(test, conditionNodes);
    const bodyNodes = new Map<string, NodeDef>();
    const outputs = variables.map(({ next }) => cut.copy(next.inputs[0] as string, bodyNodes));
    const handedOn = args.slice(variables.length).map(({ name }) => name);
    const name = `${condition.name}/while`;
    this.#define(`${name}_cond`, args, [conditionOutput], conditionNodes);
    this.#define(`${name}_body`, args, [...outputs, ...handedOn], bodyNodes);
    const attributes = new Map([
      ['cond', named(`${name}_cond`)],
      ['body', named(`${name}_body`)],
    ]);
    this.nodes.set(name, node(name, 'StatelessWhile', operands, attributes));
    variables.forEach((variable, i) => {
      const exits = variable.switch ? this.#users(variable.switch).filter(({ op }) => base(op) === 'Exit') : [];
      for (const exit of exits)
        this.nodes.set(exit.name, node(exit.name, 'Identity', [`${name}:${i}`], exit.attributes));
    });
    this.#removeInside(boundary);
  }

  /** Removes the boundary of a lifted loop, and all that hangs on it: the Exit nodes do not any more. */
  #removeInside(boundary: ReadonlySet<string | undefined>): void {
    const users = new Map<string, string[]>();
    for (const { name, inputs } of this.nodes.values()) {
      for (const input of inputs) {
        const of = parseReference(input).node;
        const known = users.get(of);
        if (known) known.push(name);
        else users.set(of, [name]);
      }
    }
    const pending = [...boundary].filter((name) => name !== undefined);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (this.nodes.delete(name)) pending.push(...(users.get(name) ?? []));
    }
  }

  #condition({ switch: first, merge }: LoopVariable, frame: string): NodeDef {
    const predicate = first?.inputs[1];
    const condition = predicate === undefined ? undefined : this.nodes.get(parseReference(predicate).node);
    if (condition?.op !== 'LoopCond')
      throw new InferenceError(`the loop "${frame}" of "${merge.name}" has no condition`);
    return condition;
  }

  #dtypeOf(reference: Reference): TfDType {
    const at = this.nodes.get(reference.node);
    const type = at?.attributes.get('T') ?? at?.attributes.get('dtype');
    return type?.kind === 'dtype' ? type.value : 'invalid';
  }

  #define(name: string, inputs: readonly FunctionArgument[], outputs: readonly string[], body: Nodes): void {
    define(this.functions, name, inputs, outputs, body);
  }
}
