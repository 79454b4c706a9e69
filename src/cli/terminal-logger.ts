import type { Diagnostic } from '#diagnostics/diagnostic.js';
import { printable } from '#diagnostics/printable.js';
import { renderText } from '#diagnostics/render-text.js';
import { type Streams, usesColor } from './streams.js';

const ERASE_LINE = '\r\u001b[K';

/**
 * Results go to standard output, all else to standard error. On a terminal, progress is one line that is written over;
 * elsewhere it is plain lines, and only those that `quiet` leaves.
 */
export class TerminalLogger {
  readonly #streams: Streams;
  readonly #quiet: boolean;
  #progressShown = false;

  constructor(streams: Streams, quiet: boolean) {
    this.#streams = streams;
    this.#quiet = quiet;
  }

  /** What the command was asked for; also when quiet. */
  output(text: string): void {
    this.#clear();
    this.#streams.out.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** What the command was asked for besides its results: goes where errors go, also when quiet. */
  aside(text: string): void {
    this.#clear();
    this.#streams.err.write(text);
  }

  /** A line that sums up what was done. */
  result(line: string): void {
    if (!this.#quiet) this.output(printable(line));
  }

  /** What goes on; shown on terminals until something else is written. */
  progress(line: string): void {
    if (this.#quiet || !this.#streams.err.isTTY) return;
    this.#clear();
    this.#streams.err.write(printable(line));
    this.#progressShown = true;
  }

  /** A line that must not be missed: what went wrong. */
  failure(line: string): void {
    this.#clear();
    this.#streams.err.write(`${printable(line)}\n`);
  }

  /** A remark that needs no answer. */
  note(line: string): void {
    if (!this.#quiet) this.failure(line);
  }

  /** Errors always; warnings and notices unless quiet. */
  diagnostics(diagnostics: readonly Diagnostic[]): void {
    const shown = this.#quiet ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
    if (shown.length === 0) return;
    this.#clear();
    this.#streams.err.write(renderText(shown, { color: usesColor(this.#streams.err, this.#streams.env) }));
  }

  /** Leaves no unfinished line behind. */
  close(): void {
    this.#clear();
  }

  #clear(): void {
    if (!this.#progressShown) return;
    this.#streams.err.write(ERASE_LINE);
    this.#progressShown = false;
  }
}
