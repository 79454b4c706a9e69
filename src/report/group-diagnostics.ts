import type { Diagnostic } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';

/** Findings with one code, op and reason: what a reader deals with at once. */
export interface DiagnosticGroup {
  readonly first: Diagnostic;
  /** Every place, each once. */
  readonly locations: readonly Location[];
}

/** Groups findings by code, op, reason and help, in order of appearance; errors first. */
export function groupDiagnostics(diagnostics: readonly Diagnostic[]): DiagnosticGroup[] {
  const groups = new Map<string, { first: Diagnostic; locations: Map<string, Location> }>();
  for (const found of diagnostics) {
    const key = JSON.stringify([found.code, found.op ?? '', found.detail, found.help]);
    let group = groups.get(key);
    if (!group) {
      group = { first: found, locations: new Map() };
      groups.set(key, group);
    }
    for (const location of found.locations) {
      group.locations.set(`${location.function ?? ''}\n${location.node ?? ''}\n${location.file ?? ''}`, location);
    }
  }
  const rank = { error: 0, warning: 1, notice: 2 } as const;
  return [...groups.values()]
    .map(({ first, locations }) => ({ first, locations: [...locations.values()] }))
    .sort((a, b) => rank[a.first.severity] - rank[b.first.severity]);
}
