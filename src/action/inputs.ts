import { fail } from '#diagnostics/diagnostic.js';
import type { Toolkit } from './run-step.js';

/** An input of a sub-action that is `true` or `false`. Throws a DiagnosticError, `invalid-option`, for anything else. */
export function switchOf(toolkit: Toolkit, name: string, otherwise: boolean): boolean {
  const text = toolkit.getInput(name);
  if (text === '') return otherwise;
  if (text !== 'true' && text !== 'false') {
    fail('invalid-option', { detail: `The input "${name}" is "${text}"; it may be \`true\` or \`false\`.` });
  }
  return text === 'true';
}
