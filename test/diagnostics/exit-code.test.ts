import { expect, test } from '@jest/globals';
import type { DiagnosticCode } from '#diagnostics/catalogue.js';
import { DiagnosticError, diagnostic } from '#diagnostics/diagnostic.js';
import { diagnosticsOf, exitCodeOf } from '#diagnostics/exit-code.js';

test.each<[DiagnosticCode[], number]>([
  [['unsupported-op'], 1],
  [['run-failed', 'unsupported-model'], 1],
  [['invalid-option'], 2],
  [['unsupported-op', 'invalid-graph'], 2],
  [['invalid-option', 'internal'], 3],
])('%j ends with %d', (codes, exitCode) => {
  expect(exitCodeOf(new DiagnosticError(codes.map((code) => diagnostic(code, { detail: '' }))))).toBe(exitCode);
});

test('warnings beside an error do not count', () => {
  const warning = { ...diagnostic('invalid-data', { detail: '' }), severity: 'warning' as const };
  expect(exitCodeOf(new DiagnosticError([warning, diagnostic('unsupported-op', { detail: '' })]))).toBe(1);
});

test('any other error is an internal one', () => {
  expect(exitCodeOf(new TypeError('x'))).toBe(3);
  expect(exitCodeOf('x')).toBe(3);
  expect(diagnosticsOf('x')).toMatchObject([{ code: 'internal', detail: 'x' }]);
  expect(diagnosticsOf(new TypeError('oops'))).toMatchObject([{ code: 'internal' }]);
  expect(diagnosticsOf(new TypeError('oops'))[0]?.detail).toMatch(/^TypeError: oops\n\s+at /);
});
