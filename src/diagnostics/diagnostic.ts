import { catalogue, type DiagnosticCode, type DiagnosticKind, type Severity } from './catalogue.js';
import type { Location } from './location.js';

/** One finding, the same record for the terminal, annotations, JSON and comments. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly title: string;
  /** What is wrong here, with the names and numbers of this case. */
  readonly detail: string;
  readonly locations: readonly Location[];
  /** What the user can do, the cheapest first; each a whole sentence. */
  readonly help: readonly string[];
  /** For unsupported ops: the op's name, which groups the findings. */
  readonly op?: string;
  /** The pass in which it was found. */
  readonly pass?: string;
}

export interface DiagnosticDetails {
  readonly detail: string;
  readonly locations?: readonly Location[];
  /** In front of the catalogue's own help. */
  readonly help?: readonly string[];
  readonly op?: string;
  readonly pass?: string;
}

/** Makes a diagnostic; severity, title and general help come from the catalogue. */
export function diagnostic(code: DiagnosticCode, details: DiagnosticDetails): Diagnostic {
  const entry = catalogue[code];
  return {
    code,
    severity: entry.severity,
    title: entry.title,
    detail: details.detail,
    locations: details.locations ?? [],
    help: [...(details.help ?? []), ...entry.help],
    ...(details.op === undefined ? {} : { op: details.op }),
    ...(details.pass === undefined ? {} : { pass: details.pass }),
  };
}

export function kindOf(found: Diagnostic): DiagnosticKind {
  return catalogue[found.code].kind;
}

/** Ends a stage with what it found. Shells turn it into an exit code: `input` 2, `unsupported` 1, `internal` 3. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((found) => `${found.title}: ${found.detail}`).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/** Throws a DiagnosticError with this one finding: for input on which nothing more can be done. */
export function fail(code: DiagnosticCode, details: DiagnosticDetails): never {
  throw new DiagnosticError([diagnostic(code, details)]);
}

/** Collects the findings of a stage, so that all are reported together. */
export class Collector {
  readonly diagnostics: Diagnostic[] = [];
  /** Where in `diagnostics` findings stand, by what they say and the places. */
  readonly #placed = new Map<string, number>();

  /** A node that several signatures reach is told once, and then of none of them. */
  add(code: DiagnosticCode, details: DiagnosticDetails): void {
    const found = diagnostic(code, details);
    const anywhere = { ...found, locations: found.locations.map(withoutSignature) };
    const key = JSON.stringify(anywhere);
    const known = this.#placed.get(key);
    if (known === undefined || found.locations.length === 0) {
      this.#placed.set(key, this.diagnostics.length);
      this.diagnostics.push(found);
      return;
    }
    const [before] = this.diagnostics[known]?.locations ?? [];
    if (before?.signature !== found.locations[0]?.signature) this.diagnostics[known] = anywhere;
  }

  get hasErrors(): boolean {
    return this.diagnostics.some((found) => found.severity === 'error');
  }

  /** Throws a DiagnosticError if any error was collected. */
  throwIfErrors(): void {
    if (this.hasErrors) throw new DiagnosticError(this.diagnostics);
  }
}

function withoutSignature({ signature: _, fused, ...place }: Location): Location {
  return { ...place, ...(fused ? { fused: fused.map(withoutSignature) } : {}) };
}
