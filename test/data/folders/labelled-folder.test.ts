import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { DataSetOptions, DataSignature } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { changedFolder, findingsOf, fixture, input, readAll, refusal, signature, valuesOf } from '../reading.js';

const png = readFileSync(fixture('pictures/grey.png'));
const jpeg = readFileSync(fixture('pictures/a.jpg'));
const image = input('image', 'uint8', [null, 2, 2, 1]);
const label = input('label', 'int64', [null]);
const both = signature(image, label);

async function read(path: string, of: DataSignature = both, options?: DataSetOptions) {
  return readAll(await openDataSet(path, options), of);
}

describe('sub-folders are classes', () => {
  const files = { 'dog/1.png': png, 'cat/b/2.jpg': jpeg, 'cat/1.png': png, 'Zebra/x.png': png };

  test('sorted', async () => {
    const samples = await read(changedFolder(files));
    // Zebra/x, cat/1, cat/b/2, dog/1
    expect(valuesOf(samples, 'label')).toEqual([[0], [1], [1], [2]]);
    expect(samples[3]?.values.get('label')?.shape).toEqual([1]);
    expect(samples[3]?.values.get('image')?.shape).toEqual([1, 2, 2, 1]);
  });

  test.each(['classes.txt', 'labels.txt'])('in the order of %s', async (name) => {
    const folder = changedFolder({ ...files, [name]: '\ufeffdog\r\nnone\r\nZebra\r\ncat\r\n\r\n' });
    expect(valuesOf(await read(folder), 'label')).toEqual([[2], [3], [3], [0]]);
    expect(valuesOf(await read(folder, both, { classes: ['cat', 'dog', 'Zebra'] }), 'label').flat()).toEqual([
      2, 0, 0, 1,
    ]);
  });

  test('by name, or as scalars, and in batches', async () => {
    const folder = changedFolder(files);
    const names = await read(folder, signature(image, input('label', 'string', [null])));
    expect(names.map(({ values }) => Buffer.from(values.get('label')?.strings[0] ?? []).toString())).toEqual([
      'Zebra',
      'cat',
      'cat',
      'dog',
    ]);
    const scalars = await read(folder, signature(input('image', 'uint8', [2, 2, 1]), input('label', 'int32', [])));
    expect(scalars.map(({ values }) => values.get('label')?.shape)).toEqual([[], [], [], []]);
    const batches = await read(folder, signature(input('image', 'uint8', [3, 2, 2, 1]), input('label', 'int64', [3])));
    expect(valuesOf(batches, 'label')).toEqual([
      [0, 1, 1],
      [2, 2, 2],
    ]);
    expect((await openDataSet(folder)).count).toBe(4);
  });

  test('without what operating systems leave there', async () => {
    const folder = changedFolder({ ...files, 'dog/._1.png': 'x', '__MACOSX/dog/1.png': 'x', '.git/1.png': 'x' });
    expect(await read(folder)).toHaveLength(4);
  });

  test.each<[Record<string, string | Uint8Array>, DataSignature, RegExp]>([
    [{ 'a.png': png, 'cat/b.png': png }, both, /a\.png: sample 0, 'label': the file lies in no sub-folder/],
    [
      { 'a/a.png': png, 'classes.txt': 'b\nc\n' },
      both,
      /a\.png: sample 0, 'label': its folder 'a' is none of the 2 classes: b, c/,
    ],
    [{ 'a/a.png': png, 'classes.txt': 'a\na\n' }, both, /classes\.txt: the class 'a' stands there twice/],
    [{ 'a/a.png': png, 'classes.txt': '\n' }, both, /classes\.txt: it names no class/],
    [
      { 'a/a.png': png },
      signature(image, label, input('boxes', 'float32', [null, 4])),
      /a folder of pictures gives one input, and here the labels 'label'; signature 'serve' asks for 'image', /,
    ],
    [{ 'a/a.png': png, 'b/b.wav': 'x' }, both, /it holds both pictures and recordings/],
    [
      { 'a/a.png': png },
      signature(image, input('label', 'complex64', [1])),
      /a\.png: sample 0, 'label': text cannot hold complex64/,
    ],
  ])('what is wrong is named: %#', async (content, of, reason) => {
    expect(await refusal(read(changedFolder(content), of))).toMatch(reason);
  });
});

describe('a label file', () => {
  const files = { 'a.png': png, 'b/c.jpg': jpeg };

  test('gives the samples, their order and labels', async () => {
    const folder = changedFolder({ ...files, 'labels.csv': 'file,label\nb/c.jpg,4\n./a.png,7\nb/c.jpg,5\n' });
    const samples = await read(folder);
    expect(valuesOf(samples, 'label')).toEqual([[4], [7], [5]]);
    expect(valuesOf(samples, 'image')[0]).toEqual(valuesOf(samples, 'image')[2]);
    expect(valuesOf(samples, 'image')[0]).not.toEqual(valuesOf(samples, 'image')[1]);
    expect(await read(folder, signature(image))).toHaveLength(3);
    expect(valuesOf(await read(folder, both, { limit: 1 }), 'label')).toEqual([[4]]);
  });

  test('gives labels of classes, and several of any size', async () => {
    const rows = [
      { file: 'a.png', label: 'dog', boxes: [[0, 0, 1, 1]], classes: ['dog'] },
      { file: 'b/c.jpg', label: 'cat', boxes: [], classes: [] },
    ];
    const folder = changedFolder({
      ...files,
      'classes.txt': 'cat\ndog',
      'found/here.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
    });
    const of = signature(image, label, input('boxes', 'float32', [null, 4]), input('classes', 'int64', [null]));
    const samples = await read(folder, of, { labelFile: 'found/here.jsonl' });
    expect(valuesOf(samples, 'label')).toEqual([[1], [0]]);
    expect(samples.map(({ values }) => values.get('boxes')?.shape)).toEqual([
      [1, 4],
      [0, 4],
    ]);
    expect(valuesOf(samples, 'classes')).toEqual([[1], []]);
  });

  test('of columns with indices', async () => {
    const folder = changedFolder({ ...files, 'labels.tsv': 'file\tkey[0]\tkey[1]\na.png\t1\t2\n' });
    const samples = await read(folder, signature(image, input('key', 'float32', [null, 2])));
    expect(valuesOf(samples, 'key')).toEqual([[1, 2]]);
  });

  test.each<[string, string, RegExp]>([
    ['labels.csv', 'name,label\na.png,1\n', /labels\.csv: no column names the files; there is 'name', 'label'/],
    [
      'labels.csv',
      'file,label\n../a.png,1\n',
      /labels\.csv: line 2: the file '\.\.\/a\.png' does not lie in the folder/,
    ],
    [
      'labels.csv',
      'file,label\nb/../../a.png,1\n',
      /labels\.csv: line 2: the file 'b\/\.\.\/\.\.\/a\.png' does not lie in the folder/,
    ],
    [
      'labels.csv',
      'file,label\n/etc/passwd,1\n',
      /labels\.csv: line 2: the file '\/etc\/passwd' does not lie in the folder/,
    ],
    ['labels.csv', 'file,label\n,1\n', /labels\.csv: line 2: it names no file/],
    [
      'labels.csv',
      'file,label\na.png,dog\n',
      /labels\.csv: sample 0 \(line 2\), 'label': it is "dog", which is no int64/,
    ],
    [
      'labels.jsonl',
      '{"file":"a.png","label":[1,2]}\n',
      /labels\.jsonl: sample 0 \(line 1\), 'label': it has 2 elements|it is/,
    ],
  ])('what is wrong is named: %s %s', async (name, text, reason) => {
    expect(
      await refusal(read(changedFolder({ ...files, [name]: text }), signature(image, input('label', 'int64', [1])))),
    ).toMatch(reason);
  });

  test('without the labels that are asked for', async () => {
    const folder = changedFolder({ ...files, 'labels.csv': 'file,class\na.png,1\n' });
    expect(await refusal(read(folder))).toMatch(
      /a folder of pictures gives one input, and here the labels 'class'; signature 'serve' asks for 'image', 'label'$/,
    );
  });

  test('that is not there, twice there, or elsewhere', async () => {
    const missing = changedFolder({ ...files, 'labels.csv': 'file,label\nz.png,1\n' });
    expect(await findingsOf(read(missing))).toMatchObject([{ code: 'file-unreadable' }]);
    const twice = changedFolder({ ...files, 'labels.csv': '', 'labels.jsonl': '' });
    expect(await refusal(read(twice))).toMatch(/it has 2 label files: labels\.csv, labels\.jsonl/);
    for (const labelFile of ['../labels.csv', '/labels.csv', 'a.png']) {
      expect(await findingsOf(read(changedFolder(files), both, { labelFile }))).toMatchObject([
        { code: 'invalid-option' },
      ]);
    }
    expect(await findingsOf(read(changedFolder(files), both, { labelFile: 'none.csv' }))).toMatchObject([
      { code: 'file-unreadable' },
    ]);
  });
});
