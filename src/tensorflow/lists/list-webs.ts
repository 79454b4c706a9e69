import { loopOf, regionInputs } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { listOps } from './list-ops.js';

/** Lists that become one another: by list ops, by what loops carry, by what branches take and give. */
export interface ListWeb {
  readonly values: Value[];
  /** In the order of the module: outer regions first. */
  readonly ops: Op[];
  /** Why it cannot be a tensor; undefined where it may. */
  problem: string | undefined;
}

const isList = (value: Value | undefined): value is Value => value?.type.kind === 'variant';

/** The webs of a module; none where it has no lists. Linear in its values. */
export function findListWebs(module: Module): readonly ListWeb[] {
  let lists = false;
  for (const op of module.ops()) {
    if (op.results.some(isList)) {
      lists = true;
      break;
    }
  }
  return lists ? new WebFinder().find(module) : [];
}

class WebFinder {
  readonly #parents = new Map<Value, Value>();
  readonly #problems: { readonly value: Value; readonly problem: string }[] = [];

  find(module: Module): readonly ListWeb[] {
    const ops: Op[] = [];
    for (const { region } of module.signatures) {
      for (const value of [...region.args, ...region.outputs])
        if (isList(value)) this.#fail(value, 'it leaves the model');
    }
    for (const op of module.ops()) {
      const touched = [...op.operands.filter(isList), ...op.results.filter(isList)];
      if (touched.length === 0) continue;
      if (op.definition.control) this.#control(op);
      else if (listOps.has(op.name)) {
        ops.push(op);
        for (const value of touched) this.#union(touched[0] as Value, value);
      } else for (const value of touched) this.#fail(value, `${op.name.replace(/^tf\./, '')} works on it`);
    }
    return this.#webs(ops);
  }

  #webs(ops: readonly Op[]): readonly ListWeb[] {
    const webs = new Map<Value, ListWeb>();
    const webOf = (value: Value): ListWeb => {
      const root = this.#root(value);
      const web = webs.get(root) ?? { values: [], ops: [], problem: undefined };
      webs.set(root, web);
      return web;
    };
    for (const value of this.#parents.keys()) webOf(value).values.push(value);
    for (const op of ops) webOf([...op.operands, ...op.results].find(isList) as Value).ops.push(op);
    for (const { value, problem } of this.#problems) webOf(value).problem ??= problem;
    return [...webs.values()];
  }

  #control(op: Op): void {
    const regions = op.definition.control === 'loop' ? [loopOf(op).body] : op.regions;
    regionInputs(op).forEach((input, i) => {
      if (!isList(input)) return;
      for (const region of op.regions) this.#union(input, region.args[i] as Value);
      if (op.definition.control === 'loop') this.#union(input, op.result(i));
    });
    op.results.forEach((result, i) => {
      if (isList(result)) for (const region of regions) this.#output(result, region, i);
    });
  }

  #output(result: Value, region: Region, index: number): void {
    this.#union(result, region.outputs[index] as Value);
  }

  #fail(value: Value, problem: string): void {
    this.#union(value, value);
    this.#problems.push({ value, problem });
  }

  #root(value: Value): Value {
    let root = value;
    for (let parent = this.#parents.get(root); parent && parent !== root; parent = this.#parents.get(root)) {
      root = parent;
    }
    this.#parents.set(value, root);
    return root;
  }

  #union(a: Value, b: Value): void {
    const [rootA, rootB] = [this.#root(a), this.#root(b)];
    this.#parents.set(rootB, rootA);
  }
}
