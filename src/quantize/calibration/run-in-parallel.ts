import { availableParallelism } from 'node:os';
import type { Interpreter } from '#runtime/interpreter.js';

/** More share the memory's bandwidth rather than the work. */
const MOST_WORKERS = 4;
/** What the copies of a model may take of the memory. */
const MOST_BYTES = 2 ** 30;

/** How many interpreters to open for a model of this size. */
export function workersFor(modelBytes: number): number {
  const fitting = Math.floor(MOST_BYTES / Math.max(1, modelBytes));
  return Math.max(1, Math.min(availableParallelism(), MOST_WORKERS, fitting));
}

/**
 * Runs `work` for each item on whichever interpreter is free, and hands the results to `take` in the order of the
 * items, whichever was ready first. Of each interpreter's items, the next one is read while it works. Gives the number of
 * items. The first failure ends it.
 */
export async function runInParallel<Item, Result>(
  items: AsyncIterable<Item>,
  interpreters: readonly Interpreter[],
  work: (item: Item, interpreter: Interpreter) => Promise<Result>,
  take: (item: Item, result: Result) => void,
): Promise<number> {
  const iterator = items[Symbol.asyncIterator]();
  const waiting = new Map<number, { item: Item; result: Result }>();
  let asked = 0;
  let taken = 0;
  let count = 0;
  let failed = false;
  // Items are numbered in the order of the requests, so these must not overtake each other.
  let last: Promise<unknown> = Promise.resolve();
  const next = (): Promise<{ number: number; item: Item } | undefined> => {
    const step = last.then(async () => {
      if (failed) return undefined;
      const { done, value } = await iterator.next();
      return done ? undefined : { number: asked++, item: value };
    });
    last = step.catch(() => undefined);
    return step;
  };

  const serve = async (interpreter: Interpreter) => {
    let job = await next();
    let running = job && work(job.item, interpreter);
    while (job && running) {
      const following = next();
      // Where the work fails, nobody asks for the next item.
      following.catch(() => undefined);
      waiting.set(job.number, { item: job.item, result: await running });
      // The interpreter goes on while results are taken.
      const [outcome] = await Promise.allSettled([following]);
      job = outcome.status === 'fulfilled' ? outcome.value : undefined;
      running = job && work(job.item, interpreter);
      running?.catch(() => undefined);
      for (let ready = waiting.get(taken); ready !== undefined; ready = waiting.get(taken)) {
        waiting.delete(taken++);
        take(ready.item, ready.result);
        count++;
      }
      if (outcome.status === 'rejected') throw outcome.reason;
    }
  };
  try {
    await Promise.all(
      interpreters.map((interpreter) =>
        serve(interpreter).catch((error: unknown) => {
          failed = true;
          throw error;
        }),
      ),
    );
    return count;
  } finally {
    await iterator.return?.();
  }
}
