import type { Region, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { boundaryNames, type ExportOptions } from './export-module.js';
import { subgraphsOf } from './subgraphs.js';
import { nameValues } from './tensor-names.js';

/** What stands for a signature's key in the names of tensors of a body of control flow, the subgraph of this index. */
export function bodyName(subgraph: number): string {
  return `body_${subgraph}`;
}

/**
 * The names that tensors get when the module is exported now, each behind the key of its signature: `serving_default/x`.
 * Tensors of the bodies of control flow stand behind the name of their subgraph: `body_1/x`.
 */
export function nameModuleValues(module: Module, options: ExportOptions = {}): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  const { regions } = subgraphsOf(module);
  for (let i = 0; i < regions.length; i++) {
    const region = regions[i] as Region;
    const signature = module.signatures[i];
    const boundary = signature ? boundaryNames(signature, options) : { inputs: [], outputs: [] };
    const prefix = signature ? signature.key : bodyName(i);
    for (const [value, name] of nameValues(region, boundary)) names.set(value, `${prefix}/${name}`);
  }
  return names;
}
