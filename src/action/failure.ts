import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { printableLines } from '#diagnostics/printable.js';
import { withoutCommands } from './log-text.js';
import type { Toolkit } from './run-step.js';

/** Ends a step that cannot go on: an annotation for each finding, or where a defect of this code is. */
export function setFailedBy(toolkit: Toolkit, error: unknown, consequence: string): void {
  if (!(error instanceof DiagnosticError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    toolkit.setFailed(withoutCommands(printableLines(text).join('\n')));
    return;
  }
  for (const { detail, help, title, locations } of error.diagnostics) {
    const [place] = locations;
    const file = place?.file === undefined ? {} : { file: place.file };
    toolkit.error([detail, ...help].join(' '), { title, ...file, ...(place?.line ? { startLine: place.line } : {}) });
  }
  toolkit.setFailed(consequence);
}
