import type { AttributeValue } from '#ir/attribute.js';
import type { Op, OpDefinition, Value } from '#ir/graph.js';
import { TensorNumbering } from '#ir/tensor-hash.js';
import { Tensor } from '#tensor/tensor.js';

/** Writes ops as strings that are equal where the ops are. */
export class ValueNumbering {
  readonly #tensors = new TensorNumbering();
  readonly #definitions = new Map<OpDefinition, number>();
  readonly #values = new Map<Value, number>();

  /** From now on `value` counts as the same as `other`. */
  equate(value: Value, other: Value): void {
    this.#values.set(value, this.numberOf(other));
  }

  /** The number of a value, the same for those that are equated. */
  numberOf(value: Value): number {
    return numberOf(this.#values, value);
  }

  keyOf(op: Op): string {
    let key = String(numberOf(this.#definitions, op.definition));
    for (const operand of op.operands) key += `,${operand ? this.numberOf(operand) : '-'}`;
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
