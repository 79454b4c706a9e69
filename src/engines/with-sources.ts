import { type Diagnostic, DiagnosticError } from '#diagnostics/diagnostic.js';
import type { Location } from '#diagnostics/location.js';
import { openDebugInfo } from '#saved-model/debug-info.js';

/** The error with the lines of source behind its nodes, where the SavedModel carries debug information. */
export function withSources(error: DiagnosticError, savedModel: string): DiagnosticError {
  const info = openDebugInfo(savedModel);
  if (!info) return error;
  const located = (location: Location): Location => {
    if (location.node === undefined) return location;
    const frames = info.framesOf(location.node, location.function);
    return frames.length === 0 ? location : { ...location, frames };
  };
  return new DiagnosticError(
    error.diagnostics.map((found): Diagnostic => ({ ...found, locations: found.locations.map(located) })),
  );
}
