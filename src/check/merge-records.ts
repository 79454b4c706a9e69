import { isDeepStrictEqual } from 'node:util';
import { fail } from '#diagnostics/diagnostic.js';
import type { Model, RunRecord } from '#record/record.js';
import { finishRecord } from './finish-record.js';

export interface ShardRecord {
  /** Where it was read, for messages. */
  readonly file: string;
  readonly record: RunRecord;
}

/**
 * The record of a whole run from those of its shards: what one machine alone would have written, but for the times.
 * Throws a DiagnosticError, `invalid-option`, where they are not the shards of one run, or one is missing.
 */
export function mergeRecords(shards: readonly ShardRecord[]): RunRecord {
  const [first] = shards;
  if (!first) fail('invalid-option', { detail: 'There are no records to join.' });
  for (const { file, record } of shards) {
    const differs = (['tool', 'config', 'head', 'base', 'units', 'changes'] as const).find(
      (part) => !isDeepStrictEqual(record[part], first.record[part]),
    );
    if (differs !== undefined) {
      fail('invalid-option', {
        detail: `${file} is not of the run that ${first.file} is of: their ${differs} differ.`,
        locations: [{ file }],
        help: ['Join records of one commit, configuration and base, written by one version.'],
      });
    }
  }
  const models = first.record.units.reduce((joined, { model, variant }) => {
    const found = shards.filter(({ record }) =>
      record.models.some(({ name, variants }) => name === model && variants.some((each) => each.name === variant)),
    );
    if (found.length !== 1) {
      const problem =
        found.length === 0 ? 'in none of the records' : `in ${found.map(({ file }) => file).join(' and ')}`;
      const detail = `${model} (${variant}) is ${problem}: each shard of the run has to be given, once.`;
      fail('invalid-option', { detail, locations: shards.map(({ file }) => ({ file })) });
    }
    const part = found[0]?.record.models.find(({ name }) => name === model) as Model;
    const own = part.variants.filter(({ name }) => name === variant);
    const known = joined.get(model);
    return joined.set(model, known ? { ...known, variants: [...known.variants, ...own] } : { ...part, variants: own });
  }, new Map<string, Model>());
  return finishRecord({
    ...first.record,
    shard: null,
    models: [...models.values()],
    timing: {
      milliseconds: Math.max(...shards.map(({ record }) => record.timing.milliseconds)),
      variants: shards.flatMap(({ record }) => record.timing.variants),
    },
  });
}
