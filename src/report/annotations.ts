import { groupDiagnostics } from '#diagnostics/group.js';
import { printable } from '#diagnostics/printable.js';
import type { RunRecord } from '#record/record.js';
import { type ModelVariant, orderedVariants, titleOf } from './ordered-variants.js';

export interface Annotation {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Path in the repository. */
  readonly file?: string;
  readonly line?: number;
}

/** GitHub shows so many of each severity a step and drops the rest without a word. A step that fails adds an error. */
const SHOWN = { error: 9, warning: 10, notice: 10 };
/** Nodes that one annotation names. */
const PLACES = 3;
/** GitHub takes titles of 255 characters, and messages of 64 KB that nobody would read. */
const MAX_TITLE = 255;
const MAX_MESSAGE = 4000;

/**
 * What matters most as annotations: at the line of source where that is known, else at the model's file, and changes of
 * the gate at the configuration. What GitHub would drop is counted; the summary lists all.
 */
export function annotationsOf(record: RunRecord): Annotation[] {
  const all = [...gateAnnotations(record), ...orderedVariants(record).flatMap(variantAnnotations)];
  return (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const found = all.filter((annotation) => annotation.severity === severity);
    const most = SHOWN[severity];
    if (found.length <= most) return found;
    const rest = found.length - most + 1;
    return [
      ...found.slice(0, most - 1),
      { severity, title: `${rest} more`, message: 'All findings are listed in the job summary.' },
    ];
  });
}

function gateAnnotations({ changes, config, findings }: RunRecord): Annotation[] {
  const place = config.file === null ? {} : { file: config.file };
  const loosened = changes.filter(({ kind, loosened: looser }) => looser && kind !== 'definition');
  return [
    ...findings.map(({ severity, title, detail, help }) => ({
      severity,
      title: shortened(title, MAX_TITLE),
      message: shortened([detail, ...help.slice(0, 1)].join(' '), MAX_MESSAGE),
      ...place,
    })),
    ...loosened.map(({ path, from, to, counted }) => ({
      severity: 'warning' as const,
      title: 'The gate is changed',
      message: shortened(
        `${path} from ${from ?? 'nothing'} to ${to ?? 'nothing'}${counted ? '.' : ": the base's counts until this is merged."}`,
        MAX_MESSAGE,
      ),
      ...place,
    })),
  ];
}

function variantAnnotations(each: ModelVariant): Annotation[] {
  const { model, variant } = each;
  const file = `${model.path}/saved_model.pb`;
  const checks = variant.checks.flatMap(({ verdict, reason }): Annotation[] => {
    if (verdict !== 'fail' && verdict !== 'within-noise') return [];
    const severity = verdict === 'fail' ? 'error' : 'notice';
    return [{ severity, title: shortened(titleOf(each), MAX_TITLE), message: shortened(reason, MAX_MESSAGE), file }];
  });
  const groups = groupDiagnostics(variant.findings as Parameters<typeof groupDiagnostics>[0]);
  const findings = groups.flatMap(({ severity, title, op, findings: same }) =>
    same.map(({ detail, help, locations }): Annotation => {
      const nodes = locations.flatMap(({ node }) => node ?? []);
      const more = nodes.length > PLACES ? ` and ${nodes.length - PLACES} more` : '';
      const where = nodes.length === 0 ? '' : ` At ${nodes.slice(0, PLACES).join(', ')}${more}.`;
      const source = locations.find((place) => place.line !== undefined && place.file && isInRepository(place.file));
      const subject = op === undefined ? '' : ` (${op})`;
      return {
        severity,
        title: shortened(`${titleOf(each)}: ${title}${subject}`, MAX_TITLE),
        message: shortened([`${detail}${where}`, ...help.slice(0, 1)].join(' '), MAX_MESSAGE),
        ...(source?.file && source.line !== undefined ? { file: source.file, line: source.line } : { file }),
      };
    }),
  );
  return [...checks, ...findings];
}

/** On one line, without what could pass for something else. */
function shortened(text: string, length: number): string {
  const line = printable(text);
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

/** Paths of sources that are outside of the repository stay as TensorFlow recorded them. */
function isInRepository(file: string): boolean {
  return !/^(?:[/\\]|[A-Za-z]:)/.test(file);
}
