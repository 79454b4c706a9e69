import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers of one seed: the same ones on every machine. */
export interface RandomSource {
  /** 32 random bits. */
  bits(): number;
  /** One of 0 … limit - 1; the limit is below 2^32. */
  below(limit: number): number;
}

/** The generator starts with its seed nearly as it is; so many numbers on, close seeds are no longer alike. */
const WARM_UP = 32;

export function randomSource(seed: number): RandomSource {
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < WARM_UP; i++) generator.next();
  return {
    bits: () => generator.next(),
    // Off by less than limit / 2^32 from even shares: nothing beside the error of any number of draws made here.
    below: (limit) => (((generator.next() >>> 0) / 2 ** 32) * limit) >>> 0,
  };
}
