import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openDataSet } from '#data/open-data-set.js';
import { writeNpy } from '#tensor/npy.js';
import { readNpz, writeNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { changedFile, fixture, input, readAll, refusal, signature, valuesOf } from './reading.js';

const arrays = readNpz(readFileSync(fixture('stored.npz')));
const x = Array.from(arrays.get('x')?.data as Float32Array);
const token = Array.from(arrays.get('token')?.data as BigInt64Array, Number);
const both = signature(input('x', 'float32', [null, 3, 2]), input('token', 'int64', [null, 4]));
const xOnly = signature(input('x', 'float32', [null, 3, 2]));

function npz(content: Record<string, Tensor>): string {
  return changedFile('data.npz', writeNpz(new Map(Object.entries(content))));
}

describe('arrays', () => {
  test.each(['stored.npz', 'deflated.npz', 'fortran.npz'])('of %s, a row a sample', async (name) => {
    const data = await openDataSet(fixture(name));
    expect(data.count).toBe(5);
    for (let round = 0; round < 2; round++) {
      const samples = await readAll(data, both);
      expect(samples.map(({ index, rows }) => [index, rows])).toEqual([0, 1, 2, 3, 4].map((i) => [i, 1]));
      expect(samples[0]?.values.get('x')?.shape).toEqual([1, 3, 2]);
      expect(valuesOf(samples, 'x').flat()).toEqual(x);
      expect(valuesOf(samples, 'token').flat()).toEqual(token);
    }
  });

  test('of an .npy file, for the only input', async () => {
    const data = await openDataSet(fixture('single.npy'));
    expect(data.count).toBe(5);
    expect(valuesOf(await readAll(data, signature(input('any', 'float32', [1, 3, 2]))), 'any').flat()).toEqual(x);
    expect(await refusal(readAll(data, both))).toBe(
      "single.npy: an .npy file can only be given to a model with one input, and signature 'serve' has 2: 'x', 'token'",
    );
  });

  test("are fed at the model's batch, the last row repeated where they end", async () => {
    const data = await openDataSet(fixture('deflated.npz'));
    const samples = await readAll(data, signature(input('x', 'float32', [2, 3, 2])));
    expect(samples.map(({ index, rows }) => [index, rows])).toEqual([
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    expect(valuesOf(samples, 'x').flat()).toEqual([...x, ...x.slice(-6)]);
  });

  test('of whole inputs, with an axis more than the input has', async () => {
    const data = await openDataSet(fixture('stored.npz'));
    const samples = await readAll(data, signature(input('x', 'float32', [3, 2]), input('token', 'int64', [4])));
    expect(samples[2]?.values.get('x')?.shape).toEqual([3, 2]);
    expect(samples[2]?.values.get('token')?.shape).toEqual([4]);
    expect(valuesOf(samples, 'x').flat()).toEqual(x);
  });

  test('of scalars, of unknown rank, and of text', async () => {
    const text = Tensor.fromStrings(
      [2, 2],
      ['a', 'bc', '', 'd'].map((part) => Buffer.from(part)),
    );
    const data = await openDataSet(npz({ t: Tensor.float32([4, 5]), u: Tensor.float32([1, 2, 3, 4], [2, 2]), text }));
    const inputs = [input('t', 'float32', []), input('u', 'float32', null), input('text', 'string', [null, 2])];
    const samples = await readAll(data, signature(...inputs));
    expect(samples[1]?.values.get('t')).toMatchObject({ shape: [] });
    expect(samples[1]?.values.get('u')).toMatchObject({ shape: [1, 2] });
    expect(valuesOf(samples, 't')).toEqual([[4], [5]]);
    expect(samples[0]?.values.get('text')?.strings.map((part) => Buffer.from(part).toString())).toEqual(['a', 'bc']);
  });

  test('of several signatures, with their key in front', async () => {
    const data = await openDataSet(npz({ 'serve/x': Tensor.float32([1, 2]), x: Tensor.float32([3]) }));
    const of = signature(input('x', 'float32', [null]));
    expect(valuesOf(await readAll(data, of), 'x')).toEqual([[1], [2]]);
    expect(valuesOf(await readAll(data, { ...of, key: 'other' }), 'x')).toEqual([[3]]);
    expect(data.count).toBeUndefined();
  });

  test('of narrower integers than the input takes', async () => {
    const narrow = npz({
      a: Tensor.from('uint8', [2, 1], Uint8Array.of(3, 255)),
      b: Tensor.from('int16', [2], Int16Array.of(-1, 7)),
      c: Tensor.from('bool', [2], Uint8Array.of(1, 0)),
    });
    const of = signature(input('a', 'int64', [null]), input('b', 'int32', [null]), input('c', 'int64', [null]));
    const samples = await readAll(await openDataSet(narrow), of);
    expect(['a', 'b', 'c'].map((name) => valuesOf(samples, name).flat())).toEqual([
      [3, 255],
      [-1, 7],
      [1, 0],
    ]);
    for (const [name, dtype] of [
      ['a', 'int8'],
      ['b', 'uint32'],
      ['a', 'float32'],
      ['b', 'bool'],
    ] as const) {
      const reading = readAll(await openDataSet(narrow), signature(input(name, dtype, [null])));
      expect(await refusal(reading)).toMatch(/^data\.npz: the array '\w' is \w+ \[/);
    }
  });

  test("follow the model's batch where an input leaves it open", async () => {
    const data = await openDataSet(npz({ x: Tensor.float32([1, 2, 3]), y: Tensor.float32([4, 5, 6]) }));
    const samples = await readAll(data, signature(input('x', 'float32', [2]), input('y', 'float32', [null])));
    expect(valuesOf(samples, 'y')).toEqual([
      [4, 5],
      [6, 6],
    ]);
  });

  test('without rows give no samples', async () => {
    expect(await readAll(await openDataSet(npz({ x: Tensor.float32([], [0, 3, 2]) })), xOnly)).toEqual([]);
  });

  test('are not read further than asked for', async () => {
    const iterator = (await openDataSet(fixture('deflated.npz'))).samples(xOnly)[Symbol.asyncIterator]();
    expect((await iterator.next()).value?.index).toBe(0);
    await iterator.return?.();
    expect(await iterator.next()).toMatchObject({ done: true });
  });

  test('that are larger than a chunk of the file', async () => {
    const size = 700_001;
    const values = Float32Array.from({ length: 3 * size }, (_, i) => i % 1013);
    const data = await openDataSet(npz({ x: Tensor.from('float32', [3, size], values) }));
    const samples = await readAll(data, signature(input('x', 'float32', [null, size])));
    expect(samples.map(({ values }) => values.get('x')?.data[size - 1])).toEqual([
      values[size - 1],
      values[2 * size - 1],
      values[3 * size - 1],
    ]);
  });
});

describe('what is wrong is named', () => {
  const opened = async (path: string, of = xOnly) => readAll(await openDataSet(path), of);

  test('another shape, dtype or number of samples', async () => {
    expect(await refusal(opened(npz({ x: Tensor.float32(x, [5, 2, 3]) })))).toBe(
      "data.npz: the array 'x' is float32 [5x2x3], and the input takes float32 [n, 3, 2], of which the first axis counts the samples",
    );
    expect(await refusal(opened(npz({ x: Tensor.from('float64', [5, 3, 2], Float64Array.from(x)) })))).toBe(
      "data.npz: the array 'x' is float64 [5x3x2], and the input takes float32 [n, 3, 2], of which the first axis counts the samples",
    );
    expect(
      await refusal(
        opened(
          npz({ x: Tensor.float32(x, [5, 3, 2]), token: Tensor.from('int64', [2, 4], new BigInt64Array(8)) }),
          both,
        ),
      ),
    ).toBe("data.npz: 'x' has 5 samples and 'token' has 2; each input needs as many");
  });

  test('a key that is missing, with what may be meant', async () => {
    const path = npz({ X: Tensor.float32(x, [5, 3, 2]), label: Tensor.float32([1]) });
    expect(await refusal(opened(path))).toBe("data.npz: the array 'x' is missing; there is 'X', 'label'");
    await expect(opened(path)).rejects.toMatchObject({
      diagnostics: [{ help: expect.arrayContaining(["Did you mean 'x' by 'X'? Rename it in the data."]) }],
    });
  });

  test('NaN, with its sample', async () => {
    const values = Float32Array.from(x);
    values[20] = Number.NaN;
    expect(await refusal(opened(npz({ x: Tensor.from('float32', [5, 3, 2], values) })))).toBe(
      "data.npz: sample 3, 'x': element 2 is NaN",
    );
    const path = changedFile('data.npy', writeNpy(Tensor.from('float16', [2, 1], Uint16Array.of(0x7c00, 0x7e00))));
    expect(await refusal(opened(path, signature(input('h', 'float16', [null, 1]))))).toBe(
      "data.npy: sample 1, 'h': element 0 is NaN",
    );
  });

  test('hostile archives, which are refused or do no harm', async () => {
    const outside = npz({ '../../x': Tensor.float32(x, [5, 3, 2]), __proto__x: Tensor.float32([1]) });
    expect(await refusal(opened(outside))).toMatch(/^data\.npz: the array 'x' is missing; there is '\.\.\/\.\.\/x'/);
    const twice = writeNpz(new Map(Object.entries({ x: Tensor.float32([1]), y: Tensor.float32([1]) })));
    const same = Buffer.from(twice);
    for (let at = same.indexOf('y.npy'); at >= 0; at = same.indexOf('y.npy')) same[at] = 0x78;
    expect(await refusal(openDataSet(changedFile('data.npz', same)))).toBe("data.npz: it holds the array 'x' twice");
    const wide = signature(input('x', 'uint8', [null, null]));
    // Headers that claim more than there is, or than can be held.
    const claims = (shape: string, fortran = 'False') => {
      const text = `{'descr': '|u1', 'fortran_order': ${fortran}, 'shape': ${shape}, }`.padEnd(117);
      const head = Buffer.from(`\x93NUMPY\x01\x00v\x00${text}\n`, 'latin1');
      return changedFile('data.npy', Buffer.concat([head, Buffer.alloc(99)]));
    };
    expect(await refusal(opened(claims('(1, 9999999999)'), wide))).toBe(
      "data.npy: the array 'x': each row of it has 9999999999 bytes, too many to read",
    );
    expect(await refusal(opened(claims('(99999999, 9)', 'True'), wide))).toMatch(
      /^data\.npy: sample 0, 'x': it is in Fortran order, and its 899999991 bytes are too many to be put in order/,
    );
    expect(await refusal(opened(claims('(5, 1000000)'), wide))).toMatch(/sample 0, 'x': it ends early: 99 of 1000000/);
  });

  test('damage', async () => {
    const flipped = changedFile('stored.npz', (bytes) => {
      const at = bytes.indexOf('x.npy') + 200;
      bytes[at] = (bytes[at] as number) ^ 1;
      return bytes;
    });
    expect(await refusal(opened(flipped))).toBe("stored.npz: the array 'x': it is damaged: its checksum is wrong");
    const noise = changedFile('deflated.npz', (bytes) => {
      bytes.fill(0x55, bytes.indexOf('x.npy') + 60, bytes.indexOf('x.npy') + 100);
      return bytes;
    });
    expect(await refusal(opened(noise))).toMatch(/^deflated\.npz: .*'x': it (is damaged|ends early)/);
    expect(await refusal(opened(changedFile('stored.npz', (bytes) => bytes.subarray(0, 300))))).toBe(
      'stored.npz: it is not a zip archive, or it ends early',
    );
    expect(await refusal(opened(changedFile('single.npy', (bytes) => bytes.subarray(0, -30))))).toBe(
      "single.npy: sample 3, 'x': it ends early: 18 of 24 bytes",
    );
    expect(
      await refusal(
        opened(
          changedFile('stored.npz', (bytes) => {
            bytes[bytes.lastIndexOf('PK\x01\x02') + 10] = 99;
            return bytes;
          }),
          signature(input('label', 'int64', [null])),
        ),
      ),
    ).toMatch(/compressed by method 99/);
  });

  test('damage of any one byte gives the same samples or one error', async () => {
    const before = valuesOf(await opened(fixture('deflated.npz')), 'x');
    const length = readFileSync(fixture('deflated.npz')).length;
    for (let at = 0; at < length; at += 7) {
      const path = changedFile('deflated.npz', (bytes) => {
        bytes[at] = (bytes[at] as number) ^ 0xa5;
        return bytes;
      });
      await opened(path).then(
        (samples) => expect(valuesOf(samples, 'x')).toEqual(before),
        (error) => expect(error.diagnostics).toHaveLength(1),
      );
    }
  });
});
