import { type DiagnosticGroup, type Finding, groupDiagnostics } from '#diagnostics/group.js';
import { printable } from '#diagnostics/printable.js';
import type { ModelResult, RunRecord } from './record.js';

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
/** Nodes that one annotation names. */
const PLACES = 3;
/** GitHub takes titles of 255 characters, and messages of 64 KB that nobody would read. */
const MAX_TITLE = 255;
const MAX_MESSAGE = 4000;

/** The most important findings as annotations at the model's folder; the summary lists all of them. */
export function annotationsOf(record: RunRecord): Annotation[] {
  const all = record.models.flatMap((model) =>
    groupDiagnostics(model.diagnostics).flatMap((group) =>
      group.findings.map((finding) => annotation(model, group, finding)),
    ),
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

/** On one line, without what could pass for something else. */
function shortened(text: string, length: number): string {
  const line = printable(text);
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

function annotation(model: ModelResult, { severity, title, op }: DiagnosticGroup, finding: Finding): Annotation {
  const nodes = finding.locations.flatMap(({ node }) => node ?? []);
  const more = nodes.length > PLACES ? ` and ${nodes.length - PLACES} more` : '';
  const where = nodes.length === 0 ? '' : ` At ${nodes.slice(0, PLACES).join(', ')}${more}.`;
  const [help] = finding.help;
  return {
    severity,
    title: shortened(`${model.name}: ${title}${op === undefined ? '' : ` (${op})`}`, MAX_TITLE),
    message: shortened(`${finding.detail}${where}${help === undefined ? '' : ` ${help}`}`, MAX_MESSAGE),
    file: `${model.savedModel}/saved_model.pb`,
  };
}
