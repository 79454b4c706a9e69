import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeFolder, writeWholeFile } from '#cli/write-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tflite-gate-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('replaces a file, makes its folder, leaves nothing else', () => {
  const path = join(folder, 'a', 'b.json');
  writeWholeFile(path, 'one');
  writeWholeFile(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(join(folder, 'a'))).toEqual(['b.json']);
});

test('what cannot be written is said, and leaves nothing', () => {
  writeWholeFile(join(folder, 'file'), '');
  expect(() => writeWholeFile(join(folder, 'file', 'x'), '')).toThrow(`${join(folder, 'file', 'x')} cannot be written`);
  expect(() => makeFolder(join(folder, 'file', 'x'))).toThrow(`The folder ${join(folder, 'file', 'x')} cannot be made`);
  makeFolder(join(folder, 'taken'));
  expect(() => writeWholeFile(join(folder, 'taken'), '')).toThrow('cannot be written');
  expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
});
