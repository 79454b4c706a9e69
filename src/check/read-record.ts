import { readFileSync } from 'node:fs';
import { fail } from '#diagnostics/diagnostic.js';
import { RunRecord, SCHEMA_VERSION } from '#record/record.js';

/** A record from a file. Throws a DiagnosticError, `file-unreadable` or `corrupt-file`. */
export function readRecord(file: string): RunRecord {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return fail('file-unreadable', {
      detail: `${file} cannot be read: ${(error as Error).message}.`,
      locations: [{ file }],
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(file, `is no JSON: ${(error as Error).message}`);
  }
  const stated = (value as { readonly schemaVersion?: unknown } | null)?.schemaVersion;
  if (stated !== SCHEMA_VERSION)
    return refuse(file, `states the schema version ${JSON.stringify(stated)}, not ${SCHEMA_VERSION}`);
  const parsed = RunRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(file, `is no record: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** The text of a record's file: its keys in the order of the schema, so that equal records are equal texts. */
export function recordText(record: RunRecord): string {
  return `${JSON.stringify(RunRecord.parse(record), null, 2)}\n`;
}

function refuse(file: string, problem: string): never {
  return fail('corrupt-file', {
    detail: `${file} ${problem}.`,
    locations: [{ file }],
    help: ['Give the `result.json` that `tflite-gate check` of this version wrote.'],
  });
}
