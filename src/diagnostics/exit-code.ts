import { type Diagnostic, DiagnosticError, diagnostic, kindOf } from './diagnostic.js';

/** 0 done, 1 the model cannot pass, 2 wrong usage or input, 3 a defect of this tool. */
export type ExitCode = 0 | 1 | 2 | 3;

/** What a process that ends with this error tells its caller. Where findings differ in kind, the gravest counts. */
export function exitCodeOf(error: unknown): Exclude<ExitCode, 0> {
  if (!(error instanceof DiagnosticError)) return 3;
  const kinds = error.diagnostics.filter(({ severity }) => severity === 'error').map(kindOf);
  if (kinds.includes('internal')) return 3;
  return kinds.includes('input') ? 2 : 1;
}

/** The diagnostics of a DiagnosticError; any other error is an internal one. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [diagnostic('internal', { detail })];
}
