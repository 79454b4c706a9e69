import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDataSet } from '#data/open-data-set.js';
import { changedFile, findingsOf, refusal } from './reading.js';

test.each(['data.npz', 'data.csv', 'data.jsonl.gz'])(
  '%s that is not there, or that Git LFS did not fetch',
  async (name) => {
    expect(await findingsOf(openDataSet(`/nowhere/${name}`))).toMatchObject([{ code: 'file-unreadable' }]);
    const pointer = changedFile(name, Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'));
    expect(await findingsOf(openDataSet(pointer))).toMatchObject([{ code: 'lfs-pointer' }]);
  },
);

test('a file of another kind, an empty one, and what is no file', async () => {
  expect(await refusal(openDataSet(changedFile('data.txt', Buffer.from('a,b\n1,2\n'))))).toBe(
    'data.txt: it is no data set of a known format',
  );
  expect(await refusal(openDataSet(changedFile('data.npz', new Uint8Array(0))))).toBe('data.npz: it is empty');
  expect(await refusal(openDataSet('/dev/null'))).toMatch(/null: it is neither a file nor a folder$/);
});

test('a folder without samples', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-data-'));
  writeFileSync(join(folder, 'notes.txt'), 'nothing');
  expect(await refusal(openDataSet(folder))).toMatch(/: there is no picture and no recording in the folder$/);
});
