import type { NodeDef } from '#saved-model/records.js';
import { canonical } from './references.js';

/** Whether a node for which `test` holds is needed to compute `fetches`; what is given is not computed. */
export function reaches(
  nodes: ReadonlyMap<string, NodeDef>,
  fetches: readonly string[],
  given: ReadonlyMap<string, unknown>,
  test: (node: NodeDef) => boolean,
): boolean {
  const seen = new Set<string>();
  const pending = [...fetches];
  for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
    if (given.has(canonical(text))) continue;
    const name = nodeOf(text);
    if (seen.has(name)) continue;
    seen.add(name);
    const node = nodes.get(name);
    if (!node) continue;
    if (test(node)) return true;
    pending.push(...node.inputs);
  }
  return false;
}

/** The name in a reference to a tensor of the main graph (`node:0`), or to a node that has to be run before (`^node`). */
function nodeOf(text: string): string {
  const end = text.indexOf(':');
  return text.slice(text.startsWith('^') ? 1 : 0, end < 0 ? undefined : end);
}
