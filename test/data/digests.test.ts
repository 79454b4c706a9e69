import { createHash } from 'node:crypto';
import { renameSync, symlinkSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { dataSetDigest } from '#data/data-set-digest.js';
import { openDataSet } from '#data/open-data-set.js';
import { sampleDigests, sharedSamples } from '#data/sample-digests.js';
import { writeNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { changedFile, changedFolder, findingsOf, input, readAll, signature } from './reading.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test("a file's digest is that of its content", async () => {
  expect(await dataSetDigest(changedFile('a.csv', Buffer.from('x\n1\n')))).toBe(sha256('x\n1\n'));
  expect(await findingsOf(dataSetDigest('/nowhere/a.csv'))).toMatchObject([{ code: 'file-unreadable' }]);
  const pointer = changedFile('a.csv', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'));
  expect(await findingsOf(dataSetDigest(pointer))).toMatchObject([{ code: 'lfs-pointer' }]);
});

test("a folder's digest is that of names and contents, whatever the folder's name, but not of hidden files", async () => {
  const wanted = sha256(`${sha256('A')}  a/1.png\n${sha256('B')}  b.png\n`);
  const folder = changedFolder({ 'b.png': 'B', 'a/1.png': 'A', '.DS_Store': 'x', 'a/._1.png': 'x' });
  expect(await dataSetDigest(folder)).toBe(wanted);
  expect(await dataSetDigest(`${folder}/`)).toBe(wanted);
  renameSync(`${folder}/b.png`, `${folder}/c.png`);
  expect(await dataSetDigest(folder)).not.toBe(wanted);
});

test('links count as the files that they lead to', async () => {
  const folder = changedFolder({ 'a.png': 'A', 'inner/b.png': 'B' });
  const plain = await dataSetDigest(changedFolder({ 'a.png': 'A', 'c.png': 'A', 'inner/b.png': 'B' }));
  symlinkSync('a.png', `${folder}/c.png`);
  symlinkSync('inner', `${folder}/again`);
  expect(await dataSetDigest(folder)).toBe(plain);
  symlinkSync('nowhere.png', `${folder}/d.png`);
  expect(await findingsOf(dataSetDigest(folder))).toMatchObject([{ code: 'file-unreadable' }]);
});

test('samples of two data sets are found again, whatever the format and the batch', async () => {
  const rows = [
    [1, 2],
    [3, 4],
    [5, 6],
    [3, 4],
    [7, 8],
  ];
  const npz = changedFile('test.npz', writeNpz(new Map([['x', Tensor.float32(rows.flat(), [5, 2])]])));
  const csv = changedFile('calibration.csv', Buffer.from('a,b,label\n7,8,0\n1,3,0\n3,4,0\n'));
  for (const batch of [null, 1, 2, 4]) {
    const of = signature(input('x', 'float32', [batch, 2]));
    const shared = await sharedSamples(await openDataSet(npz), await openDataSet(csv), of);
    expect(shared).toEqual([
      { row: 1, other: 2 },
      { row: 3, other: 2 },
      { row: 4, other: 0 },
    ]);
  }
  const whole = signature(input('x', 'float32', [2]));
  expect(await sharedSamples(await openDataSet(npz), await openDataSet(csv), whole)).toHaveLength(3);
});

test('digests tell inputs, texts and dtypes apart', async () => {
  const digests = async (lines: string, ...inputs: Parameters<typeof signature>) => {
    const of = signature(...inputs);
    const samples = await readAll(await openDataSet(changedFile('rows.csv', Buffer.from(lines))), of);
    return samples.flatMap((sample) => sampleDigests(sample, of));
  };
  const [a, b] = [input('a', 'float32', [null]), input('b', 'float32', [null])];
  const lines = 'a,b\n1,2\n2,1\n1,2\n';
  const [first, second, third] = await digests(lines, a, b);
  expect(first).toMatch(/^[\w-]{22}$/);
  expect(third).toBe(first);
  expect(second).not.toBe(first);
  expect((await digests(lines, a))[0]).not.toBe(first);
  expect(await digests('a\n1\n', input('a', 'int32', [null]))).not.toEqual(await digests('a\n1\n', a));
  const texts = input('t', 'string', [null, 2]);
  const [one, other] = await digests('t.0,t.1\nab,c\na,bc\n', texts);
  expect(one).not.toBe(other);
});
