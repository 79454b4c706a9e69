import type { DiagnosticCode, Severity } from './catalogue.js';
import type { Diagnostic } from './diagnostic.js';
import type { Location } from './location.js';

/** Findings that say the same, at one or more places. */
export interface Finding {
  readonly detail: string;
  readonly help: readonly string[];
  /** Each place once: a node that several signatures reach names none of them. */
  readonly locations: readonly Location[];
  /** Number of places, or of diagnostics where they have no place. */
  readonly count: number;
}

/** Findings of one code; those of unsupported ops are of one op. */
export interface DiagnosticGroup {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly title: string;
  readonly op?: string;
  readonly count: number;
  readonly findings: readonly Finding[];
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 };

/** Groups diagnostics by code and op, then by what they say. Errors come first, then the order of the diagnostics. */
export function groupDiagnostics(diagnostics: readonly Diagnostic[]): DiagnosticGroup[] {
  const groups = groupBy(diagnostics, ({ code, severity, op }) => JSON.stringify([code, severity, op]));
  return [...groups.values()].sort((a, b) => RANK[a[0].severity] - RANK[b[0].severity]).map(toGroup);
}

function toGroup(diagnostics: NonEmpty<Diagnostic>): DiagnosticGroup {
  const [{ code, severity, title, op }] = diagnostics;
  const same = groupBy(diagnostics, ({ detail, help }) => JSON.stringify([detail, help]));
  const findings = [...same.values()].map(toFinding);
  return {
    code,
    severity,
    title,
    ...(op === undefined ? {} : { op }),
    count: findings.reduce((sum, { count }) => sum + count, 0),
    findings,
  };
}

function toFinding(same: NonEmpty<Diagnostic>): Finding {
  const [{ detail, help }] = same;
  const locations = eachOnce(same.flatMap((diagnostic) => diagnostic.locations));
  return { detail, help, locations, count: locations.length || same.length };
}

/** A model's signatures mostly share their nodes: what is found under each of them is found once. */
function eachOnce(locations: readonly Location[]): Location[] {
  const places = groupBy(locations, ({ file, line, function: name, node }) => JSON.stringify([file, line, name, node]));
  return [...places.values()].map(([first, ...others]) => {
    if (others.every(({ signature }) => signature === first.signature)) return first;
    const { signature: _, ...anywhere } = first;
    return anywhere;
  });
}

type NonEmpty<T> = [T, ...T[]];

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, NonEmpty<T>> {
  const groups = new Map<string, NonEmpty<T>>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
