import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { isCommentKey } from './comment.js';

/** What a run leaves in its artifact for one that may write: whose comment it would have posted where. */
export interface SavedComment {
  readonly number: number;
  readonly key: string;
}

const FILE = 'comment.json';

/** Undefined where the run was about no pull request. Throws a DiagnosticError where there is no such file, or it is no such one. */
export function readSavedComment(folder: string): SavedComment | undefined {
  const file = join(folder, FILE);
  let saved: Readonly<Record<string, unknown>> | null;
  try {
    saved = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${file} cannot be read: ${(error as Error).message}.`,
      locations: [{ file }],
      help: ['Download the artifact of the run that checked the models into this folder.'],
    });
  }
  const { number, key } = saved ?? {};
  if (number === null) return undefined;
  if (Number.isSafeInteger(number) && Number(number) > 0 && isCommentKey(key)) return { number: Number(number), key };
  return fail('corrupt-file', { detail: `${file} does not tell a pull request.`, locations: [{ file }] });
}
