import type { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { isTflOp } from '#tflite/define-op.js';
import type { QuantizationJob } from '../job.js';
import { hasOneScale, isAnchor, rolesOf } from './op-roles.js';
import { type Places, sourcesOf, takersOf } from './places.js';
import { opsAroundVariables, recurrentOps } from './recurrent-ops.js';

const VARIABLE = 'a variable keeps what it computes, and rounding to 8 bits would add up from run to run';

/**
 * What a loop carries in 8 bits would gather rounding errors from run to run. So it has 16 where ops need not be int8,
 * as in LiteRT's own LSTM of 8 bits; products with weights, which are most of the work, stay in 8. What a variable keeps
 * from one run of the model to the next is float32, and so is what is computed between reading and assigning it.
 */
export function keepStatesFine(module: Module, job: QuantizationJob, places: Places): void {
  if (job.recipe.options.wideStates === false) return;
  for (const op of opsAroundVariables(module)) {
    const { definition } = op;
    if (job.treatmentOf(op)?.scheme !== 'int8' || !isTflOp(definition) || isAnchor(definition)) continue;
    if (typeof rolesOf(op, 'int8') === 'string') continue;
    job.treatAs(op, 'float32', VARIABLE);
    job.note(op, 'float32');
  }
  const recurrent = recurrentOps(module);
  const fine = new Set<Op>();
  const refine = (op: Op, reason: string): boolean => {
    const { definition } = op;
    if (job.treatmentOf(op)?.scheme !== 'int8' || !isTflOp(definition) || isAnchor(definition)) return false;
    if (typeof rolesOf(op, 'int16') === 'string') return false;
    fine.add(op);
    job.treatAs(op, 'int16x8', reason);
    return true;
  };
  const pending = [...recurrent].filter((op) =>
    refine(op, 'a loop carries what it computes, and rounding to 8 bits would add up from run to run'),
  );
  // What is only moved on its way to such ops is converted once, where it is computed, not in each run.
  for (let op = pending.pop(); op; op = pending.pop()) {
    for (const source of sourcesOf(op, places)) {
      const { definition } = source;
      if (fine.has(source) || !isTflOp(definition) || !hasOneScale(definition, 'int16')) continue;
      if (!takersOf(source, places).every((taker) => fine.has(taker))) continue;
      if (refine(source, 'all that it moves goes to ops that compute in 16 bits')) pending.push(source);
    }
  }
}
