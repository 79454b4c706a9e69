import type { Op, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';

/**
 * The ops that have to be Flex ops since one is that they share a variable, a table or a list with: neither side reads
 * what the other keeps. `needsFlex` tells which op has to be one by itself.
 */
export function joinedByHandles(module: Module, needsFlex: (op: Op) => boolean): ReadonlySet<Op> {
  const groups = new Map<Op, Op>();
  const members: Op[] = [];
  for (const op of module.ops()) {
    const handles = [...op.operands, ...op.results].filter(isHandle);
    if (handles.length === 0) continue;
    members.push(op);
    for (const { producer } of handles)
      if (producer && producer !== op) groups.set(leader(groups, producer), leader(groups, op));
  }
  const forced = new Set(
    members.filter((op) => op.regions.length === 0 && needsFlex(op)).map((op) => leader(groups, op)),
  );
  return new Set(members.filter((op) => op.regions.length === 0 && forced.has(leader(groups, op))));
}

function isHandle(value: Value | undefined): value is Value {
  return value?.type.kind === 'resource' || value?.type.kind === 'variant';
}

/** The op that stands for the group of `op`. */
function leader(groups: Map<Op, Op>, op: Op): Op {
  let at = op;
  for (let next = groups.get(at); next && next !== at; next = groups.get(at)) at = next;
  if (at !== op) groups.set(op, at);
  return at;
}
