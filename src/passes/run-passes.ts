import { Collector } from '#diagnostics/diagnostic.js';
import { Editor } from '#ir/editor.js';
import type { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import type { Pass } from './pass.js';

/**
 * Watches a run; verifying, timing, dumping and explaining are observers. They nest: the last one is told first that a
 * pass has ended.
 */
export interface PassObserver {
  before?(pass: Pass, module: Module): void;
  /** `changed` is whether the pass made an edit. */
  after?(pass: Pass, module: Module, changed: boolean): void;
  /** Why a pass left an op alone. */
  explained?(pass: Pass, op: Op, reason: string): void;
  /** The pass, or an observer after it, threw; the error goes on afterwards. */
  failed?(pass: Pass, module: Module, error: unknown): void;
}

/** Passes that are run again and again until a round changes nothing. */
export interface Repeat {
  readonly repeat: readonly (Pass | Repeat)[];
  /** Rounds after which not coming to rest is a defect. */
  readonly limit?: number;
}

/** A round may reveal work for the next one: so many operations in a row, each waiting for the one before, are no model. */
const DEFAULT_LIMIT = 200;

/** Runs passes in order. Stops, by a DiagnosticError, after the first pass that collected errors. */
export function runPasses(
  module: Module,
  steps: readonly (Pass | Repeat)[],
  observers: readonly PassObserver[] = [],
  collector = new Collector(),
): void {
  for (const step of steps) {
    runStep(module, step, observers, collector);
  }
}

/** Runs a pass, or passes until they are at rest; gives whether one of them made an edit. */
function runStep(
  module: Module,
  step: Pass | Repeat,
  observers: readonly PassObserver[],
  collector: Collector,
): boolean {
  if ('repeat' in step) return runUntilStable(module, step, observers, collector);
  return runPass(module, step, observers, collector);
}

function runUntilStable(
  module: Module,
  { repeat, limit = DEFAULT_LIMIT }: Repeat,
  observers: readonly PassObserver[],
  collector: Collector,
): boolean {
  // How many runs have changed the module, and the count at which each pass found nothing to do.
  let changes = 0;
  const atRest = new Map<Pass | Repeat, number>();
  for (let round = 0; round < limit; round++) {
    const before = changes;
    for (const pass of repeat) {
      // It would find again what it found last time: nothing.
      if (atRest.get(pass) === changes) continue;
      if (runStep(module, pass, observers, collector)) changes++;
      else atRest.set(pass, changes);
    }
    if (changes === before) return changes > 0;
  }
  throw new Error(
    `${passesOf(repeat)
      .map((pass) => pass.name)
      .join(', ')} still change the module after ${limit} rounds`,
  );
}

/** The passes of all steps, in the order in which they are first run. */
export function passesOf(steps: readonly (Pass | Repeat)[]): readonly Pass[] {
  return steps.flatMap((step) => ('repeat' in step ? passesOf(step.repeat) : [step]));
}

/** Runs one pass and gives whether it made an edit. */
function runPass(module: Module, pass: Pass, observers: readonly PassObserver[], collector: Collector): boolean {
  for (const observer of observers) observer.before?.(pass, module);
  const editor = new Editor();
  const explaining = observers.filter((observer) => observer.explained);
  try {
    pass.run(module, {
      editor,
      collector,
      explain: (op, reason) => {
        for (const observer of explaining) observer.explained?.(pass, op, reason);
      },
    });
    collector.throwIfErrors();
    const changed = editor.edits > 0;
    for (const observer of observers.toReversed()) observer.after?.(pass, module, changed);
    return changed;
  } catch (error) {
    for (const observer of observers.toReversed()) observer.failed?.(pass, module, error);
    throw error;
  }
}
