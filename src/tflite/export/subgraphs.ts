import type { Op, Region } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { ValueNumbering } from '#passes/value-numbering.js';

/** What becomes a subgraph of its own: signatures in their order, and behind them the regions of control flow. */
export interface Subgraphs {
  readonly regions: readonly Region[];
  /** The index of the subgraph that stands for a region. */
  indexOf(region: Region): number;
}

/**
 * Regions that take and give nothing, and do the same, are one subgraph: a runtime remembers by its index whether it
 * has been run, and what one signature has initialised another one must not set anew.
 */
export function subgraphsOf(module: Module): Subgraphs {
  const regions: Region[] = module.signatures.map(({ region }) => region);
  const indices = new Map(regions.map((region, i) => [region, i]));
  const alike = new Map<string, number>();
  const contents = new Contents();
  for (let i = 0; i < regions.length; i++) {
    for (const op of (regions[i] as Region).ops()) {
      for (const nested of op.regions) {
        const key = nested.args.length + nested.outputs.length === 0 ? contents.keyOf(nested) : undefined;
        const known = key === undefined ? undefined : alike.get(key);
        const index = known ?? regions.push(nested) - 1;
        if (key !== undefined) alike.set(key, index);
        indices.set(nested, index);
      }
    }
  }
  return {
    regions,
    indexOf(region) {
      const index = indices.get(region);
      if (index === undefined) throw new Error('a region belongs to no signature');
      return index;
    },
  };
}

/** Writes regions as strings that are equal where they do the same. */
class Contents {
  readonly #numbering = new ValueNumbering();
  readonly #first = new Map<string, Op>();

  keyOf(region: Region): string {
    const keys: string[] = [];
    for (const op of region.ops()) {
      const key = this.#numbering.keyOf(op);
      const first = this.#first.get(key);
      if (!first) this.#first.set(key, op);
      else for (const [i, result] of op.results.entries()) this.#numbering.equate(result, first.result(i));
      keys.push(key, ...op.regions.map((nested) => this.keyOf(nested)));
    }
    return keys.join('\n');
  }
}
