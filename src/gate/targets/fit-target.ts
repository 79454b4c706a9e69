import type { Target } from '#config/config.js';
import type { TargetFit } from '#record/findings.js';
import type { ModelRecord } from '#tflite/file/model-record.js';
import { edgeTpu } from './edge-tpu.js';
import { gpu } from './gpu.js';
import { litert } from './litert.js';
import { micro } from './micro.js';
import { type Misfit, type TargetTable, targetModel } from './target-model.js';

/** So many places are named of each problem; the number of all is given as well. */
const PLACES = 5;

/** The tables of targets other than LiteRT itself, whose table depends on the version. */
const tables: Readonly<Record<Exclude<Target['name'], 'litert'>, TargetTable>> = {
  micro,
  gpu,
  'edge-tpu': edgeTpu,
};

/**
 * Whether a runtime or an accelerator takes all of the model, with everything that it does not: the most frequent
 * first. It is judged by what the target's own documentation and sources say; nothing is run.
 */
export function fitTarget(record: ModelRecord, target: Target): TargetFit {
  const { source, check } = target.name === 'litert' ? litert(record, target.version) : tables[target.name];
  const problems = grouped(check(targetModel(record)));
  const name = target.version === undefined ? target.name : `${target.name}@${target.version}`;
  return { target: name, fits: problems.length === 0, problems, source };
}

function grouped(misfits: readonly Misfit[]): TargetFit['problems'] {
  const problems = new Map<string, TargetFit['problems'][number]>();
  for (const { op, reason, place } of misfits) {
    const key = JSON.stringify([op, reason]);
    const problem = problems.get(key) ?? { op, reason, count: 0, places: [] };
    problems.set(key, problem);
    problem.count++;
    if (place !== undefined && place !== '' && problem.places.length < PLACES) problem.places.push(place);
  }
  return [...problems.values()].sort((a, b) => b.count - a.count);
}
