import type { Tensor } from '#tensor/tensor.js';
import type { Attributes } from './attribute.js';
import { Const } from './constant.js';
import { Op, type OpDefinition, type Region, type Value } from './graph.js';
import type { Location } from './location.js';
import { hasSideEffects } from './side-effects.js';
import type { Type } from './type.js';

/** Where new ops go: before `before`, or at the end of `region`. */
export interface InsertionPoint {
  readonly region: Region;
  readonly before?: Op | undefined;
}

export interface CreateOptions {
  /** Types of the results, where the definition cannot infer them. */
  readonly types?: readonly Type[];
  readonly regions?: readonly Region[];
}

/** All changes to a graph go through an editor, which counts them: a pass changed something if the count rose. */
export class Editor {
  #edits = 0;
  /** Called for every op that an edit touched or made; a worklist listens here. */
  onTouched: ((op: Op) => void) | undefined;

  get edits(): number {
    return this.#edits;
  }

  /** Makes an op at the insertion point. Types are inferred by the definition unless they are given. */
  create<A extends Attributes>(
    at: InsertionPoint,
    definition: OpDefinition<A>,
    operands: readonly (Value | undefined)[],
    attributes: A,
    location: Location,
    options: CreateOptions = {},
  ): Op<A> {
    const { types = [], regions = [] } = options;
    const op = new Op(definition, { operands, attributes, types, location, regions });
    if (!options.types) inferResults(op);
    at.region.insertBefore(op as unknown as Op, at.before);
    this.#touched(op as unknown as Op);
    return op;
  }

  constant(at: InsertionPoint, tensor: Tensor, location: Location): Value {
    return this.create(at, Const, [], { value: tensor }, location).result();
  }

  /** Points all uses of the op's results at `values` (undefined only for unused results), erases it and what only it needed. */
  replace(op: Op, values: readonly (Value | undefined)[]): void {
    const { results } = op;
    for (let i = 0; i < results.length; i++) {
      const value = values[i];
      if (value) this.replaceAllUses(results[i] as Value, value);
    }
    const producers = producersOf(op);
    this.erase(op);
    for (let i = 0; i < producers.length; i++) this.eraseDead(producers[i] as Op);
  }

  replaceAllUses(value: Value, replacement: Value): void {
    if (value === replacement) return;
    const { users } = value;
    value.replaceAllUses(replacement);
    this.#edits++;
    for (let i = 0; i < users.length; i++) this.#touched(users[i] as Op);
    if (replacement.producer) this.onTouched?.(replacement.producer);
  }

  setOperand(op: Op, index: number, value: Value | undefined): void {
    const old = op.operands[index];
    op.setOperand(index, value);
    this.#touched(op);
    if (old?.producer) this.onTouched?.(old.producer);
  }

  setAttributes<A extends Attributes>(op: Op<A>, attributes: Partial<A>): void {
    op.attributes = { ...op.attributes, ...attributes };
    this.#touched(op as unknown as Op);
  }

  setType(value: Value, type: Type): void {
    value.type = type;
    this.#edits++;
    for (const user of value.users) this.onTouched?.(user);
  }

  erase(op: Op): void {
    const producers = this.onTouched ? producersOf(op) : NO_OPS;
    op.erase();
    this.#edits++;
    for (let i = 0; i < producers.length; i++) {
      const producer = producers[i] as Op;
      if (producer.region) this.onTouched?.(producer);
    }
  }

  /** Erases the op if nothing needs it, then whatever that leaves unneeded. */
  eraseDead(op: Op): void {
    const pending = [op];
    for (let dead = pending.pop(); dead; dead = pending.pop()) {
      if (!dead.region || dead.isUsed || hasSideEffects(dead)) continue;
      const { operands } = dead;
      for (let i = 0; i < operands.length; i++) {
        const producer = operands[i]?.producer;
        if (producer) pending.push(producer);
      }
      this.erase(dead);
    }
  }

  #touched(op: Op): void {
    this.#edits++;
    this.onTouched?.(op);
  }
}

const NO_OPS: readonly Op[] = [];

/** The ops that make the operands, by position; one that makes several stands there several times. */
function producersOf({ operands }: Op): readonly Op[] {
  const producers: Op[] = [];
  for (let i = 0; i < operands.length; i++) {
    const producer = operands[i]?.producer;
    if (producer) producers.push(producer);
  }
  return producers;
}

/** Gives an op that is not placed yet the results that its definition infers. It lets go of its operands where that fails. */
function inferResults<A extends Attributes>(op: Op<A>): void {
  const { definition } = op;
  try {
    if (!definition.infer) throw new Error(`${definition.name} needs the types of its results`);
    op.setResults(definition.infer(op));
  } catch (error) {
    op.setOperands([]);
    throw error;
  }
}
