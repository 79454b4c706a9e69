import type { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';

/** A named property of a whole module at the end of a stage. */
export interface Invariant {
  readonly name: string;
  /** What does not hold, at which op; empty where all is well. */
  check(module: Module): readonly string[];
}

function everyOp(name: string, holds: (op: Op) => boolean): Invariant {
  return {
    name,
    check: (module) => {
      const broken: string[] = [];
      for (const op of module.ops()) {
        if (!holds(op)) broken.push(`${op.name} at ${op.location.node ?? 'an unknown node'} breaks ${name}`);
      }
      return broken;
    },
  };
}

/** Everything is lowered. */
export const noTfOps = everyOp('noTfOps', (op) => !op.name.startsWith('tf.'));
