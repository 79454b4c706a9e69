import { type Op, Region, type Value } from '#ir/graph.js';
import { floatType, type QuantizationJob } from '../job.js';
import { type Candidate, isMover, mayStayFloat } from './candidate.js';
import { opsAround, type Place, type PlaceGroup, type Places } from './places.js';

function isIdle(candidate: Candidate): boolean {
  return isMover(candidate) && mayStayFloat(candidate);
}

/** Ops that only move elements gain nothing where all around them stays in float32. */
export function dropMovers(candidates: Map<Op, Candidate>, job: QuantizationJob, places: Places): void {
  const seen = new Set<Op>();
  const seenGroups = new Set<PlaceGroup>();
  for (const start of [...candidates.values()]) {
    if (seen.has(start.op) || !isIdle(start)) continue;
    const group: Op[] = [];
    let wanted = false;
    const pending = [start.op];
    seen.add(start.op);
    for (let op = pending.pop(); op; op = pending.pop()) {
      group.push(op);
      if (job.ioType !== 'float32' && [...op.operands, ...op.results].some(isEnd)) wanted = true;
      for (const neighbour of neighboursOf(op, places, seenGroups)) {
        const candidate = candidates.get(neighbour);
        if (!candidate) continue;
        if (!isIdle(candidate)) wanted = true;
        else if (!seen.has(neighbour)) {
          seen.add(neighbour);
          pending.push(neighbour);
        }
      }
    }
    if (wanted) continue;
    for (const op of group) {
      candidates.delete(op);
      job.note(op, 'float32', 'it moves elements between ops that stay in float32');
    }
  }
}

/** Whether real numbers come into the model there, or leave it. */
function isEnd(value: Value | undefined): boolean {
  if (!value || !floatType(value)) return false;
  const { owner } = value;
  if (owner instanceof Region && !owner.parent) return true;
  return value.uses.some(({ user }) => user instanceof Region && !user.parent);
}

/**
 * Ops at the other ends of the real numbers that an op takes and gives, also where control flow hands these on. Groups of
 * places are looked through once.
 */
function neighboursOf(op: Op, places: Places, seen: Set<PlaceGroup>): Op[] {
  const found: Op[] = [];
  const through = (place: Place | undefined) => {
    if (!place || seen.has(place.group)) return;
    seen.add(place.group);
    found.push(...opsAround(place.group));
  };
  for (const value of op.operands) {
    if (!value || !floatType(value)) continue;
    through(places.named(value));
    if (value.producer) found.push(value.producer);
  }
  for (const value of op.results) {
    if (!floatType(value)) continue;
    for (const place of places.takers(value)) through(place);
    found.push(...value.users);
  }
  return found;
}
