import type { DiagnosticCode, Severity } from './catalogue.js';
import type { Diagnostic } from './diagnostic.js';
import type { Location } from './location.js';

/** Findings that say the same, at one or more places. */
export interface Finding {
  readonly detail: string;
  readonly help: readonly string[];
  readonly locations: readonly Location[];
  /** How many diagnostics it joins. */
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
  const findings = groupBy(diagnostics, ({ detail, help }) => JSON.stringify([detail, help]));
  return {
    code,
    severity,
    title,
    ...(op === undefined ? {} : { op }),
    count: diagnostics.length,
    findings: [...findings.values()].map((same) => ({
      detail: same[0].detail,
      help: same[0].help,
      locations: same.flatMap(({ locations }) => locations),
      count: same.length,
    })),
  };
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
