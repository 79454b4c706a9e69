import type { Severity } from './catalogue.js';
import type { Diagnostic } from './diagnostic.js';
import { type DiagnosticGroup, type Finding, groupDiagnostics } from './group.js';
import { printable, printableLines } from './printable.js';
import { renderLocation } from './render-location.js';

export interface TextOptions {
  /** Whether to colour it by ANSI escapes; by default not. */
  readonly color?: boolean;
  /** Places shown of each finding, by default 100 of an error and 8 of others; the rest is counted. */
  readonly maxLocations?: number;
}

const SEVERITY_STYLE: Readonly<Record<Severity, string>> = { error: '1;31', warning: '1;33', notice: '1;36' };

/**
 * Diagnostics as text for a terminal: grouped by code and op, each op once with its count, why, where and what to do.
 * Empty for none; else it ends with a line break.
 */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions = {}): string {
  const writer = new Writer(options);
  let previous: DiagnosticGroup | undefined;
  for (const group of groupDiagnostics(diagnostics)) {
    if (previous) writer.line(0, '');
    writer.group(group);
    previous = group;
  }
  return writer.text;
}

class Writer {
  text = '';
  readonly #color: boolean;
  readonly #maxLocations: number | undefined;

  constructor({ color = false, maxLocations }: TextOptions) {
    this.#color = color;
    this.#maxLocations = maxLocations;
  }

  line(indent: number, content: string): void {
    this.text += content === '' ? '\n' : `${'  '.repeat(indent)}${content}\n`;
  }

  group({ code, severity, title, op, count, findings }: DiagnosticGroup): void {
    const subject =
      op === undefined ? '' : `: ${this.#paint('1', printable(op))}${count > 1 ? `, ${count} times` : ''}`;
    const head = `${this.#paint(SEVERITY_STYLE[severity], severity)}: ${title}${subject}`;
    this.line(0, `${head} ${this.#paint('2', `[${code}]`)}`);
    const most = this.#maxLocations ?? (severity === 'error' ? 100 : 8);
    for (const finding of findings) this.#finding(finding, most);
  }

  #finding({ detail, help, locations }: Finding, most: number): void {
    for (const line of printableLines(detail)) this.line(1, line);
    // A file that the text already names needs no line of its own.
    const places = [...new Set(locations.map(renderLocation))].filter((place) => !detail.includes(place));
    for (const place of places.slice(0, most)) this.line(2, `${this.#paint('2', 'at')} ${place}`);
    const hidden = places.length - most;
    if (hidden > 0) this.line(2, `and at ${hidden} more`);
    for (const advice of help) {
      const [first = '', ...rest] = printableLines(advice);
      this.line(1, `${this.#paint('1;32', 'help')}: ${first}`);
      for (const line of rest) this.line(4, line);
    }
  }

  #paint(style: string, text: string): string {
    return this.#color ? `\u001b[${style}m${text}\u001b[0m` : text;
  }
}
