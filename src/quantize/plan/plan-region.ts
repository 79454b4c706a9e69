import { constantOf } from '#ir/constant.js';
import type { Op, Region, Value } from '#ir/graph.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import { floatType, type QuantizationJob } from '../job.js';
import { isStatic, type Treatment } from '../recipe.js';
import { contentRange } from '../weights/quantize-constant.js';
import { movedTable, takesHybridWeights } from '../weights/weights-of.js';
import { type Candidate, isMover, mayStayFloat } from './candidate.js';
import { fragileOps, opsBeforeFragile } from './keep-fragile.js';
import { misfitOf, ZERO } from './misfit.js';
import { divisorsOf, hasOneScale, isSymmetric, type Role, type Roles, rolesOf } from './op-roles.js';
import { ScaleSet } from './scale-set.js';

/** How one op is quantized. */
export interface OpPlan {
  readonly op: Op;
  readonly dtype: 'int8' | 'int16';
  readonly treatment: Treatment;
  readonly roles: Roles;
  /** For operands in the role of data. */
  readonly operands: readonly (ScaleSet | undefined)[];
  /** For results that are real numbers. */
  readonly results: readonly (ScaleSet | undefined)[];
}

export interface RegionPlan {
  readonly ops: ReadonlyMap<Op, OpPlan>;
  /** The set in which a value of the region's arguments is first needed, by element type. */
  setOf(value: Value, dtype: 'int8' | 'int16'): ScaleSet | undefined;
}

/**
 * Decides which ops of a region are quantized, and which of their data share scale and zero point. Ops that are to be
 * and cannot are noted in the job with the reason. Linear in ops and uses.
 */
export function planRegion(region: Region, job: QuantizationJob): RegionPlan {
  const candidates = new Map<Op, Candidate>();
  for (const op of region.ops()) {
    const candidate = candidateOf(op, job);
    if (typeof candidate === 'string') job.refuse(op, candidate);
    else if (candidate) candidates.set(op, candidate);
  }
  const fragile = fragileOps(region, candidates);
  const before = opsBeforeFragile(candidates, fragile).filter((op) => takesHybridWeights(op, job.minimumElements));
  for (const [op, reason] of fragile) {
    candidates.delete(op);
    job.note(op, 'float32', reason);
  }
  for (const op of before) {
    candidates.delete(op);
    job.treatAs(op, 'dynamic', 'its results go to ops that look at more than 8 bits of them');
  }
  dropMovers(region, candidates, job);
  return new Planner(job).plan(candidates.values());
}

function candidateOf(op: Op, job: QuantizationJob): Candidate | string | undefined {
  const treatment = job.treatmentOf(op);
  if (!treatment || !isStatic(treatment.scheme)) return undefined;
  const dtype = treatment.scheme === 'int16x8' && !isLargeTable(op, job) ? 'int16' : 'int8';
  const roles = rolesOf(op, dtype);
  if (typeof roles === 'string') return roles;
  const definition = op.definition as TflOpDefinition;
  if (treatment.scheme !== 'int8-only' && divisorsOf(definition).some((i) => !constantOf(op.operands[i]))) return ZERO;
  const unknown = [
    ...op.operands.filter((value, i) => roles[i]?.kind === 'data' && !constantOf(value)),
    ...(fixedFor(definition, dtype) ? [] : op.results.filter(floatType)),
  ].find((value) => value && !job.rangeOf(value));
  if (unknown) {
    const key = job.keyOf(unknown);
    return `the range of the tensor ${key === '' ? 'between its parts' : `\`${key}\``} is not known`;
  }
  return { op, definition, dtype, treatment, roles };
}

/** What is moved out of large constants is stored in 8 bits, like all weights. */
function isLargeTable(op: Op, job: QuantizationJob): boolean {
  return (movedTable(op)?.size ?? 0) >= job.minimumElements;
}

/** The scale that the kernel gives to its result. */
function fixedFor(definition: TflOpDefinition, dtype: 'int8' | 'int16') {
  return definition.quantization.find((constraint) => constraint.kind === 'fixedRange' && constraint.dtype === dtype);
}

function isIdle(candidate: Candidate): boolean {
  return isMover(candidate) && mayStayFloat(candidate);
}

/** Ops that only move elements gain nothing where all around them stays in float32. */
function dropMovers(region: Region, candidates: Map<Op, Candidate>, job: QuantizationJob): void {
  const seen = new Set<Op>();
  const ends = job.ioType === 'float32' ? undefined : new Set([...region.args, ...region.outputs]);
  for (const start of [...candidates.values()]) {
    if (seen.has(start.op) || !isIdle(start)) continue;
    const group: Op[] = [];
    let wanted = false;
    const pending = [start.op];
    seen.add(start.op);
    for (let op = pending.pop(); op; op = pending.pop()) {
      group.push(op);
      if (ends && [...op.operands, ...op.results].some((value) => value && ends.has(value) && floatType(value))) {
        wanted = true;
      }
      for (const neighbour of neighboursOf(op)) {
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

/** Ops at the other ends of the real numbers that an op takes and gives. */
function neighboursOf(op: Op): Op[] {
  const before = op.operands.flatMap((value) => (floatType(value) && value?.producer ? [value.producer] : []));
  const behind = op.results.flatMap((value) => (floatType(value) ? value.users : []));
  return [...before, ...behind];
}

function isUsedBeside(value: Value, op: Op): boolean {
  return value.uses.some(({ user }) => user !== op);
}

class Planner {
  readonly #job: QuantizationJob;
  readonly #sets = { int8: new Map<Value, ScaleSet>(), int16: new Map<Value, ScaleSet>() };

  constructor(job: QuantizationJob) {
    this.#job = job;
  }

  plan(candidates: Iterable<Candidate>): RegionPlan {
    const ops = new Map<Op, OpPlan>();
    for (const candidate of candidates) ops.set(candidate.op, this.#planned(candidate));
    for (const plan of ops.values()) {
      const misfit = misfitOf(plan, (value) => this.#job.rangeOf(value));
      if (misfit === undefined) continue;
      ops.delete(plan.op);
      this.#job.refuse(plan.op, misfit);
    }
    return { ops, setOf: (value, dtype) => this.#sets[dtype].get(value) };
  }

  #planned({ op, definition, dtype, treatment, roles }: Candidate): OpPlan {
    const oneScale = hasOneScale(definition, dtype);
    const fixed = fixedFor(definition, dtype);
    const affine = fixed?.kind === 'fixedRange' ? { scale: fixed.scale, zeroPoint: fixed.zeroPoint } : undefined;
    const results = op.results.map((result) => {
      if (!floatType(result)) return undefined;
      const set = new ScaleSet(dtype, affine ? undefined : this.#job.rangeOf(result), affine);
      if (isSymmetric(definition)) set.makeSymmetric();
      this.#sets[dtype].set(result, set);
      return set;
    });
    const operands = op.operands.map((value, i) => {
      const role = roles[i];
      return value && role?.kind === 'data' ? this.#operandSet(value, role, dtype, oneScale) : undefined;
    });
    this.#job.note(op, treatment.scheme === 'int16x8' ? 'int16x8' : 'int8');
    const joined = oneScale ? this.#joined(op, operands, results, dtype) : operands;
    return { op, dtype, treatment, roles, operands: joined, results };
  }

  /** Constants have a set of their own at each use: they can be stored once for each scale. */
  #operandSet(
    value: Value,
    { symmetric }: Role & { kind: 'data' },
    dtype: 'int8' | 'int16',
    oneScale: boolean,
  ): ScaleSet {
    const constant = constantOf(value);
    if (constant) {
      // A single number among moved elements, like what padding is filled with, shows in the range of the result.
      return new ScaleSet(dtype, oneScale && constant.size === 1 ? undefined : contentRange(constant));
    }
    const sets = this.#sets[dtype];
    let set = sets.get(value);
    if (!set) {
      set = new ScaleSet(dtype, this.#job.rangeOf(value));
      sets.set(value, set);
    }
    if (!symmetric || set.makeSymmetric()) return set;
    const own = new ScaleSet(dtype, this.#job.rangeOf(value));
    own.makeSymmetric();
    return own;
  }

  /**
   * Operands that cannot take the scale of the others are requantized on their way into the op, and so are those that
   * others look at, too, where they would lose bits.
   */
  #joined(
    op: Op,
    operands: readonly (ScaleSet | undefined)[],
    results: readonly (ScaleSet | undefined)[],
    dtype: 'int8' | 'int16',
  ): readonly (ScaleSet | undefined)[] {
    const common = new ScaleSet(dtype);
    for (const result of results) if (result) common.join(result);
    return operands.map((set, i) => {
      if (!set) return undefined;
      if (!common.fits(set)) return common;
      if (common.coarsens(set) && isUsedBeside(op.operand(i), op)) return common;
      common.join(set);
      return set;
    });
  }
}
