import type { AttributeValue } from '#ir/attribute.js';
import { Const } from '#ir/constant.js';
import type { Op, OpDefinition, Region, Value } from '#ir/graph.js';
import { fuseLocations } from '#ir/location.js';
import { TensorNumbering } from '#ir/tensor-hash.js';
import { sameType } from '#ir/type.js';
import { Tensor } from '#tensor/tensor.js';
import { definePass, type PassContext } from './pass.js';

/**
 * Value numbering: a body is walked once, forwards, and each op is looked up by its definition, operands and
 * attributes. Constants are compared by content. Ops with side effects or bodies are left alone.
 */
export const mergeDuplicateOps = definePass({
  name: 'merge-duplicate-ops',
  summary: 'Computes equal ops on equal operands once, and keeps equal constants once',
  run(module, context) {
    const numbering = new Numbering();
    for (const region of module.regions()) mergeIn(region, numbering, context);
  },
});

function mergeIn(region: Region, numbering: Numbering, context: PassContext): void {
  const first = new Map<string, Op>();
  const merged = new Map<Op, Op[]>();
  for (const op of region.ops()) {
    if (op.definition.sideEffects || op.regions.length > 0 || op.results.length === 0) continue;
    const key = numbering.keyOf(op);
    const met = first.get(key);
    if (met === undefined) {
      first.set(key, op);
    } else if (met.results.every(({ type }, i) => sameType(type, op.result(i).type))) {
      const others = merged.get(met);
      // A constant such as 1 may stand for hundreds, and nobody asks where each came from.
      if (others) others.push(op);
      else if (!op.is(Const)) merged.set(met, [op]);
      context.editor.replace(op, met.results);
    } else {
      context.explain(op, 'an equal op has results of other types');
    }
  }
  for (const [op, others] of merged)
    op.location = fuseLocations(op.location, ...others.map(({ location }) => location));
}

/** Writes ops as strings that are equal where the ops are. */
class Numbering {
  readonly #tensors = new TensorNumbering();
  readonly #definitions = new Map<OpDefinition, number>();
  readonly #values = new Map<Value, number>();

  keyOf(op: Op): string {
    let key = String(numberOf(this.#definitions, op.definition));
    for (const operand of op.operands) key += `,${operand ? numberOf(this.#values, operand) : '-'}`;
    // In the order of the definition: how an op was made must not tell equal ops apart.
    for (const name of Object.keys(op.definition.attributes)) key += `;${this.#attribute(op.attributes[name])}`;
    const declared = op.definition.attributes;
    for (const name of Object.keys(op.attributes).sort()) {
      if (!Object.hasOwn(declared, name)) key += `;${JSON.stringify(name)}=${this.#attribute(op.attributes[name])}`;
    }
    return key;
  }

  #attribute(value: AttributeValue | undefined): string {
    if (value === undefined) return '';
    if (value instanceof Tensor) return `t${this.#tensors.numberOf(value)}`;
    if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`;
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (Object.is(value, -0)) return '-0';
    if (Array.isArray(value)) return `[${value.map((item: AttributeValue) => this.#attribute(item)).join()}]`;
    return String(value);
  }
}

function numberOf<T>(numbers: Map<T, number>, item: T): number {
  let number = numbers.get(item);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(item, number);
  }
  return number;
}
