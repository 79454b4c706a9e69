import type { Diagnostic } from '#diagnostics/diagnostic.js';
import type { Finding } from '#record/findings.js';

/** Diagnostics as records hold them. Of an op that does the work of several, the leading place counts. */
export function findingsOf(diagnostics: readonly Diagnostic[]): Finding[] {
  return diagnostics.map(({ locations, help, ...rest }) => ({
    ...rest,
    locations: locations.map(({ fused: _, frames, ...place }) => ({
      ...place,
      ...(frames?.[0] ? { file: frames[0].file, line: frames[0].line } : {}),
    })),
    help: [...help],
  }));
}
