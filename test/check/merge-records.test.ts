import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { mergeRecords, type ShardRecord } from '#check/merge-records.js';
import { recordText } from '#check/read-record.js';
import type { RunRecord } from '#record/record.js';
import { EXAMPLE, Repository } from './repository.js';

jest.setTimeout(120_000);

let repository: Repository;
afterEach(() => repository.dispose());

const CONFIG = `version: 1
defaults:
  variants: [float32, dynamic, { name: int8, quantize: int8, representative-data: calibration.npz }]
  evaluate: { data: test.npz, metrics: [top-1] }
  limits: { accuracy: { max-drop: 0.01, max-regression: 0.001 }, size: { max-increase: 5% } }
models:
  - path: models/*
`;

function text(record: RunRecord): string {
  return recordText({ ...record, timing: { milliseconds: 0, variants: [] } });
}

test('a run in 1, 3 and 7 shards gives the record of the whole', async () => {
  repository = new Repository(CONFIG);
  repository.copy(join(EXAMPLE, 'saved_model'), 'models/a');
  repository.commit();
  repository.replaceVariables('little');
  const cache = join(repository.root, '.git/cache');
  const whole = await repository.check({ overrides: { cache } });
  expect(whole.units).toHaveLength(6);
  for (const count of [1, 3, 7]) {
    const shards: ShardRecord[] = [];
    for (let index = 1; index <= count; index++) {
      // Without what is kept, so that a shard knows nothing of the others.
      const record = await repository.check({
        shard: { index, count },
        ...(count === 3 ? {} : { overrides: { cache } }),
      });
      shards.push({ file: `${index}.json`, record });
    }
    expect(text(mergeRecords(shards))).toBe(text({ ...whole, config: { ...whole.config } }));
    if (count > 1) expect(() => mergeRecords(shards.slice(1))).toThrow('is in none of the records');
    expect(() => mergeRecords([...shards, ...shards])).toThrow('each shard of the run has to be given, once');
  }
});
