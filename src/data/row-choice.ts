import type { DataSetOptions } from './data-set.js';

/** Which rows are taken; asked for each row in turn. */
export interface RowChoice {
  takes(row: number): boolean;
  /** Whether no further row will be taken. */
  readonly done: boolean;
}

/** Whether the number of rows has to be known for a choice. */
export function needsCount({ limit, seed }: DataSetOptions): boolean {
  return limit !== undefined && seed !== undefined;
}

/** How many rows of so many are taken. */
export function chosenCount({ limit }: DataSetOptions, count: number | undefined): number | undefined {
  return count === undefined || limit === undefined ? count : Math.min(limit, count);
}

/**
 * The first `limit` rows, or with a seed as many from anywhere: each row is taken with the probability of what is still
 * wanted in what is still to come (Knuth, The Art of Computer Programming 3.4.2, algorithm S), which needs no memory.
 */
export function chooseRows({ limit, seed }: DataSetOptions, count?: number): RowChoice {
  if (limit === undefined) return { takes: () => true, done: false };
  let taken = 0;
  return {
    takes(row) {
      const left = limit - taken;
      const takes = seed === undefined || count === undefined ? left > 0 : randomOf(seed, row) * (count - row) < left;
      if (takes) taken++;
      return takes;
    },
    get done() {
      return taken >= limit;
    },
  };
}

/** A number from 0 up to 1 that looks random: the finalizer of MurmurHash3 on the seed and the row. */
function randomOf(seed: number, row: number): number {
  return mix(mix(seed >>> 0) ^ Math.imul(row + 1, 0x9e3779b1)) / 2 ** 32;
}

function mix(bits: number): number {
  let hash = bits ^ (bits >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
