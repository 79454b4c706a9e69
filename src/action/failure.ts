import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { printableLines } from '#diagnostics/printable.js';
import { type Annotation, findingAnnotation, firstAnnotations } from '#report/annotations.js';
import { withoutCommands } from './log-text.js';
import type { Toolkit } from './run-step.js';

/** Ends a step that cannot go on: an annotation for each finding, or where a defect of this code is. */
export function setFailedBy(toolkit: Toolkit, error: unknown, consequence: string): void {
  if (!(error instanceof DiagnosticError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    toolkit.setFailed(withoutCommands(printableLines(text).join('\n')));
    return;
  }
  const found = error.diagnostics.map((diagnostic) => findingAnnotation({ ...diagnostic, severity: 'error' }));
  const shown = firstAnnotations(found, "All are listed in the step's log.");
  annotate(toolkit, shown);
  for (const { title, message } of shown.length < found.length ? found : []) {
    toolkit.info(withoutCommands(`${title}: ${message}`));
  }
  toolkit.setFailed(consequence);
}

export function annotate(toolkit: Toolkit, annotations: readonly Annotation[]): void {
  for (const { severity, title, message, file, line } of annotations) {
    toolkit[severity](message, {
      title,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { startLine: line }),
    });
  }
}
