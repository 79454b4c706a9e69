import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { now } from '#diagnostics/clock.js';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Module } from '#ir/module.js';
import { printModule } from '#ir/print.js';
import type { PassObserver } from './run-passes.js';
import { countOps } from './time-observer.js';

export interface DumpOptions {
  /** Made if it does not exist; dumps of an earlier run in it are removed. */
  readonly directory: string;
  /** The command line that runs one pass on a dumped file, told when a pass fails. */
  readonly repeatCommand: (pass: string, file: string) => string;
}

/** Constants up to this size are written in full, so that a dump can be run again. */
const MAX_ELEMENTS = 32;
const DUMP = /^\d{2,}-[\w-]+(?:\.before)?\.ir$/;

/**
 * Writes the text form after each pass that changed it (`07-fold-constants.ir`; `00-input.ir` is the module before all),
 * and `index.txt` with each pass's time, ops and file. Where a pass fails by a defect, also the module before it and
 * the command that repeats it (`07-fold-constants.before.ir`, `failure.txt`).
 */
export function dumpObserver({ directory, repeatCommand }: DumpOptions): PassObserver {
  let number = 0;
  let text = '';
  let before = '';
  let start = 0;
  const index = join(directory, 'index.txt');

  function begin(module: Module): void {
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory)) {
      if (DUMP.test(name) || name === 'failure.txt') rmSync(join(directory, name));
    }
    text = printModule(module, { maxElements: MAX_ELEMENTS });
    writeFileSync(join(directory, '00-input.ir'), text);
    writeFileSync(index, `${row('ms', 'ops', 'file')}${row('', String(countOps(module)), '00-input.ir')}`);
  }

  return {
    before(_, module) {
      if (number === 0) begin(module);
      number++;
      before = text;
      start = now();
    },
    after({ name }, module) {
      const ms = (now() - start).toFixed(2);
      const file = `${stem(number, name)}.ir`;
      const next = printModule(module, { maxElements: MAX_ELEMENTS });
      if (next !== text) writeFileSync(join(directory, file), next);
      appendFileSync(index, row(ms, String(countOps(module)), next === text ? `${name}: no change` : file));
      text = next;
    },
    failed({ name }, _, error) {
      if (error instanceof DiagnosticError) return;
      const file = join(directory, `${stem(number, name)}.before.ir`);
      writeFileSync(file, before);
      const stack = error instanceof Error ? error.stack : String(error);
      writeFileSync(
        join(directory, 'failure.txt'),
        `${name} failed. To repeat:\n\n  ${repeatCommand(name, file)}\n\n${stack}\n`,
      );
    },
  };
}

function stem(number: number, name: string): string {
  return `${String(number).padStart(2, '0')}-${name}`;
}

function row(ms: string, ops: string, file: string): string {
  return `${ms.padStart(10)} ${ops.padStart(8)}  ${file}\n`;
}
