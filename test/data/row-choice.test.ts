import { describe, expect, test } from '@jest/globals';
import type { DataSetOptions } from '#data/data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { chooseRows } from '#data/row-choice.js';
import { writeNpz } from '#tensor/npz.js';
import { Tensor } from '#tensor/tensor.js';
import { changedFile, input, readAll, signature, valuesOf } from './reading.js';

function chosen(options: DataSetOptions, count: number): number[] {
  const choice = chooseRows(options, count);
  return Array.from({ length: count }, (_, row) => row).filter((row) => choice.takes(row));
}

describe('rows', () => {
  test('all, the first, or some of all', () => {
    expect(chosen({}, 3)).toEqual([0, 1, 2]);
    expect(chosen({ limit: 2 }, 3)).toEqual([0, 1]);
    expect(chosen({ limit: 5 }, 3)).toEqual([0, 1, 2]);
    expect(chosen({ limit: 5, seed: 1 }, 3)).toEqual([0, 1, 2]);
    expect(chosen({ seed: 1 }, 3)).toEqual([0, 1, 2]);
    for (let seed = 0; seed < 50; seed++) expect(chosen({ limit: 7, seed }, 100)).toHaveLength(7);
  });

  test('the same for a seed, others for another', () => {
    expect(chosen({ limit: 5, seed: 3 }, 1000)).toEqual(chosen({ limit: 5, seed: 3 }, 1000));
    expect(chosen({ limit: 5, seed: 3 }, 1000)).not.toEqual(chosen({ limit: 5, seed: 4 }, 1000));
  });

  test('each as often as any other', () => {
    const times = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      for (const row of chosen({ limit: 5, seed }, 20)) times[row] = (times[row] as number) + 1;
    }
    // 1000 expected; the standard deviation is 27.
    for (const count of times) expect(Math.abs(count - 1000)).toBeLessThan(5 * 27);
  });
});

const values = Array.from({ length: 10 }, (_, i) => i);
const npz = changedFile('rows.npz', writeNpz(new Map([['x', Tensor.float32(values, [10, 1])]])));
const csv = changedFile('rows.csv', Buffer.from(`x\n${values.join('\n')}\n`));

describe.each([npz, csv])('of a file', (path) => {
  const read = async (options: DataSetOptions, batch: number | null = null) => {
    const data = await openDataSet(path, options);
    return readAll(data, signature(input('x', 'float32', [batch, 1])));
  };

  test('are the first ones', async () => {
    expect(valuesOf(await read({ limit: 3 }), 'x')).toEqual([[0], [1], [2]]);
    const samples = await read({ limit: 3 }, 2);
    expect(samples.map(({ index, rows }) => [index, rows])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(valuesOf(samples, 'x')).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });

  test('are chosen by a seed, whatever the format, each time, and keep their numbers', async () => {
    const wanted = chosen({ limit: 4, seed: 9 }, 10);
    const data = await openDataSet(path, { limit: 4, seed: 9 });
    for (let round = 0; round < 2; round++) {
      const samples = await readAll(data, signature(input('x', 'float32', [null, 1])));
      expect(samples.map(({ index }) => index)).toEqual(wanted);
      expect(valuesOf(samples, 'x').flat()).toEqual(wanted);
    }
    expect(valuesOf(await read({ limit: 4, seed: 9 }, 2), 'x').flat()).toEqual(wanted);
  });
});

test('are counted where that is known', async () => {
  expect((await openDataSet(npz, { limit: 3 })).count).toBe(3);
  expect((await openDataSet(npz, { limit: 30 })).count).toBe(10);
  expect((await openDataSet(csv, { limit: 3 })).count).toBeUndefined();
});
