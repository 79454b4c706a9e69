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
