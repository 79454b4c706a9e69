import { describe, expect, test } from '@jest/globals';
import { runInParallel } from '#quantize/calibration/run-in-parallel.js';
import type { Interpreter } from '#runtime/interpreter.js';

const interpreters = (count: number) => new Array<Interpreter>(count).fill({} as Interpreter);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let closed = false;
async function* numbers(count: number): AsyncGenerator<number> {
  closed = false;
  try {
    for (let i = 0; i < count; i++) yield i;
  } finally {
    closed = true;
  }
}

describe.each([1, 2, 5])('%i interpreters', (count) => {
  test('give their results in the order of the items, whichever is ready first', async () => {
    const seen: number[] = [];
    const work = async (item: number) => {
      await pause((item * 7) % 5);
      return 10 * item;
    };
    const done = await runInParallel(numbers(12), interpreters(count), work, (item, result) => {
      seen.push(item, result);
    });
    expect(done).toBe(12);
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => [i, 10 * i]).flat());
    expect(closed).toBe(true);
  });

  test('end with what the work, the taking or the items throw', async () => {
    const work = async (item: number) => {
      await pause(1);
      if (item === 3) throw new Error('work');
    };
    const nothing = async () => undefined;
    await expect(runInParallel(numbers(9), interpreters(count), work, () => undefined)).rejects.toThrow('work');
    expect(closed).toBe(true);
    const take = (item: number) => {
      if (item === 3) throw new Error('take');
    };
    await expect(runInParallel(numbers(9), interpreters(count), nothing, take)).rejects.toThrow('take');
    expect(closed).toBe(true);
    async function* broken() {
      yield* numbers(2);
      throw new Error('items');
    }
    await expect(runInParallel(broken(), interpreters(count), nothing, () => undefined)).rejects.toThrow('items');
  });
});

test('an interpreter works on the next item while a result is taken', async () => {
  const events: string[] = [];
  const work = async (item: number) => {
    events.push(`work on ${item}`);
  };
  await runInParallel(numbers(3), interpreters(1), work, (item) => {
    events.push(`take ${item}`);
  });
  expect(events).toEqual(['work on 0', 'work on 1', 'take 0', 'work on 2', 'take 1', 'take 2']);
});

test('what came before an item that cannot be read is taken first', async () => {
  async function* broken() {
    yield 'readable';
    throw new Error('unreadable');
  }
  const seen: string[] = [];
  const run = runInParallel(broken(), interpreters(1), pause.bind(undefined, 1), (item) => seen.push(item));
  await expect(run).rejects.toThrow('unreadable');
  expect(seen).toEqual(['readable']);
});

test('nothing is done where there are no items', async () => {
  expect(await runInParallel(numbers(0), interpreters(2), pause, () => undefined)).toBe(0);
});
