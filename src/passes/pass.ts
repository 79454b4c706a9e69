import type { Collector } from '#diagnostics/diagnostic.js';
import type { Editor } from '#ir/editor.js';
import type { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import type { Invariant } from './invariants.js';

/** What a pass works with. */
export interface PassContext {
  readonly editor: Editor;
  /** Collects what the user must be told. */
  readonly collector: Collector;
  /** Says why a candidate was left alone; shown by `--explain PASS`. */
  explain(op: Op, reason: string): void;
}

/** One transformation of a module. */
export interface Pass {
  /** The one name, in source, tests, command line, dumps and docs: verb-noun, the file's own name. */
  readonly name: string;
  /** One sentence for the list of passes. */
  readonly summary: string;
  /** What must hold before, checked by the runner's verifier. */
  readonly requires?: readonly Invariant[];
  /** What holds afterwards. */
  readonly ensures?: readonly Invariant[];
  run(module: Module, context: PassContext): void;
}

export function definePass(pass: Pass): Pass {
  return pass;
}
