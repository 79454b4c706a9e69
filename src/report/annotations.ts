import { groupDiagnostics } from './group-diagnostics.js';
import type { RunRecord } from './record.js';

export interface Annotation {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Path in the repository. */
  readonly file?: string;
  readonly line?: number;
}

/** GitHub shows this many of each severity a step and drops the rest without a word. */
const SHOWN = 10;

/** The most important findings as annotations at the model's folder; the summary lists all of them. */
export function annotationsOf(record: RunRecord): Annotation[] {
  const all = record.models.flatMap((model) =>
    groupDiagnostics(model.diagnostics).map(({ first, locations }): Annotation => {
      const nodes = locations.flatMap((location) => (location.node === undefined ? [] : [location.node]));
      const where = nodes.length === 0 ? '' : ` At ${nodes.slice(0, 3).join(', ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}.`;
      const [help] = first.help;
      return {
        severity: first.severity,
        title: `${model.name}: ${first.title}${first.op === undefined ? '' : ` (${first.op})`}`,
        message: `${first.detail}${where}${help === undefined ? '' : ` ${help}`}`,
        file: `${model.savedModel}/saved_model.pb`,
      };
    }),
  );
  return (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const found = all.filter((annotation) => annotation.severity === severity);
    if (found.length <= SHOWN) return found;
    const rest = found.length - SHOWN + 1;
    return [
      ...found.slice(0, SHOWN - 1),
      { severity, title: `${rest} more`, message: 'All findings are listed in the job summary.' },
    ];
  });
}
