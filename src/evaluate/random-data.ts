import type { DataSet, Sample } from '#data/data-set.js';
import type { SignatureInfo } from '#runtime/interpreter.js';
import { randomInputs } from '#runtime/random-inputs.js';
import { batchOf } from './metrics/observed.js';

const SAMPLES = 16;

/** Seeded inputs as `randomInputs` makes them, the same on any machine: weak evidence, as no model is made for them. */
export function randomData(signature: SignatureInfo, seed: number, limit = SAMPLES): DataSet {
  const batch = batchOf(signature);
  return {
    path: 'random inputs',
    count: limit,
    async *samples(): AsyncGenerator<Sample> {
      for (let index = 0; index < limit; index += batch) {
        const values = randomInputs(signature, { seed: seed + index });
        yield { index, rows: Math.min(batch, limit - index), values };
      }
    },
  };
}
