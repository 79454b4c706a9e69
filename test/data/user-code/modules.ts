import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of a new module with this source. */
export function moduleFile(source: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tflite-gate-module-')), 'module.mjs');
  writeFileSync(path, source);
  return path;
}
