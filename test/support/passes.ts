import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { printModule } from '#ir/print.js';
import type { Pass } from '#passes/pass.js';
import { runPasses } from '#passes/run-passes.js';
import { verifyObserver } from '#passes/verify-observer.js';
import { parse } from './dialects.js';

export interface PassRun {
  readonly module: Module;
  /** The module afterwards. */
  readonly text: string;
  readonly changed: boolean;
  /** Why ops were left alone: `op: reason`. */
  readonly reasons: readonly string[];
}

/** Runs a pass on a module in the text form, verifies the result, and checks that a second run changes nothing. */
export function runPass(pass: Pass, text: string): PassRun {
  const module = parse(text);
  const reasons: string[] = [];
  let changed = false;
  let ended = 0;
  const observer = {
    explained: (_: Pass, op: { name: string }, reason: string) => {
      if (ended === 0) reasons.push(`${op.name}: ${reason}`);
    },
    after: (_pass: Pass, _module: Module, edited: boolean) => {
      if (ended++ === 0) changed = edited;
      else if (edited) throw new Error(`${pass.name} changes its own result again`);
    },
  };
  runPasses(module, [pass, pass], [observer, verifyObserver()]);
  // As in the text that is parsed, float32 goes without saying.
  const printed = printModule(module)
    .replaceAll(' {T = "float32"}', '')
    .replace(/\{T = "float32", |, T = "float32"/g, (found) => (found.startsWith('{') ? '{' : ''));
  return { module, text: printed, changed, reasons };
}

/** What the pass makes of the text. */
export function transform(pass: Pass, text: string): string {
  return runPass(pass, text).text;
}

/** Why the pass leaves a module alone; throws where it changes something. */
export function reasonsFor(pass: Pass, text: string): readonly string[] {
  const run = runPass(pass, text);
  if (run.changed) throw new Error(`${pass.name} changed the module:\n${run.text}`);
  return run.reasons;
}

/** What the user is told when the pass runs on the text: `code: detail`. */
export function findings(pass: Pass, text: string): readonly string[] {
  const collector = new Collector();
  try {
    runPasses(parse(text), [pass], [], collector);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
  }
  return collector.diagnostics.map(({ code, detail }) => `${code}: ${detail}`);
}
