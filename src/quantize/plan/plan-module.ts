import { constantOf } from '#ir/constant.js';
import type { Op, Region, Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import type { TflOpDefinition } from '#tflite/define-op.js';
import { type Range, unite } from '../affine.js';
import { floatType, type QuantizationJob } from '../job.js';
import { isStatic, type Treatment } from '../recipe.js';
import { powerOfTwo } from '../recurrent/state-scales.js';
import { contentRange } from '../weights/quantize-constant.js';
import { weightsOf } from '../weights/weights-of.js';
import type { Candidate } from './candidate.js';
import { dropMovers } from './drop-movers.js';
import { fragileOps, opsBeforeFragile } from './keep-fragile.js';
import { keepStatesFine } from './keep-states-fine.js';
import { hasHybridWeights, isLargeTable } from './minimum-elements.js';
import { misfitOf } from './misfit.js';
import { hasOneScale, isSymmetric, maySumWrap, type Role, type Roles, rolesOf, symmetricRoles } from './op-roles.js';
import { placeForm } from './place-forms.js';
import { groupRange, type PlaceGroup, Places, rangeIn } from './places.js';
import { ScaleSet } from './scale-set.js';

const WRAPS = 'its 8-bit sums would wrap around where rows go to the same place';

/** How one op is quantized. */
export interface OpPlan {
  readonly op: Op;
  readonly dtype: 'int8' | 'int16';
  readonly treatment: Treatment;
  readonly roles: Roles;
  readonly in32: boolean;
  /** For operands in the role of data. */
  readonly operands: readonly (ScaleSet | undefined)[];
  /** For results that are real numbers. */
  readonly results: readonly (ScaleSet | undefined)[];
}

/** How a value is stored where control flow hands it on. */
export interface PlannedPlace {
  readonly dtype: 'int8' | 'int16';
  readonly set: ScaleSet;
}

export interface ModulePlan {
  readonly ops: ReadonlyMap<Op, OpPlan>;
  /** The set in which a value of a region's arguments is first needed, by element type. */
  setOf(value: Value, dtype: 'int8' | 'int16'): ScaleSet | undefined;
  /** How the place is stored that an argument of a body or a result of control flow names; undefined for float32. */
  placeOf(value: Value): PlannedPlace | undefined;
}

/**
 * Decides which ops of a module are quantized, and which of their data share scale and zero point. Ops that are to be
 * and cannot are noted in the job with the reason. Linear in ops and uses.
 */
export function planModule(module: Module, job: QuantizationJob): ModulePlan {
  const places = new Places(module);
  const candidates = new Map<Op, Candidate>();
  const planned = plannedRegions(module);
  keepStatesFine(module, job, places);
  for (const region of module.regions()) {
    const reason = planned.get(region);
    for (const [op, candidate] of candidatesOf(region, reason, job, places)) candidates.set(op, candidate);
  }
  dropMovers(candidates, job, places);
  return new Planner(job, places, candidates).plan();
}

/** Regions of which ranges are known, and those of which they are not, with the reason. */
function plannedRegions(module: Module): ReadonlyMap<Region, string | undefined> {
  const regions = new Map<Region, string | undefined>();
  for (const region of module.regions()) {
    const { parent } = region;
    const outer = parent?.region && regions.get(parent.region);
    const own = !parent || parent.definition.control ? undefined : 'it stands in what is run once, before all data';
    const isCondition = parent?.definition.control === 'loop' && parent.regions[0] === region;
    const condition = isCondition
      ? 'it stands in the condition of a loop, of whose tensors no ranges are known'
      : undefined;
    regions.set(region, outer ?? own ?? condition);
  }
  return regions;
}

function candidatesOf(
  region: Region,
  reason: string | undefined,
  job: QuantizationJob,
  places: Places,
): ReadonlyMap<Op, Candidate> {
  const candidates = new Map<Op, Candidate>();
  for (const op of region.ops()) {
    if (op.definition.control) continue;
    const candidate = candidateOf(op, reason, job, places);
    if (typeof candidate === 'string') refuse(op, candidate, job);
    else if (candidate) candidates.set(op, candidate);
  }
  const fragile = fragileOps(region, candidates);
  const before = opsBeforeFragile(candidates, fragile).filter((op) => hasHybridWeights(op, job.recipe));
  for (const [op, reason] of fragile) {
    candidates.delete(op);
    job.note(op, 'float32', reason);
  }
  for (const op of before) {
    candidates.delete(op);
    job.treatAs(op, 'dynamic', 'its results go to ops that look at more than 8 bits of them');
  }
  return candidates;
}

/** Where its data stay float32, a layer that keeps a state still has most of its size in weights, and most of its time. */
function refuse(op: Op, reason: string, job: QuantizationJob): void {
  job.refuse(op, reason);
  const keepsState = (op.definition as Partial<TflOpDefinition>).stateOperands?.length;
  if (keepsState && weightsOf(op).length > 0) job.treatAs(op, 'dynamic', reason);
}

function candidateOf(
  op: Op,
  reason: string | undefined,
  job: QuantizationJob,
  places: Places,
): Candidate | string | undefined {
  const treatment = job.treatmentOf(op);
  if (!treatment || !isStatic(treatment.scheme)) return undefined;
  if (reason !== undefined) return reason;
  const dtype = treatment.scheme === 'int16x8' && !isLargeTable(op, job.recipe) ? 'int16' : 'int8';
  const roles = rolesOf(op, dtype);
  if (typeof roles === 'string') return roles;
  const definition = op.definition as TflOpDefinition;
  const in32 = maySumWrap(op);
  if (in32 && treatment.scheme !== 'int8-only') return WRAPS;
  const taken = op.operands.filter((_, i) => roles[i]?.kind === 'data');
  // What only moves elements gives the numbers that it takes: its results may have had no elements.
  const rangesFollow = fixedFor(definition, dtype) || (hasOneScale(definition, dtype) && !taken.some(constantOf));
  const unknown = [
    ...taken.filter((value) => !constantOf(value)),
    ...(rangesFollow && !in32 ? [] : op.results.filter(floatType)),
  ].find((value) => value && !rangeIn(places, job, value));
  if (unknown) {
    const key = job.keyOf(unknown);
    return `the range of the tensor ${key === '' ? 'between its parts' : `\`${key}\``} is not known`;
  }
  const cells = roles.find((role) => role?.kind === 'state' && role.constraint.stored === 'power-of-two');
  if (cells?.kind === 'state') {
    const range = job.cellRangeOf(op);
    if (!range) return 'the range of its state is not known';
    if (!powerOfTwo(range, cells.constraint)) return 'its state takes more bits than its kernel for integers has';
  }
  return { op, definition, dtype, treatment, roles: in32 ? symmetricRoles(roles) : roles, in32 };
}

/** The scale that the kernel gives to its result. */
function fixedFor(definition: TflOpDefinition, dtype: 'int8' | 'int16') {
  return definition.quantization.find((constraint) => constraint.kind === 'fixedRange' && constraint.dtype === dtype);
}

function isUsedBeside(value: Value, op: Op): boolean {
  return value.uses.some(({ user }) => user !== op);
}

class Planner {
  readonly #job: QuantizationJob;
  readonly #places: Places;
  readonly #candidates: ReadonlyMap<Op, Candidate>;
  readonly #sets = { int8: new Map<Value, ScaleSet>(), int16: new Map<Value, ScaleSet>() };

  constructor(job: QuantizationJob, places: Places, candidates: ReadonlyMap<Op, Candidate>) {
    this.#job = job;
    this.#places = places;
    this.#candidates = candidates;
  }

  plan(): ModulePlan {
    const forms = this.#placeForms();
    const ops = new Map<Op, OpPlan>();
    for (const candidate of this.#candidates.values()) ops.set(candidate.op, this.#planned(candidate));
    for (const [group, form] of forms) this.#joinSources(group, form);
    for (const plan of ops.values()) {
      const misfit = misfitOf(plan, (value) => rangeIn(this.#places, this.#job, value));
      if (misfit === undefined) continue;
      ops.delete(plan.op);
      this.#job.refuse(plan.op, misfit);
    }
    return {
      ops,
      setOf: (value, dtype) => this.#sets[dtype].get(value),
      placeOf: (value) => {
        const place = this.#places.named(value);
        return place && forms.get(place.group);
      },
    };
  }

  /** How groups of places are stored; those that stay float32 are left out. */
  #placeForms(): ReadonlyMap<PlaceGroup, PlannedPlace> {
    const forms = new Map<PlaceGroup, PlannedPlace>();
    for (const group of this.#places.groups) {
      const dtype = placeForm(group, this.#candidates, this.#job);
      const range = groupRange(group, this.#job);
      if (dtype === 'float32' || !range) continue;
      const set = new ScaleSet(dtype, range);
      forms.set(group, { dtype, set });
      for (const { names } of group.places) for (const name of names) this.#sets[dtype].set(name, set);
    }
    return forms;
  }

  /** What bodies give is stored as it is handed on, and so is what comes from outside if it has much the same range. */
  #joinSources({ places }: PlaceGroup, { dtype, set }: PlannedPlace): void {
    for (const { sources, operands } of places) {
      for (const source of sources) {
        const own = this.#sets[dtype].get(source);
        if (!own) {
          if (!source.producer) this.#sets[dtype].set(source, set);
        } else if (set.fits(own) && (!operands.has(source) || isMuchTheSame(own.range, set.range))) {
          set.join(own);
        }
      }
    }
  }

  #planned({ op, definition, dtype, treatment, roles, in32 }: Candidate): OpPlan {
    const oneScale = !in32 && hasOneScale(definition, dtype);
    const fixed = fixedFor(definition, dtype);
    const affine = fixed?.kind === 'fixedRange' ? { scale: fixed.scale, zeroPoint: fixed.zeroPoint } : undefined;
    const results = op.results.map((result) => {
      if (!floatType(result)) return undefined;
      const set = new ScaleSet(dtype, affine ? undefined : this.#job.rangeOf(result), affine);
      if (isSymmetric(definition) && !in32) set.makeSymmetric();
      this.#sets[dtype].set(result, set);
      return set;
    });
    const operands = op.operands.map((value, i) => {
      const role = roles[i];
      return value && role?.kind === 'data' ? this.#operandSet(value, role, dtype, oneScale) : undefined;
    });
    this.#job.note(op, treatment.scheme === 'int16x8' ? 'int16x8' : 'int8');
    const joined = oneScale ? this.#joined(op, operands, results, dtype) : operands;
    return { op, dtype, treatment, roles, in32, operands: joined, results };
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
      const own = new ScaleSet(dtype, oneScale && constant.size === 1 ? undefined : contentRange(constant));
      if (symmetric) own.makeSymmetric();
      return own;
    }
    const sets = this.#sets[dtype];
    let set = sets.get(value);
    if (!set) {
      set = new ScaleSet(dtype, rangeIn(this.#places, this.#job, value));
      sets.set(value, set);
    }
    if (!symmetric || set.makeSymmetric()) return set;
    const own = new ScaleSet(dtype, rangeIn(this.#places, this.#job, value));
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

/** Whether a scale for both ranges costs neither of them much of a bit. */
function isMuchTheSame(a: Range | undefined, b: Range | undefined): boolean {
  const both = unite(a, b);
  if (!a || !b || !both) return true;
  const span = ({ min, max }: Range) => Math.max(max, 0) - Math.min(min, 0);
  return span(both) <= 1.25 * Math.min(span(a), span(b));
}
