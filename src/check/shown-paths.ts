import { sep } from 'node:path';
import { type Diagnostic, DiagnosticError } from '#diagnostics/diagnostic.js';

/** The same error with paths below these folders as they are in the repository: what lies where is nobody's concern. */
export function withShownPaths(error: unknown, folders: readonly string[]): unknown {
  if (!(error instanceof DiagnosticError)) return error;
  return new DiagnosticError(error.diagnostics.map((found) => shown(found, folders)));
}

export function shown(found: Diagnostic, folders: readonly string[]): Diagnostic {
  const plain = (text: string): string => folders.reduce((all, folder) => all.replaceAll(folder + sep, ''), text);
  return {
    ...found,
    detail: plain(found.detail),
    help: found.help.map(plain),
    locations: found.locations.map((place) =>
      place.file === undefined ? place : { ...place, file: plain(place.file) },
    ),
  };
}
