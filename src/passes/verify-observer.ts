import type { Module } from '#ir/module.js';
import { Verifier, verifyModule } from '#ir/verify.js';
import type { Invariant } from './invariants.js';
import type { PassObserver } from './run-passes.js';

/** Checks a module behind its last pass. Throws an Error that shows the op where something does not hold. */
export function verifyResult(module: Module): void {
  report('passes leave a broken module; --verify-passes names the one', verifyModule(module));
}

/** The invariants that passes require and ensure. Throws an Error that names the pass where one does not hold. */
export function invariantObserver(): PassObserver {
  return {
    before: (pass, module) => report(`${pass.name} is run too early`, violations(pass.requires, module)),
    after: (pass, module) => report(`${pass.name} does not do what it says`, violations(pass.ensures, module)),
  };
}

/**
 * Checks the module before the first pass and after each one that changed it, and the invariants that passes require
 * and ensure. Throws an Error that names the pass, and shows the op, where something does not hold: a defect of ours.
 */
export function verifyObserver(): PassObserver {
  const verifier = new Verifier();
  const invariants = invariantObserver();
  let started = false;
  return {
    before(pass, module) {
      if (!started) report('the module is broken before the first pass', verifier.verify(module));
      started = true;
      invariants.before?.(pass, module);
    },
    after(pass, module, changed) {
      if (changed) report(`${pass.name} leaves a broken module`, verifier.verify(module));
      invariants.after?.(pass, module, changed);
    },
  };
}

const SHOWN = 10;

function report(what: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
  throw new Error([`${what}:`, ...problems.slice(0, SHOWN), ...more].join('\n  '));
}

function violations(invariants: readonly Invariant[] = [], module: Module): string[] {
  return invariants.flatMap((invariant) => invariant.check(module));
}
