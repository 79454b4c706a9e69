import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DiagnosticError } from '#diagnostics/diagnostic.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');

/** A file or folder that make_fixtures.py or test/tensorflow/saved_models.py wrote. */
export function fixture(...names: string[]): string {
  return join(folder, ...names);
}

interface Messages {
  readonly constants: Readonly<Record<string, { readonly array: string; readonly repeated: string } & string>>;
  readonly node: string;
}

export const messages = JSON.parse(readFileSync(fixture('messages.json'), 'utf8')) as Messages;

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** The diagnostic with which `action` fails. */
export function failureOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (error instanceof DiagnosticError) {
      const [first] = error.diagnostics;
      if (first) return first;
    }
    throw error;
  }
  throw new Error('it did not fail');
}
