import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDataSet } from '#data/open-data-set.js';
import { changedFile, findingsOf, refusal } from './reading.js';

test('a file that is not there, or that Git LFS did not fetch', async () => {
  expect(await findingsOf(openDataSet('/nowhere/data.npz'))).toMatchObject([{ code: 'file-unreadable' }]);
  const pointer = changedFile('data.npz', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'));
  expect(await findingsOf(openDataSet(pointer))).toMatchObject([{ code: 'lfs-pointer' }]);
});

test('a file of another kind, and an empty one', async () => {
  expect(await refusal(openDataSet(changedFile('data.csv', Buffer.from('a,b\n1,2\n'))))).toBe(
    'data.csv: it is no data set of a known format',
  );
  expect(await refusal(openDataSet(changedFile('data.npz', new Uint8Array(0))))).toBe('data.npz: it is empty');
});

test('a folder without pictures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-data-'));
  writeFileSync(join(folder, 'notes.txt'), 'nothing');
  expect(await refusal(openDataSet(folder))).toMatch(/: there is no picture in the folder$/);
});
