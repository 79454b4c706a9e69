import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checksumsText, writeChecksums } from '#github/checksums.js';

test('checksums are what sha256sum writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-sums-'));
  try {
    mkdirSync(join(folder, 'models'));
    for (const name of ['models/b.tflite', 'a.json']) writeFileSync(join(folder, name), name);
    expect(await writeChecksums(folder, ['models/b.tflite', 'a.json'])).toBe('SHA256SUMS');
    const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(
      `${digest('a.json')}  a.json\n${digest('models/b.tflite')}  models/b.tflite\n`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a line break in a name makes no line', () => {
  expect(checksumsText(new Map([['a\nb\\', 'd']]))).toBe('\\d  a\\nb\\\\\n');
});
