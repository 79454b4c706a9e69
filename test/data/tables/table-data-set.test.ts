import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { DataInput, DataSetOptions, DataSignature } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { changedFile, findingsOf, input, readAll, refusal, signature, valuesOf } from '../reading.js';

const label = input('label', 'int64', [null]);
const x3 = signature(input('x', 'float32', [null, 3]), label);

function file(name: string, lines: readonly (string | object)[]): string {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return changedFile(name, Buffer.from(`${text}\n`));
}

async function read(path: string, of: DataSignature, options?: DataSetOptions) {
  return readAll(await openDataSet(path, options), of);
}

describe('columns of CSV', () => {
  test.each([
    ['by index in brackets, in any order', ['x[2],label,x[0],x[1]', '3,7,1,2', '6,8,4,5']],
    ['by index after a dot', ['x.0,x.1,x.2,label', '1,2,3,7', '4,5,6,8']],
    ['all that are no labels', ['c,a,b,label', '1,2,3,7', '4,5,6,8']],
    ['of lists', ['x,label', '"[1,2,3]",7', '"[4, 5, 6]",8']],
    ['with the key of the signature', ['serve/x[0],other,serve/x[1],serve/x[2],label', '1,0,2,3,7', '4,0,5,6,8']],
    ['with a byte order mark, quotes, blanks, blank lines', ['\ufeffa, b ,"c",label', '1," 2",3,7', '', '4,5, 6 ,8.0']],
  ])('%s', async (_, lines) => {
    for (const path of [file('rows.csv', lines), changedFile('rows.csv.gz', gzipSync(`${lines.join('\r\n')}`))]) {
      const samples = await read(path, x3);
      expect(samples.map(({ index, rows }) => [index, rows])).toEqual([
        [0, 1],
        [1, 1],
      ]);
      expect(samples[0]?.values.get('x')?.shape).toEqual([1, 3]);
      expect(valuesOf(samples, 'x')).toEqual([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      expect(valuesOf(samples, 'label')).toEqual([[7], [8]]);
    }
  });

  test('of several inputs, axes, dtypes and texts', async () => {
    const path = file('rows.tsv', [
      'age\tm[0][0]\tm[0][1]\tm[1][0]\tm[1][1]\tword\tok\tid',
      '3\t1e2\t-inf\t.5\t-0\t"a\tb"\ttrue\t9007199254740993',
    ]);
    const [sample] = await read(
      path,
      signature(
        input('age', 'int8', []),
        input('m', 'float16', [1, 2, 2]),
        input('word', 'string', [null]),
        input('ok', 'bool', [null, 1]),
        input('id', 'int64', [1]),
      ),
    );
    const get = (name: string) => sample?.values.get(name);
    expect(get('age')).toMatchObject({ shape: [] });
    expect(get('m')).toMatchObject({ shape: [1, 2, 2], data: Uint16Array.of(0x5640, 0xfc00, 0x3800, 0x8000) });
    expect(Buffer.from(get('word')?.strings[0] ?? []).toString()).toBe('a\tb');
    expect(get('ok')).toMatchObject({ shape: [1, 1], data: Uint8Array.of(1) });
    expect(get('id')?.data).toEqual(BigInt64Array.of(9007199254740993n));
  });

  test("are joined to the model's batch, labels of a free first dimension too", async () => {
    const path = file('rows.csv', ['a,b,label', '1,2,0', '3,4,1', '5,6,2']);
    const samples = await read(path, signature(input('x', 'float32', [2, 2]), label));
    expect(samples.map(({ index, rows }) => [index, rows])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(valuesOf(samples, 'x')).toEqual([
      [1, 2, 3, 4],
      [5, 6, 5, 6],
    ]);
    expect(valuesOf(samples, 'label')).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });

  test('may hold whole inputs', async () => {
    const path = file('rows.csv', ['a,b,c,d', '1,2,3,4', '5,6,7,8']);
    const samples = await read(path, signature(input('x', 'float32', [2, 2])));
    expect(samples.map(({ rows }) => rows)).toEqual([1, 1]);
    expect(valuesOf(samples, 'x')[1]).toEqual([5, 6, 7, 8]);
  });

  test('may be labels of other names, and of names of classes', async () => {
    const path = file('rows.csv', ['a,b,label,weight', '1,2,cat,0.5', '3,4,dog,2']);
    const of = signature(input('x', 'float32', [null, 2]), label, input('weight', 'float32', [null]));
    const samples = await read(path, of, { labels: ['label', 'weight'], classes: ['bird', 'dog', 'cat'] });
    expect(valuesOf(samples, 'label')).toEqual([[2], [1]]);
    expect(valuesOf(samples, 'weight')).toEqual([[0.5], [2]]);
  });
});

describe('keys of JSON lines', () => {
  test('nested as the input, with or without its batch, or plain', async () => {
    const rows = [
      {
        x: [
          [1, 2],
          [3, 4],
        ],
        label: 1,
      },
      {
        label: [2],
        x: [
          [
            [5, 6],
            [7, 8],
          ],
        ],
      },
      { x: [9, 10, 11, 12], label: '3', more: null },
    ];
    const of = signature(input('x', 'float32', [1, 2, 2]), label);
    const zipped = changedFile('rows.ndjson.gz', gzipSync(rows.map((row) => JSON.stringify(row)).join('\n\n')));
    for (const path of [file('rows.jsonl', rows), zipped]) {
      const samples = await read(path, of);
      expect(samples.map(({ values }) => values.get('x')?.shape)).toEqual([1, 2, 3].map(() => [1, 2, 2]));
      expect(valuesOf(samples, 'x').flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect(valuesOf(samples, 'label')).toEqual([[1], [2], [3]]);
    }
  });

  test('of labels whose dimensions are free', async () => {
    const path = file('rows.jsonl', [
      {
        x: [1],
        boxes: [
          [0, 0, 1, 1],
          [1, 1, 2, 2],
        ],
        classes: [4, 5],
      },
      { x: [2], boxes: [], classes: [] },
      { x: [3], boxes: [[0, 0, 3, 3]], classes: [6] },
    ]);
    const of = signature(
      input('x', 'float32', [1, 1]),
      input('boxes', 'float32', [null, 4]),
      input('classes', 'int64', [null]),
    );
    const samples = await read(path, of);
    expect(samples.map(({ values }) => values.get('boxes')?.shape)).toEqual([
      [2, 4],
      [0, 4],
      [1, 4],
    ]);
    expect(valuesOf(samples, 'classes')).toEqual([[4, 5], [], [6]]);
  });

  test('of texts, and of the only input under any name', async () => {
    const path = file('rows.jsonl', [
      { words: ['a', 'é'], label: 0 },
      { words: ['b', ''], label: 1 },
    ]);
    const samples = await read(path, signature(input('x', 'string', [null, 2])));
    expect(samples.map(({ values }) => values.get('x')?.strings.map((text) => Buffer.from(text).toString()))).toEqual([
      ['a', 'é'],
      ['b', ''],
    ]);
  });

  test('that cross the chunks of the file', async () => {
    const values = Array.from({ length: 60_000 }, (_, i) => i / 3);
    const rows = Array.from({ length: 5 }, (_, row) => ({ x: values.map((value) => value + row) }));
    const samples = await read(file('rows.jsonl', rows), signature(input('x', 'float64', [null, null])));
    expect(valuesOf(samples, 'x')).toEqual(rows.map(({ x }) => x));
  });
});

describe('what is wrong is named', () => {
  const takes = (type: string) => `; the input takes ${type}`;
  const csv = (...lines: string[]) => file('rows.csv', lines);
  const jsonl = (...lines: (string | object)[]) => file('rows.jsonl', lines);
  const x = (dtype: DataInput['dtype'], ...shape: (number | null)[]) => signature(input('x', dtype, shape));

  test.each<[string, string, DataSignature, string | RegExp]>([
    [
      'a column',
      csv('y,z', '1,2'),
      signature(input('x', 'float32', [null]), input('y', 'float32', [null])),
      "rows.csv: the column 'x' is missing; there is 'y', 'z'",
    ],
    [
      'the label',
      csv('x', '1'),
      signature(input('x', 'float32', [null]), label),
      "rows.csv: the column 'label' is missing; there is 'x'",
    ],
    [
      'too many columns',
      csv(',a,b,c,label', '0,1,2,3,1'),
      x3,
      "rows.csv: the input 'x' takes 3 numbers, and there are 4 columns that are no labels: '', 'a', 'b', 'c'",
    ],
    ['gaps', csv('x[0],x[2]', '1,2'), x('float32', 1, 3), "rows.csv: the columns from 'x[0]' to 'x[2]' have gaps"],
    [
      'indices of two kinds',
      csv('x[0],x[1][0]', '1,2'),
      x('float32', 1, 2),
      /^rows\.csv: the columns from .* have gaps$/,
    ],
    ['a huge index', csv('x[0],x[999999999]', '1,2'), x('float32', 1, 2), /^rows\.csv: the columns from .* have gaps$/],
    ['a column twice', csv('x,x', '1,2'), x('float32', 1), "rows.csv: line 1: the column 'x' stands there twice"],
    [
      'no header',
      csv('1,2,3', '4,5,6'),
      x('float32', 1, 3),
      'rows.csv: line 1: it holds numbers where the names of the columns are expected',
    ],
    [
      'a ragged row',
      csv('x.0,x.1', '1,2', '', '3'),
      x('float32', 1, 2),
      'rows.csv: line 4: it has 1 values for 2 columns',
    ],
    [
      'an open quote',
      csv('x', '1', '"2'),
      x('float32', 1),
      /^rows\.csv: line \d: a double quote is opened and never closed$/,
    ],
    ['a stray quote', csv('x', 'a"b'), x('float32', 1), /^rows\.csv: line 2: it is no CSV: Invalid Opening Quote/],
    ['no rows', changedFile('rows.csv', Buffer.alloc(0)), x('float32', 1), 'rows.csv: it has no rows'],
    [
      'UTF-16',
      changedFile('rows.csv', Buffer.from('\ufeffx\n1\n', 'utf16le')),
      x('float32', 1),
      'rows.csv: it is text in UTF-16',
    ],
    ['a value too many', csv('x', '1', ' ,'), x('float32', 1), /^rows\.csv: line 3: it has 2 values for 1 columns$/],
    [
      'an empty cell',
      csv('a,x', '1,1', '1,'),
      signature(input('x', 'float32', [1])),
      `rows.csv: sample 1 (line 3), 'x': it is missing${takes('float32 [1]')}`,
    ],
    [
      'text for a number',
      csv('x', '1', 'two'),
      x('float32', 1),
      `rows.csv: sample 1 (line 3), 'x': it is "two", which is no float32${takes('float32 [1]')}`,
    ],
    ['NaN', csv('x', '1', 'nan'), x('float32', 1), "rows.csv: sample 1 (line 3), 'x': element 0 is NaN"],
    [
      'a number out of range',
      csv('x.0,x.1', '1,300'),
      x('uint8', 1, 2),
      `rows.csv: sample 0 (line 2), 'x': its element 1 is 300, which is no uint8${takes('uint8 [1x2]')}`,
    ],
    [
      'a broken number',
      csv('x', '1.5'),
      x('int32', 1),
      `rows.csv: sample 0 (line 2), 'x': it is "1.5", which is no int32${takes('int32 [1]')}`,
    ],
    [
      'a dtype that text has not',
      csv('x', '1'),
      x('complex64', 1),
      `rows.csv: sample 0 (line 2), 'x': text cannot hold complex64${takes('complex64 [1]')}`,
    ],
    ['a broken list', csv('x', '"[1,"'), x('float32', 1), /^rows\.csv: sample 0 \(line 2\), 'x': it is no JSON list: /],
    [
      'another number of elements',
      jsonl({ x: [1, 2] }),
      x('float32', 1, 3),
      `rows.jsonl: sample 0 (line 1), 'x': it has 2 elements, not 3${takes('float32 [1x3]')}`,
    ],
    [
      'another shape',
      jsonl({
        x: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      }),
      x('float32', 2, 3),
      /^rows\.jsonl: sample 0 \(line 1\), 'x': it is a list of \[3x2\]/,
    ],
    [
      'a ragged list',
      jsonl({ x: [[1, 2]] }, { x: [[1, 2], [3]] }),
      x('float32', null, 2),
      /^rows\.jsonl: sample 1 \(line 2\), 'x': its lists have different lengths, 2 and 1;/,
    ],
    [
      'a list beside numbers',
      jsonl({ x: [1, [2]] }),
      x('float32', null, 2),
      /'x': some of its elements are lists, and some are not;/,
    ],
    [
      'numbers beside a list',
      jsonl({ x: [[1], 2] }),
      x('float32', null, 2),
      /'x': some of its elements are lists, and some are not;/,
    ],
    [
      'a list nested without end',
      jsonl(`{"x":${'['.repeat(5000)}${']'.repeat(5000)}}`),
      x('float32', 1),
      /'x': it is nested 5000 deep/,
    ],
    ['a key that a row lacks', jsonl({ x: 1 }, { y: 1 }), x('float32', 1), /sample 1 \(line 2\), 'x': it is missing;/],
    [
      'a key that all objects have',
      jsonl({ x: 1 }),
      signature(input('constructor', 'float32', [1]), input('x', 'float32', [1])),
      "rows.jsonl: the column 'constructor' is missing; there is 'x'",
    ],
    ['null', jsonl({ x: null }), x('float32', 1), /'x': it is missing;/],
    ['an object', jsonl({ x: { y: 1 } }), x('float32', 1), /'x': it is \{"y":1\}, which is no float32;/],
    ['a number for text', jsonl({ x: 5 }), x('string', 1), /'x': it is 5, which is no text;/],
    [
      'an integer that JSON rounds',
      jsonl('{"x":9007199254740993}'),
      x('int64', 1),
      /'x': it is 9007199254740992, too large to be exact;/,
    ],
    ['no JSON', jsonl({ x: 1 }, '{"x": NaN}'), x('float32', 1), /^rows\.jsonl: line 2: it is no JSON: /],
    ['no object', jsonl('[1]'), x('float32', 1), 'rows.jsonl: line 1: it holds no JSON object'],
    [
      'no UTF-8',
      changedFile('rows.jsonl', Buffer.from('7b2278223a22ff227d', 'hex')),
      x('string', 1),
      'rows.jsonl: line 1: it is not text in UTF-8',
    ],
    [
      'a label that is no class',
      csv('x,label', '1,cat', '2,fish'),
      signature(input('x', 'float32', [1]), label),
      /^rows\.csv: sample 0 \(line 2\), 'label': it is "cat", which is no int64;/,
    ],
  ])('%s', async (_, path, of, reason) => {
    const detail = await refusal(read(path, of));
    if (typeof reason === 'string') expect(detail).toBe(reason);
    else expect(detail).toMatch(reason);
  });

  test('labels that are none of the classes', async () => {
    const of = signature(input('x', 'float32', [1]), label);
    const options = { classes: ['cat', 'dog'] };
    expect(await refusal(read(csv('x,label', '1,cat', '2,fish'), of, options))).toBe(
      `rows.csv: sample 1 (line 3), 'label': it is "fish", which is none of the 2 classes: cat, dog${takes('int64 [?]')}`,
    );
    expect(await refusal(read(csv('x,label', '1,1', '2,2'), of, options))).toBe(
      `rows.csv: sample 1 (line 3), 'label': it is 2, and the 2 classes have the numbers from 0 to 1${takes('int64 [?]')}`,
    );
  });

  test('with the line and what helps', async () => {
    expect(await findingsOf(read(csv('x', '1', ''), x('float32', 1, 2)))).toMatchObject([
      { locations: [{ file: expect.stringMatching(/rows\.csv$/), line: 2 }] },
    ]);
    expect(await findingsOf(read(csv(',a,b,c', '0,1,2,3'), x('float32', 1, 3)))).toMatchObject([
      { help: expect.arrayContaining([expect.stringContaining('index=False')]) },
    ]);
    expect(await findingsOf(read(jsonl('{"x": NaN}'), x('float32', 1)))).toMatchObject([
      { help: expect.arrayContaining([expect.stringContaining('JSON has no NaN')]) },
    ]);
  });

  test('a line without end, however small its file', async () => {
    const path = changedFile('rows.jsonl.gz', gzipSync(Buffer.alloc(2 ** 27, 0x20)));
    expect(await refusal(read(path, x('float32', 1)))).toBe('rows.jsonl.gz: line 1: it is longer than 67108864 bytes');
    const table = changedFile(
      'rows.csv.gz',
      gzipSync(Buffer.concat([Buffer.from('x\n"'), Buffer.alloc(2 ** 24, 0x20)])),
    );
    expect(await refusal(read(table, x('float32', 1)))).toMatch(/^rows\.csv\.gz: line \d: the row is longer than/);
  }, 60_000);

  test('compression that is damaged', async () => {
    const whole = gzipSync('x\n1\n2\n3\n4\n');
    const path = changedFile('rows.csv.gz', whole.subarray(0, whole.length - 6));
    expect(await refusal(read(path, x('float32', 1)))).toMatch(/^rows\.csv\.gz: its compression is damaged: /);
  });
});
