import type { Tensor } from '#tensor/tensor.js';
import type { AttributeSpecs, Attributes } from './attribute.js';
import type { Location } from './location.js';
import type { Type } from './type.js';

/** What an op is: one object for each kind of op, compared by identity. Dialects extend it with what they need. */
export interface OpDefinition<A extends Attributes = Attributes> {
  /** Name in the text form, with its dialect: `tf.Conv2D`, `tfl.conv_2d`. */
  readonly name: string;
  readonly summary?: string;
  readonly attributes: AttributeSpecs;
  /** Kept when unused, never merged with an equal op: it reads or writes state, or is random. */
  readonly sideEffects?: boolean;
  /** What it gives depends on when it is run: it is never merged with an equal op, nor moved out of a loop. */
  readonly readsState?: boolean;
  /** What its regions are to it, where it has any that its operands are passed on to. */
  readonly control?: ControlFlow;
  /** Types of the results. Throws an InferenceError where operands or attributes contradict each other. */
  infer?(op: Op<A>): readonly Type[];
  /** Results where operands are known constants (undefined where not); undefined where it cannot be computed. */
  fold?(op: Op<A>, operands: readonly (Tensor | undefined)[]): readonly (Tensor | Value)[] | undefined;
  /** What is wrong with this op, beyond its types; undefined if nothing. */
  verify?(op: Op<A>): string | undefined;
}

/**
 * `loop`: two regions, a condition and a body, take the operands; the body gives them anew, and at last the results.
 * `branches`, `cases`: operand 0, a condition or a number, chooses the region that takes the other operands and gives
 * the results; the first one is for a condition that holds, the last one for a number that there is no region for.
 */
export type ControlFlow = 'loop' | 'branches' | 'cases';

/** Operands or attributes of an op contradict each other; `message` says how, without naming the op. */
export class InferenceError extends Error {}

/** One use of a value: as operand `index` of an op, or as output `index` of a region. */
export interface Use {
  readonly user: Op | Region;
  readonly index: number;
}

/** What an op or a region's argument gives. */
export class Value {
  type: Type;
  /** The op whose result this is, or the region whose argument. */
  readonly owner: Op | Region;
  /** The op that makes it; undefined for a region's argument. */
  readonly producer: Op | undefined;
  readonly index: number;
  /** @internal in order, with gaps where uses have ended; kept by the setters of Op and Region. Most have one or two. */
  useList: (ListedUse | undefined)[] = NO_USES;
  /** @internal how many of `useList` are no gaps. */
  useCount = 0;
  /** @internal the last walk of a verifier that met its definition. */
  metBy = 0;

  /** @internal made by Op and Region. */
  constructor(type: Type, owner: Op | Region, index: number) {
    this.type = type;
    this.owner = owner;
    this.producer = owner instanceof Op ? owner : undefined;
    this.index = index;
  }

  get uses(): readonly Use[] {
    const uses: Use[] = [];
    for (let i = 0; i < this.useList.length; i++) {
      const use = this.useList[i];
      if (use) uses.push({ user: use.user, index: use.index });
    }
    return uses;
  }

  get isUsed(): boolean {
    return this.useCount > 0;
  }

  /** Used once, and by an op: what a fusion into that op needs. */
  get hasOneUse(): boolean {
    return this.useCount === 1;
  }

  /** The ops that use it, each once, in no particular order. */
  get users(): Op[] {
    const { useList } = this;
    const users: Op[] = [];
    for (let i = 0; i < useList.length; i++) {
      const user = useList[i]?.op;
      if (user) users.push(user);
    }
    return users.length < 2 ? users : [...new Set(users)];
  }

  /** Points every use at `replacement`. Linear in the uses. */
  replaceAllUses(replacement: Value): void {
    if (replacement === this) return;
    for (const { user, index } of this.uses) {
      if (user instanceof Op) user.setOperand(index, replacement);
      else user.setOutput(index, replacement);
    }
  }
}

/** Before the first use; never written to. */
const NO_USES: (ListedUse | undefined)[] = [];

/** A use that knows its place in the value's list. */
interface ListedUse extends Use {
  /** The user, where it is an op. */
  readonly op: Op | undefined;
  place: number;
}

function beginUse(value: Value, user: Op | Region, op: Op | undefined, index: number): ListedUse {
  const use = { user, op, index, place: value.useList.length };
  // The first push onto an empty array makes room for seventeen.
  if (use.place === 0) value.useList = [use];
  else value.useList.push(use);
  value.useCount++;
  return use;
}

/** Leaves a gap, so that the others keep their places; once most are gaps, they are closed. */
function endUse(value: Value, { place }: ListedUse): void {
  const { useList } = value;
  useList[place] = undefined;
  value.useCount--;
  while (useList.length > 0 && useList.at(-1) === undefined) useList.pop();
  if (useList.length <= 2 * value.useCount + 8) return;
  let kept = 0;
  for (const use of useList) {
    if (!use) continue;
    use.place = kept;
    useList[kept++] = use;
  }
  useList.length = kept;
}

/** For each value of a list, how it stands among the uses of that value. */
type Listed = (ListedUse | undefined)[];

function beginUses(values: readonly (Value | undefined)[], user: Op | Region, op: Op | undefined): Listed {
  const listed = new Array<ListedUse | undefined>(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    listed[i] = value && beginUse(value, user, op, i);
  }
  return listed;
}

function endUses(values: readonly (Value | undefined)[], listed: Listed): void {
  for (let i = 0; i < values.length; i++) {
    const use = listed[i];
    if (use) endUse(values[i] as Value, use);
  }
}

const NO_VALUES: readonly Value[] = [];
const NO_REGIONS: readonly Region[] = [];

export interface OpInit<A extends Attributes> {
  readonly operands: readonly (Value | undefined)[];
  readonly attributes: A;
  readonly types: readonly Type[];
  readonly location: Location;
  readonly regions?: readonly Region[];
}

/** One operation. Made and placed through a Builder or an Editor. Passes look at operands all the time: no accessors. */
export class Op<A extends Attributes = Attributes> {
  readonly definition: OpDefinition<A>;
  attributes: A;
  location: Location;
  /** Fixed from the moment on that it is placed. */
  results: readonly Value[];
  readonly regions: readonly Region[];
  /** By position; undefined where an optional one is absent. Only `setOperand` and `setOperands` change them. */
  operands: readonly (Value | undefined)[];
  private uses: Listed;
  /** @internal links of the region's list. */
  region: Region | undefined;
  /** @internal */
  previous: Op | undefined;
  /** @internal */
  next: Op | undefined;

  constructor(definition: OpDefinition<A>, init: OpInit<A>) {
    this.definition = definition;
    this.attributes = init.attributes;
    this.location = init.location;
    this.results = NO_VALUES;
    if (init.types.length > 0) this.setResults(init.types);
    this.regions = init.regions ?? NO_REGIONS;
    if (this.regions.length > 0) for (const region of this.regions) region.parent = this as unknown as Op;
    // They may be those of another op.
    this.operands = init.operands.slice();
    this.uses = beginUses(this.operands, this as unknown as Op, this as unknown as Op);
  }

  /** @internal once only: the types may depend on the operands, which are given first. */
  setResults(types: readonly Type[]): void {
    const results = new Array<Value>(types.length);
    for (let i = 0; i < types.length; i++) results[i] = new Value(types[i] as Type, this as unknown as Op, i);
    this.results = results;
  }

  get name(): string {
    return this.definition.name;
  }

  /** Operand `index`; throws where it is absent. */
  operand(index: number): Value {
    const value = this.operands[index];
    if (!value) throw new Error(`${this.name} has no operand ${index}`);
    return value;
  }

  /** Result `index`, by default the only one; throws where there is none. */
  result(index = 0): Value {
    const value = this.results[index];
    if (!value) throw new Error(`${this.name} has no result ${index}`);
    return value;
  }

  setOperand(index: number, value: Value | undefined): void {
    const self = this as unknown as Op;
    const old = this.uses[index];
    if (old) endUse(this.operands[index] as Value, old);
    (this.operands as (Value | undefined)[])[index] = value;
    this.uses[index] = value && beginUse(value, self, self, index);
  }

  setOperands(values: readonly (Value | undefined)[]): void {
    const self = this as unknown as Op;
    // They may be the operands at hand.
    const next = values.slice();
    endUses(this.operands, this.uses);
    this.operands = next;
    this.uses = beginUses(next, self, self);
  }

  /** Whether it is of this kind; narrows the type of its attributes. */
  is<B extends Attributes>(definition: OpDefinition<B>): this is Op<B> {
    return (this.definition as unknown) === definition;
  }

  /** Whether it is of one of these kinds; narrows nothing. */
  isOneOf(...definitions: readonly unknown[]): boolean {
    return definitions.includes(this.definition);
  }

  get isUsed(): boolean {
    const { results } = this;
    for (let i = 0; i < results.length; i++) if ((results[i] as Value).isUsed) return true;
    return false;
  }

  /** Takes it out of its region for good, with the regions that no other op took over. Throws while a result is used. */
  erase(): void {
    if (this.isUsed) throw new Error(`${this.name} is erased while it is used`);
    this.setOperands(NO_VALUES);
    for (const region of this.regions) if (region.parent === (this as unknown as Op)) region.clear();
    this.region?.unlink(this as unknown as Op);
  }
}

/**
 * A body: arguments, ops in execution order, outputs. Isolated: it captures nothing, all that it uses from outside
 * comes in as an argument.
 */
export class Region {
  readonly args: Value[] = [];
  /** The op that this region belongs to; undefined for a signature's body. */
  parent: Op | undefined;
  #outputs: readonly Value[] = [];
  #uses: Listed = [];
  #first: Op | undefined;
  #last: Op | undefined;
  #size = 0;
  /** Ops that have regions of their own. */
  #nesting = 0;

  constructor(argTypes: readonly Type[] = []) {
    for (const type of argTypes) this.addArg(type);
  }

  addArg(type: Type): Value {
    const value = new Value(type, this, this.args.length);
    this.args.push(value);
    return value;
  }

  /** Keeps the arguments for which `keep` holds; throws where another one is used. */
  filterArgs(keep: (arg: Value) => boolean): void {
    const kept = this.args.filter(keep);
    for (const arg of this.args) if (!keep(arg) && arg.isUsed) throw new Error('an argument in use is removed');
    const fresh = kept.map((arg, index) => {
      const value = new Value(arg.type, this, index);
      arg.replaceAllUses(value);
      return value;
    });
    this.args.splice(0, this.args.length, ...fresh);
  }

  /** The values that it yields. */
  get outputs(): readonly Value[] {
    return this.#outputs;
  }

  setOutputs(values: readonly Value[]): void {
    const next = values.slice();
    endUses(this.#outputs, this.#uses);
    this.#outputs = next;
    this.#uses = beginUses(next, this, undefined);
  }

  setOutput(index: number, value: Value): void {
    const old = this.#uses[index];
    if (old) endUse(this.#outputs[index] as Value, old);
    (this.#outputs as Value[])[index] = value;
    this.#uses[index] = beginUse(value, this, undefined, index);
  }

  /** Number of ops, those in nested regions not counted. */
  get size(): number {
    return this.#size;
  }

  /** Whether any of the ops has regions of its own. */
  get isNesting(): boolean {
    return this.#nesting > 0;
  }

  get first(): Op | undefined {
    return this.#first;
  }

  get last(): Op | undefined {
    return this.#last;
  }

  /** The ops in order. The op at hand may be erased, and ops may be inserted, while iterating. */
  ops(): IterableIterator<Op> {
    return new OpWalk(this, false);
  }

  /** The ops from last to first. The op at hand may be erased while iterating. */
  opsReversed(): IterableIterator<Op> {
    return new OpWalk(this, true);
  }

  append(op: Op): void {
    this.insertBefore(op, undefined);
  }

  /** Places an unplaced op before `anchor`, or at the end. */
  insertBefore(op: Op, anchor: Op | undefined): void {
    if (op.region) throw new Error(`${op.name} is already placed`);
    const previous = anchor ? anchor.previous : this.#last;
    op.region = this;
    op.previous = previous;
    op.next = anchor;
    if (previous) previous.next = op;
    else this.#first = op;
    if (anchor) anchor.previous = op;
    else this.#last = op;
    this.#size++;
    if (op.regions.length > 0) this.#nesting++;
  }

  /** @internal called by Op.erase and by moves. */
  unlink(op: Op): void {
    if (op.region !== this) throw new Error(`${op.name} is not of this region`);
    if (op.previous) op.previous.next = op.next;
    else this.#first = op.next;
    if (op.next) op.next.previous = op.previous;
    else this.#last = op.previous;
    op.region = undefined;
    op.previous = undefined;
    op.next = undefined;
    this.#size--;
    if (op.regions.length > 0) this.#nesting--;
  }

  /** Erases all ops and outputs. */
  clear(): void {
    this.setOutputs(NO_VALUES);
    for (const op of this.opsReversed()) op.erase();
  }
}

/** Every pass walks all ops several times: one result serves for all steps, as `for … of` and spreading take it apart at once. */
class OpWalk implements IterableIterator<Op> {
  readonly #region: Region;
  readonly #reversed: boolean;
  readonly #result: { done: boolean; value: Op | undefined } = { done: false, value: undefined };
  #started = false;
  /** What stands behind the op given last, in case that is erased. */
  #behind: Op | undefined;

  constructor(region: Region, reversed: boolean) {
    this.#region = region;
    this.#reversed = reversed;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Op, undefined> {
    const result = this.#result;
    const next = this.#next(result.value);
    result.value = next;
    if (next) this.#behind = this.#reversed ? next.previous : next.next;
    else result.done = true;
    return result as IteratorResult<Op, undefined>;
  }

  #next(current: Op | undefined): Op | undefined {
    if (current) {
      if (current.region !== this.#region) return this.#behind;
      return this.#reversed ? current.previous : current.next;
    }
    if (this.#started) return undefined;
    this.#started = true;
    return this.#reversed ? this.#region.last : this.#region.first;
  }
}
