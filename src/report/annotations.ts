import type { Diagnostic } from '#diagnostics/diagnostic.js';
import { groupDiagnostics } from '#diagnostics/group.js';
import { printable } from '#diagnostics/printable.js';
import type { RunRecord } from '#record/record.js';
import { type ModelVariant, orderedVariants, titleOf } from './ordered-variants.js';
import { isolateDirection, visibleText } from './visible-text.js';

export interface Annotation {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Path in the repository. */
  readonly file?: string;
  readonly line?: number;
}

/**
 * GitHub shows ten of each severity a step and drops the rest without a word. A step that fails adds an error, and
 * notices say what it could not do: that the cache is out of order, that there is no artifact, no comment.
 */
const SHOWN = { error: 9, warning: 10, notice: 6 };
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
  return firstAnnotations(all, 'All findings are listed in the job summary.');
}

/** As many as GitHub shows, errors first; the last of a severity says how many more there are, and where. */
export function firstAnnotations(all: readonly Annotation[], where: string): Annotation[] {
  return (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const found = all.filter((annotation) => annotation.severity === severity);
    const most = SHOWN[severity];
    if (found.length <= most) return found;
    const rest = found.length - most + 1;
    return [...found.slice(0, most - 1), { severity, title: `${rest} more`, message: where }];
  });
}

/** Of a finding that ended a run before there was a record. */
export function findingAnnotation({ severity, title, detail, help, locations }: Diagnostic): Annotation {
  const [place] = locations;
  return {
    severity,
    title: line(title, MAX_TITLE),
    message: line([detail, ...help].join(' '), MAX_MESSAGE),
    ...(place?.file === undefined ? {} : { file: place.file }),
    ...(place?.line === undefined ? {} : { line: place.line }),
  };
}

function gateAnnotations({ changes, config, findings }: RunRecord): Annotation[] {
  const place = config.file === null ? {} : { file: config.file };
  const loosened = changes.filter(({ kind, loosened: looser }) => looser && kind !== 'definition');
  return [
    ...findings.map(({ severity, title, detail, help }) => ({
      severity,
      title: line(title, MAX_TITLE),
      message: line([detail, ...help.slice(0, 1)].join(' '), MAX_MESSAGE),
      ...place,
    })),
    ...loosened.map(({ path, from, to, counted }) => ({
      severity: 'warning' as const,
      title: 'The gate is changed',
      message: line(
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
    return [{ severity, title: line(titleOf(each), MAX_TITLE), message: line(reason, MAX_MESSAGE), file }];
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
        title: line(`${titleOf(each)}: ${title}${subject}`, MAX_TITLE),
        message: line([`${detail}${where}`, ...help.slice(0, 1)].join(' '), MAX_MESSAGE),
        ...(source?.file && source.line !== undefined ? { file: source.file, line: source.line } : { file }),
      };
    }),
  );
  return [...checks, ...findings];
}

/** On one line, without what could pass for something else or turn what stands beside it. */
function line(text: string, length: number): string {
  const visible = isolateDirection(visibleText(printable(text)));
  // A cut may leave half of a character.
  return visible.length <= length ? visible : `${visible.slice(0, length - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** Paths of sources that are outside of the repository stay as TensorFlow recorded them. */
function isInRepository(file: string): boolean {
  return !/^(?:[/\\]|[A-Za-z]:)/.test(file);
}
