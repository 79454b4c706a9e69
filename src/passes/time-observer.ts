import { now } from '#diagnostics/clock.js';
import type { Module } from '#ir/module.js';
import type { PassObserver } from './run-passes.js';

export interface PassTiming {
  readonly name: string;
  /** Milliseconds that it ran, those of other observers not counted. */
  readonly ms: number;
  /** Ops of the module afterwards, nested ones included. */
  readonly ops: number;
  readonly changed: boolean;
}

/** A stage that is none of the passes: reading, writing, verifying. */
export function stageTiming(name: string, ms: number): PassTiming {
  return { name, ms, ops: 0, changed: false };
}

/** The observer, with what it takes added up: `spent` gives the milliseconds so far. */
export function timedObserver(observer: PassObserver): PassObserver & { readonly spent: () => number } {
  let ms = 0;
  const timed = <T>(run: () => T): T => {
    const start = now();
    try {
      return run();
    } finally {
      ms += now() - start;
    }
  };
  return {
    ...observer,
    before: (pass, module) => timed(() => observer.before?.(pass, module)),
    after: (pass, module, changed) => timed(() => observer.after?.(pass, module, changed)),
    spent: () => ms,
  };
}

/** Appends a timing to `timings` for each pass that ended. It must stand last among the observers. */
export function timeObserver(timings: PassTiming[]): PassObserver {
  let start = 0;
  let ops: number | undefined;
  return {
    before() {
      start = now();
    },
    after(pass, module, changed) {
      const ms = now() - start;
      if (changed || ops === undefined) ops = countOps(module);
      timings.push({ name: pass.name, ms, ops, changed });
    },
  };
}

/** Number of ops, constants and nested ones included. */
export function countOps(module: Module): number {
  let count = 0;
  for (const region of module.regions()) count += region.size;
  return count;
}
