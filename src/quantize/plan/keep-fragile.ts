import { Const } from '#ir/constant.js';
import { Op, type Region, type Value } from '#ir/graph.js';
import { floatType } from '../job.js';
import { weightsOf } from '../weights/weights-of.js';
import { type Candidate, isMover, mayStayFloat } from './candidate.js';
import { isAnchor, isFragile } from './op-roles.js';

const FRAGILE = 'its results span more than its kernel for integers resolves; `int8-only` quantizes it all the same';
const TOGETHER = 'it computes together with ops whose results span more than integers resolve';

/**
 * Functions like log(x) and 1/√x have arguments or results that span orders of magnitude, of which integers resolve the
 * greatest only. They stay in float32, and with them what is computed of them until a result meets that of an op with
 * weights, and what is computed for them alone: so a normalization is float32 as a whole, at no cost in size. Ops that
 * only move elements are looked through. Gives the ops that are to stay, with the reason.
 */
export function fragileOps(region: Region, candidates: ReadonlyMap<Op, Candidate>): ReadonlyMap<Op, string> {
  const kept = new Map<Op, string>();
  const pending: Op[] = [];
  for (const candidate of candidates.values()) {
    if (!mayStayFloat(candidate) || !isFragile(candidate.definition)) continue;
    kept.set(candidate.op, FRAGILE);
    pending.push(candidate.op);
  }
  /** Ops that are no candidates: what they compute of float32 stays float32. */
  const passed = new Set<Op>();
  for (let op = pending.pop(); op; op = pending.pop()) {
    for (const user of usersOf(op, candidates)) {
      const candidate = user && candidates.get(user);
      if (user && !candidate && !passed.has(user)) {
        passed.add(user);
        pending.push(user);
      }
      if (!candidate || kept.has(candidate.op) || !mayStayFloat(candidate)) continue;
      if (sourcesOf(candidate.op, candidates).some((source) => isQuantizedAnchor(source, candidates))) continue;
      kept.set(candidate.op, TOGETHER);
      pending.push(candidate.op);
    }
  }
  // Backwards, so that an op is met after all that use it.
  for (const op of region.opsReversed()) {
    const candidate = candidates.get(op);
    if (op.definition.control || kept.has(op)) continue;
    if (candidate && (isMover(candidate) || !mayStayFloat(candidate))) continue;
    const users = usersOf(op, candidates);
    const isForFragile = users.some((user) => user && (kept.has(user) || passed.has(user)));
    if (!isForFragile || !users.every((user) => user && (kept.has(user) || !candidates.has(user)))) continue;
    if (candidate) kept.set(op, TOGETHER);
    else passed.add(op);
  }
  return kept;
}

/**
 * Ops with weights whose results, each by itself, go to fragile ops alone. 8-bit results would lose what these look at,
 * so only the weights are to be quantized.
 */
export function opsBeforeFragile(candidates: ReadonlyMap<Op, Candidate>, kept: ReadonlyMap<Op, string>): readonly Op[] {
  const leads = new Map<Op, boolean>();
  const leadsToFragile = (op: Op): boolean => {
    const known = leads.get(op);
    if (known !== undefined) return known;
    leads.set(op, false);
    const users = usersOf(op, candidates);
    const result = users.length > 0 && users.every((user) => user && endsInFragile(user));
    leads.set(op, result);
    return result;
  };
  const endsInFragile = (op: Op): boolean => {
    if (kept.get(op) === FRAGILE) return true;
    if (candidates.has(op) && !kept.has(op)) return false;
    return producersOf(op).length === 1 && weightsOf(op).length === 0 && leadsToFragile(op);
  };
  return [...candidates.values()]
    .filter(({ op, definition, dtype, treatment }) => {
      return treatment.scheme === 'int8' && dtype === 'int8' && isAnchor(definition) && leadsToFragile(op);
    })
    .map(({ op }) => op);
}

function isQuantizedAnchor(op: Op, candidates: ReadonlyMap<Op, Candidate>): boolean {
  const candidate = candidates.get(op);
  return candidate !== undefined && isAnchor(candidate.definition);
}

/**
 * Ops that compute with the results, past those that only move them; undefined for an output of the region, and for
 * loops and branches, which hand them on.
 */
function usersOf(op: Op, candidates: ReadonlyMap<Op, Candidate>): (Op | undefined)[] {
  const users = new Set<Op | undefined>();
  const seen = new Set<Value>();
  const pending = op.results.filter(floatType);
  for (let value = pending.pop(); value; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    for (const { user } of value.uses) {
      if (!(user instanceof Op) || user.definition.control) users.add(undefined);
      else if (looksThrough(user, candidates)) pending.push(...user.results.filter(floatType));
      else users.add(user);
    }
  }
  return [...users];
}

/** Ops that compute the operands, past those that only move them. */
function sourcesOf(op: Op, candidates: ReadonlyMap<Op, Candidate>): Op[] {
  const sources = new Set<Op>();
  const seen = new Set<Op>();
  const pending = producersOf(op);
  for (let source = pending.pop(); source; source = pending.pop()) {
    if (seen.has(source)) continue;
    seen.add(source);
    if (looksThrough(source, candidates)) pending.push(...producersOf(source));
    else sources.add(source);
  }
  return [...sources];
}

function producersOf(op: Op): Op[] {
  const producers = op.operands.flatMap((value) => {
    const producer = floatType(value) ? value?.producer : undefined;
    return producer && !producer.is(Const) ? [producer] : [];
  });
  return [...new Set(producers)];
}

function looksThrough(op: Op, candidates: ReadonlyMap<Op, Candidate>): boolean {
  const candidate = candidates.get(op);
  return candidate !== undefined && isMover(candidate);
}
